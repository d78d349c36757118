// Clicks through the pages of `monitor serve` in a real browser: node web.mjs PYTHON FOLDER
//
// A robot follows every link: the database stays as it was. Every page: 0 findings of axe, valid HTML, no sideways
// scrolling (at 320 px too: 400 % zoom), no report of the content security policy, nothing executed. Then by keyboard
// alone, and with JavaScript off, the work of a morning.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate/node";
import { chromium } from "playwright-core";

const HERE = fileURLToPath(import.meta.url);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const MOST_PAGES = 400;
const [python, folder] = process.argv.slice(2);
const faults = [];
const fault = (sentence) => faults.push(sentence);
const demand = (holds, sentence) => holds || fault(sentence);

const server = spawn(python, ["-m", "tests.browser.serve_home", resolve(folder)], {
  cwd: resolve(HERE, "../../.."), stdio: ["pipe", "pipe", "inherit"],
});
const told = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const line = async () => (await told.next()).value;
const base = await line();
const hash = async () => { server.stdin.write("\n"); return line(); };

// What a robot does: every link of every page, by GET. Returns the HTML pages, one for each route.
async function followEveryLink() {
  const pages = new Map();
  const waiting = ["/", "/radera-person", "/traff", "/andringar", "/utskick", "/statistik/kvartal?kv=2026-4", "/diarium"];
  const seen = new Set(waiting);
  while (waiting.length && seen.size < MOST_PAGES) {
    const path = waiting.shift();
    const answer = await fetch(base + path);
    const body = await answer.text();
    demand(answer.status < 400, `${path} answers ${answer.status}`);
    if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) continue;
    const route = new URL(answer.url).pathname.replace(/\d[\d-]*/g, "N");
    if (!pages.has(route)) pages.set(route, { path: new URL(answer.url).pathname + new URL(answer.url).search, body });
    for (const [, href] of body.matchAll(/href="([^"]+)"/g)) {
      const url = new URL(href.replaceAll("&amp;", "&"), answer.url);
      const next = url.pathname + url.search;
      if (url.origin === base && !seen.has(next)) { seen.add(next); waiting.push(next); }
    }
  }
  console.log(`robot: ${seen.size} addresses, ${pages.size} kinds of pages`);
  return [...pages.values()];
}

