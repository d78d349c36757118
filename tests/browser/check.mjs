// Looks at written pages in a real browser: node check.mjs FOLDER
//
// Every page: 0 findings of axe, no sideways scrolling, text in our fonts and not too small, buttons large enough, only
// the elements that mail keeps, valid HTML, nothing fetched, nothing executed. Attributes that HTML calls obsolete are
// meant (.htmlvalidate.json): Outlook knows a colour only from bgcolor, and the height of a bar only from height.

import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate/node";
import { chromium } from "playwright-core";

const HERE = fileURLToPath(import.meta.url);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = [320, 390, 900];
const SCHEMES = ["light", "dark"];
const ALL_WAYS = ["normal", "empty", "degraded", "hostile", "coloured"];
const MAIL_TAGS = new Set(
  "html head meta title style body div table thead tbody tr th td h1 h2 h3 p span strong ul li a br".split(" "),
);
const FONTS = /^"?Segoe UI"?, ?Roboto, ?Helvetica, ?Arial, ?sans-serif$/;
const AT_ONCE = 3;
const SMALLEST_TEXT = 12;
const SMALLEST_BUTTON = 24;
const BAR_CONTRAST = 3;

// Runs in the page: everything that can be measured there.
function measure({ fonts, smallestText, smallestButton, barContrast }) {
  const faults = [];
  const ours = new RegExp(fonts);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || !holder.checkVisibility()) continue;
    const style = getComputedStyle(holder);
    const told = node.data.trim().slice(0, 40);
    if (!ours.test(style.fontFamily)) faults.push(`font ${style.fontFamily}: ${told}`);
    if (parseFloat(style.fontSize) < smallestText) faults.push(`text of ${style.fontSize}: ${told}`);
  }
  for (const button of document.querySelectorAll("[class~=btn]")) {
    const height = button.getBoundingClientRect().height;
    if (height < smallestButton) faults.push(`button ${height} px high: ${button.textContent}`);
  }
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) faults.push(`scrolls sideways: ${wide} px in ${innerWidth}`);

  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const colourOf = (selector) => {
    const found = document.querySelector(selector);
    return found && getComputedStyle(found).backgroundColor;
  };
  const bars = [".b-rest", ".b-high", ".card"].map(colourOf);
  if (bars.every(Boolean)) {
    for (const [one, other] of [[0, 1], [0, 2], [1, 2]]) {
      const [low, high] = [luminance(bars[one]), luminance(bars[other])].sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < barContrast) faults.push(`bars ${bars[one]} and ${bars[other]}: contrast ${contrast.toFixed(2)}`);
    }
  }
  return { faults, tags: [...new Set([...document.querySelectorAll("*")].map((one) => one.localName))] };
}

async function look(context, folder, file, { isMail }) {
  const faults = [];
  const address = pathToFileURL(join(folder, file)).href;
  const page = await context.newPage();
  page.on("dialog", (dialog) => {
    faults.push(`executes: ${dialog.type()} ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
  page.on("request", (request) => request.url() === address || faults.push(`fetches ${request.url().slice(0, 80)}`));
  await page.goto(address);
  const limits = {
    fonts: FONTS.source, smallestText: SMALLEST_TEXT, smallestButton: SMALLEST_BUTTON, barContrast: BAR_CONTRAST,
  };
  const measured = await page.evaluate(measure, limits);
  faults.push(...measured.faults);
  if (isMail) faults.push(...measured.tags.filter((tag) => !MAIL_TAGS.has(tag)).map((tag) => `element <${tag}>`));
  await page.evaluate(AXE);
  const found = await page.evaluate((tags) => axe.run({ runOnly: tags, resultTypes: ["violations"] }), AXE_TAGS);
  for (const { id, help, nodes } of found.violations) {
    faults.push(`axe ${id}: ${help}: ${nodes[0].html.slice(0, 120)} (${nodes.length})`);
  }
  await page.close();
  return faults;
}

// Pages "NAME.html" of the folder; a letter has "NAME.unstyled.html" beside it and must do with what mail keeps.
function pagesOf(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith(".html")).sort();
  return files.map((file) => {
    const name = file.replace(/(\.unstyled)?\.html$/, "");
    return { file, name, isMail: files.includes(`${name}.unstyled.html`) };
  });
}

async function checkAll(folder) {
  const faults = [];
  let views = 0;
  const pages = pagesOf(folder);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const waiting = pages.filter(({ name, isMail }) =>
        !isMail || ALL_WAYS.includes(name) || (width === 390 && colorScheme === "light"));
      views += waiting.length;
      const lookOn = async () => {
        for (let one = waiting.shift(); one; one = waiting.shift()) {
          const found = await look(context, folder, one.file, one);
          faults.push(...found.map((fault) => `${one.file} ${width} ${colorScheme}: ${fault}`));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lookOn));
      await context.close();
    }
  }
  await browser.close();
  return { faults, views };
}

async function validate(folder) {
  const validator = new HtmlValidate(new FileSystemConfigLoader());
  const faults = [];
  for (const { file } of pagesOf(folder)) {
    const text = readFileSync(join(folder, file), "utf8");
    const report = await validator.validateString(text, HERE);
    for (const { messages } of report.results) {
      faults.push(...messages.map((one) => `${file} ${one.line}: ${one.ruleId}: ${one.message}`));
    }
  }
  return faults;
}

const folder = resolve(process.argv[2] ?? "");
if (!process.argv[2] || !existsSync(folder)) {
  console.error("usage: node check.mjs FOLDER");
  process.exit(2);
}
const begun = Date.now();
const { faults, views } = await checkAll(folder);
faults.push(...(await validate(folder)));
for (const fault of faults) console.log(fault);
const seconds = ((Date.now() - begun) / 1000).toFixed(0);
console.log(`browser tests: ${pagesOf(folder).length} pages, ${views} views, ${faults.length} faults, ${seconds} s`);
process.exit(faults.length ? 1 : 0);
