// Opens everything that shows words from outside in a real browser: node xss.mjs PYTHON FOLDER [WORDS.json]
//
// Letters as they arrive by mail, the list of letters and its feed, and the pages of a home that is full of hostile
// words. The policy of the pages is turned off here, so that an escape that is missing is seen and not only stopped.
// Nothing may run (every string calls __xss or raises a fault), nothing may be asked of another host, and every address
// that can be followed is http, https or mailto.

import { spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const HERE = fileURLToPath(import.meta.url);
const [python, folder, words] = process.argv.slice(2);
const MOST_PAGES = words ? 1500 : 70;
const AT_ONCE = 4;
const FIRST = [
  "/arkiv", "/uppfoljning", "/kallor", "/sokord", "/installningar", "/statistik", "/kandidater", "/traff", "/andringar",
  "/radera-person", "/diarium", "/utskick", "/om", "/handelse/1", "/brev/2026-11-24", "/arkiv.atom",
  "/arkiv?q=%22%3E%3Cscript%3E__xss(1)%3C/script%3E", "/arkiv?kalla=javascript:__xss(1)&q=skola",
  "/uppfoljning?q=%22%3E%3Cimg%20src%20onerror=__xss(1)%3E&visa=%22%3E%3Csvg%20onload=__xss(1)%3E",
];
const faults = [];
const counts = { executed: 0, asked: 0, links: 0, foreign: 0, pages: 0 };

// Runs in the page: what could run, load or lead elsewhere. Elements and attributes as the browser understood them.
function look() {
  const ADDRESSES = ["href", "src", "srcset", "action", "formaction", "data", "poster", "background", "cite", "ping",
    "longdesc", "manifest", "code", "codebase", "archive", "profile", "xlink:href", "to", "from", "values"];
  const RUNNING = new Set(["iframe", "frame", "object", "embed", "applet", "portal", "base", "math", "foreignobject",
    "animate", "set", "use", "template", "noscript", "img", "image", "video", "audio", "source", "marquee", "dialog"]);
  const found = [];
  let links = 0;
  for (const one of document.querySelectorAll("*")) {
    const name = one.localName.toLowerCase();
    if (RUNNING.has(name)) found.push(`element <${name}>`);
    if (name === "script" && (one.textContent || !one.src.startsWith(`${location.origin}/fil/`))) found.push("a script");
    if (name === "meta" && one.httpEquiv) found.push(`meta ${one.httpEquiv}`);
    for (const { name: key, value } of one.attributes) {
      if (/^on|^srcdoc$/i.test(key)) found.push(`attribute ${key} of <${name}>`);
      if (!ADDRESSES.includes(key.toLowerCase())) continue;
      links += 1;
      let scheme = "none";
      try { scheme = new URL(value, document.baseURI).protocol; } catch { scheme = "unreadable"; }
      const own = scheme === "file:" && /^[\w-]*(\.html)?(#.*)?$/.test(value);
      if (!["http:", "https:", "mailto:"].includes(scheme) && !own) found.push(`${key}=${value.slice(0, 80)} (${scheme})`);
      const feeds = one.namespaceURI === "http://www.w3.org/2005/Atom";
      const leaves = name !== "a" && !feeds && new URL(value, document.baseURI).origin !== location.origin;
      if (leaves && !own) found.push(`<${name}> ${key}=${value.slice(0, 80)} leads to another host`);
    }
  }
  const hrefs = [...document.querySelectorAll("a[href]")].filter((one) => one.origin === location.origin);
  return { found, links, hrefs: [...new Set(hrefs.map((one) => one.pathname + one.search))], elements: document.querySelectorAll("*").length };
}

async function open(browser, base) {
  const context = await browser.newContext({ bypassCSP: true, locale: "sv-SE" });
  const ran = (where) => { counts.executed += 1; faults.push(`executed: ${where}`); };
  for (const name of ["__xss", "__XSS", "MsgBox"]) await context.exposeBinding(name, ({ page }) => ran(page.url()));
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url.startsWith(base) || url.startsWith("file:")) return route.continue();
    counts.asked += 1;
    faults.push(`asks ${url.slice(0, 100)} of another host`);
    return route.abort();
  });
  // The feed as a document of the browser, which would run a script in it: by its own type it would be a download.
  await context.route(/\/arkiv\.atom/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, headers: { ...answer.headers(), "content-type": "text/xml" } });
  });
  context.on("page", (page) => {
    page.on("dialog", (dialog) => { ran(`${page.url()}: ${dialog.message()}`); dialog.dismiss(); });
    page.on("pageerror", (error) => ran(`${page.url()}: ${error.message}`));
    page.on("popup", () => ran(`${page.url()} opens a window`));
  });
  return context;
}