async function watched(context) {
  const page = await context.newPage();
  page.on("dialog", (dialog) => { if (dialog.type() !== "beforeunload") fault(`executes: ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => fault(`${page.url()}: script error: ${error.message}`));
  page.on("console", (said) => said.type() === "error" && !said.location().url.endsWith("/favicon.ico") && fault(`${page.url()}: console: ${said.text().slice(0, 200)}`));
  return page;
}

// Does what leads to another page, and goes on when that page is there: a key pressed in between would be lost.
const arriving = (page, act) => Promise.all([page.waitForNavigation(), act()]);

async function lookAt(browser, pages) {
  for (const width of [1280, 390, 320]) {
    for (const colorScheme of width === 320 ? ["light"] : ["light", "dark"]) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale: "sv-SE" });
      const page = await watched(context);
      for (const { path } of pages) {
        await page.goto(base + path);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        demand(wide <= 0, `${path} ${width}: scrolls sideways by ${wide} px`);
        if (width === 320) continue;
        await page.evaluate(AXE);
        const { violations } = await page.evaluate((tags) => axe.run({ runOnly: tags, resultTypes: ["violations"] }), AXE_TAGS);
        for (const { id, help, nodes } of violations) {
          fault(`${path} ${width} ${colorScheme}: axe ${id}: ${help}: ${nodes[0].html.slice(0, 120)} (${nodes.length})`);
        }
      }
      await context.close();
    }
  }
}

async function validate(pages) {
  const validator = new HtmlValidate(new FileSystemConfigLoader());
  for (const { path, body } of pages) {
    const report = await validator.validateString(body, HERE);
    for (const { messages } of report.results) {
      for (const one of messages) fault(`${path} ${one.line}: ${one.ruleId}: ${one.message}`);
    }
  }
}

// By keyboard alone: next, previous, open, note, save; then a wrong hit in three presses, and its undoing.
async function workByKeys(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "sv-SE" });
  const page = await watched(context);
  const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.name);
  await page.goto(`${base}/uppfoljning`);
  await page.keyboard.press("j");
  const first = await focused();
  await page.keyboard.press("j");
  demand((await focused()) !== first, "J does not go to the next case");
  await page.keyboard.press("k");
  demand((await focused()) === first, "K does not go back");
  await page.keyboard.press("/");
  await page.keyboard.type("gj");
  demand((await page.inputValue("[name=q]")) === "gj", "a key acts while someone types");
  await page.goto(`${base}/uppfoljning`);
  await page.keyboard.press("j");
  await arriving(page, () => page.keyboard.press("Enter"));
  demand(/\/arende\//.test(page.url()), "Enter does not open the case");
  await page.keyboard.press("n");
  await page.keyboard.type("Ringt skolan");
  await page.evaluate(() => document.activeElement.blur());
  await arriving(page, () => page.keyboard.press("s"));
  demand((await page.content()).includes("Ringt skolan"), "S does not save the note");
  await page.goto(`${base}/uppfoljning`);
  await arriving(page, () => page.getByRole("link", { name: /Blåstjärnan/ }).first().click());
  await arriving(page, () => page.keyboard.press("f"));
  const hidden = page.url().match(/\/traff\/(\d+)/)[1];
  await page.keyboard.press("1");
  await arriving(page, () => page.keyboard.press("Enter"));
  await page.goto(`${base}/traff`);
  const undo = page.locator(`main form[action*="/traff/${hidden}"] button, main form:has(input[value="${hidden}"]) button`).first();
  demand((await undo.count()) === 1, "three keys (F, 1, Enter) did not put the wrong hit on the list with its undo");
  if (await undo.count()) {
    await arriving(page, () => undo.click());
    await page.goto(`${base}/traff`);
    demand((await undo.count()) === 0, "the wrong hit cannot be taken back");
  }
  await context.close();
}

// With JavaScript off: filter, export, search, save, correct and take back.
async function workWithoutScripts(browser) {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "sv-SE" });
  const page = await context.newPage();
  await page.goto(`${base}/uppfoljning`);
  await page.fill("[name=q]", "bygglov");
  await arriving(page, () => page.press("[name=q]", "Enter"));
  demand((await page.locator("main table tbody tr").count()) === 1, "filtering without JavaScript does not find one case");
  const list = await fetch(base + new URL(page.url()).pathname + ".csv" + new URL(page.url()).search);
  demand((await list.text()).trim().split("\n").length === 2, "the list as CSV is not the page's filter");
  await page.goto(`${base}/arkiv?q=belysning`);
  demand((await page.locator("main mark").count()) > 0, "the archive marks nothing without JavaScript");
  await page.goto(`${base}/uppfoljning?q=bygglov`);
  await page.fill("textarea[name=anteckning]", "Svar skickat utan skript");
  await arriving(page, () => page.getByRole("button", { name: "Spara", exact: true }).click());
  const kept = await (await fetch(`${base}/uppfoljning?q=bygglov`)).text();
  demand(kept.includes("Svar skickat utan skript"), `a note is not saved without JavaScript: ${await page.title()}`);
  await page.goto(`${base}/traff/3/ratta`);
  await page.locator("main input[type=radio]").first().check();
  await arriving(page, () => page.getByRole("button", { name: "Spara", exact: true }).click());
  demand(!(await (await fetch(`${base}/arkiv?q=belysning`)).text()).includes("<mark"), "a wrong hit stays in the archive");
  await page.goto(`${base}/traff`);
  await arriving(page, () => page.locator("main form button").first().click());
  demand((await (await fetch(`${base}/arkiv?q=belysning`)).text()).includes("<mark"), "undoing does not bring the hit back");
  await context.close();
}

let browser;
try {
  const before = await hash();
  const pages = await followEveryLink();
  demand((await hash()) === before, "following links changed the database");
  await validate(pages);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  await lookAt(browser, pages);
  await workByKeys(browser);
  await workWithoutScripts(browser);
} catch (error) {
  fault(`stopped: ${error.stack}`);
} finally {
  await browser?.close();
  server.stdin.end();
}
for (const one of faults) console.log(one);
console.log(`browser tests of the pages: ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