async function visit(page, address, told) {
  try {
    await page.goto(address, { waitUntil: "load" });
    const seen = await page.evaluate(look);
    counts.pages += 1;
    counts.links += seen.links;
    counts.foreign += seen.found.length;
    if (seen.elements < 3) faults.push(`${told}: nothing is there`);
    faults.push(...seen.found.slice(0, 5).map((what) => `${told}: ${what}`));
    return seen.hrefs;
  } catch (error) {
    faults.push(`${told}: ${error.message.split("\n")[0]}`);
    return [];
  }
}

// Several pages at work at once.
const together = (context, work) => Promise.all(Array.from({ length: AT_ONCE }, async () => {
  const page = await context.newPage();
  await work(page);
  await page.close();
}));

// A canary that does run: without it, zero would mean that nothing was looked at.
async function proveThatItIsSeen(context, base) {
  const page = await context.newPage();
  await page.goto(`${base}/om`);
  await page.evaluate(() => { document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=__xss(1)><a href=javascript:1>x</a>"); });
  await page.waitForTimeout(100);
  const seen = await page.evaluate(look);
  await page.close();
  const works = counts.executed > 0 && seen.found.some((what) => what.includes("javascript:"));
  counts.executed = counts.asked = 0;
  faults.length = 0;
  if (!works) faults.push("a script that was put in was not noticed: the browser looks at nothing");
}

async function lookAtLetters(context, place) {
  const waiting = readdirSync(place).filter((file) => words || !file.includes("unstyled"));
  await together(context, async (page) => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await visit(page, pathToFileURL(join(place, file)).href, file);
    }
  });
}

async function lookAtPages(context, base) {
  const waiting = [...FIRST];
  const seen = new Set(waiting);
  let begun = 0;
  await together(context, async (page) => {
    for (let idle = 0; idle < 40 && begun < MOST_PAGES;) {
      const path = waiting.shift();
      if (!path) { idle += 1; await new Promise((go) => setTimeout(go, 25)); continue; }
      begun += 1;
      for (const next of await visit(page, base + path, path)) {
        // Every page of hits, and in the long trial every story and case; else one page of each kind.
        const kind = next.includes("sida=") ? next.replace(/^.*?(sida=\d+).*$/, "/arkiv?$1") : next.split("?")[0].replace(/\d+/g, words ? "$&" : "N");
        if (!seen.has(kind) && !/\.(csv|xlsx|json|zip|txt)$|avsluta|logga-ut/.test(next.split("?")[0])) { seen.add(kind); waiting.push(next); }
      }
    }
  });
}

rmSync(folder, { recursive: true, force: true });
const server = spawn(python, ["-m", "tests.xss.serve", resolve(folder), ...(words ? [resolve(words)] : [])], {
  cwd: resolve(HERE, "../../.."), stdio: ["pipe", "pipe", "inherit"],
});
const base = (await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()).value;
const began = Date.now();
let browser;
try {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const context = await open(browser, base);
  await proveThatItIsSeen(context, base);
  await lookAtLetters(context, join(resolve(folder), "letters"));
  await lookAtPages(context, base);
} catch (error) {
  faults.push(`stopped: ${error.stack}`);
} finally {
  await browser?.close();
  server.stdin.end();
}
for (const one of faults.slice(0, 60)) console.log(one);
console.log(`hostile words: ${counts.pages} pages and letters, ${counts.links} addresses: ${counts.executed} executed, `
  + `${counts.foreign} live links or elements that are not ours, ${counts.asked} requests to other hosts, `
  + `${faults.length} faults, ${((Date.now() - began) / 1000).toFixed(0)} s`);
process.exit(faults.length ? 1 : 0);
