/* Keys and the warning for unsaved text. Everything works without this file.

   A key acts only while the focus is in a list marked with data-keys, or on the page itself: never while somebody types,
   never with Ctrl, Alt or Meta, and not at all when the person's settings say so (WCAG 2.1.4). No key deletes. */
"use strict";

(function () {
  const settings = document.documentElement.dataset.keys || document.body.dataset.keys || "on";
  const GO = { d: "/brev/senaste", u: "/uppfoljning", a: "/arkiv", k: "/kallor" };
  const SWEDISH = document.documentElement.lang.startsWith("sv");
  const HELP = SWEDISH
    ? [["J", "nästa i listan"], ["K", "föregående"], ["Enter", "öppna"], ["V", "läs originalet"], ["L", "läge"],
       ["A", "ägare"], ["N", "anteckning"], ["F", "fel träff"], ["S", "spara"], ["/", "sök"], ["?", "den här listan"],
       ["G D", "dagens brev"], ["G U", "uppföljning"], ["G A", "arkiv"], ["G K", "källor"]]
    : [["J", "next in the list"], ["K", "previous"], ["Enter", "open"], ["V", "read the original"], ["L", "status"],
       ["A", "owner"], ["N", "note"], ["F", "wrong hit"], ["S", "save"], ["/", "search"], ["?", "this list"],
       ["G D", "today's letter"], ["G U", "follow-up"], ["G A", "archive"], ["G K", "sources"]];
  const TYPING = "input:not([type=checkbox],[type=radio],[type=submit],[type=button]), textarea, select, [contenteditable]";
  const list = document.querySelector("main [data-keys]");
  let leads = false; // G was pressed: the next key leads to a page

  // --- unsaved text ---------------------------------------------------------------------------------------

  let unsaved = false;
  for (const form of document.querySelectorAll("form[data-warn]")) {
    form.addEventListener("input", () => { unsaved = true; });
    form.addEventListener("submit", () => { unsaved = false; });
  }
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  const errors = document.getElementById("fel");
  if (errors) errors.focus();

  if (settings === "off") return;

  // --- rows -----------------------------------------------------------------------------------------------

  function rows() {
    return list ? [...list.querySelectorAll("tbody tr, li[data-row], article[data-row]")] : [];
  }

  function linkOf(row) {
    return row && (row.querySelector("[data-open]") || row.querySelector("a[href]"));
  }

  function current() {
    const all = rows();
    const focused = all.find((row) => row.contains(document.activeElement));
    return focused || all.find((row) => row.getAttribute("aria-current") === "true");
  }

  function step(by) {
    const all = rows();
    if (!all.length) return false;
    const focused = all.findIndex((row) => row.contains(document.activeElement));
    const at = focused < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, focused + by));
    const link = linkOf(all[at]);
    if (link) link.focus();
    return Boolean(link);
  }

  function open() {
    const link = linkOf(current());
    if (!link) return false;
    window.location.assign(link.dataset.open || link.href);
    return true;
  }

  /* The chosen row's own link of this kind, else the one of the case beside the list. */
  function follow(selector) {
    const row = rows().find((one) => one.contains(document.activeElement));
    const link = (row && row.querySelector(selector)) || document.querySelector("main " + selector);
    if (link) link.click();
    return Boolean(link);
  }

  function focus(selector) {
    const field = document.querySelector("main " + selector);
    if (field) field.focus();
    return Boolean(field);
  }

  /* A digit picks the choice that bears it ("Fel träff?"); Enter then sends the form, as it does in every form. */
  function pick(digit) {
    const choice = document.querySelector(`main [data-pick="${digit}"]`);
    if (!choice) return false;
    choice.checked = true;
    choice.focus();
    return true;
  }

  function save() {
    const button = document.querySelector("main form[data-warn] button:not([name])");
    if (button) button.form.requestSubmit(button);
    return Boolean(button);
  }

  // --- the list of keys -----------------------------------------------------------------------------------

  function help() {
    const dialog = document.createElement("dialog");
    const title = document.createElement("h2");
    title.textContent = SWEDISH ? "Kortkommandon" : "Keys";
    title.id = "keys-title";
    dialog.setAttribute("aria-labelledby", title.id);
    const all = document.createElement("dl");
    for (const [key, words] of HELP) {
      const term = document.createElement("dt");
      const shown = document.createElement("kbd");
      shown.textContent = key;
      term.append(shown);
      const meaning = document.createElement("dd");
      meaning.textContent = words;
      all.append(term, meaning);
    }
    const form = document.createElement("form");
    form.method = "dialog";
    const button = document.createElement("button");
    button.className = "btn";
    button.textContent = SWEDISH ? "Stäng" : "Close";
    form.append(button);
    dialog.className = "key-help";
    dialog.append(title, all, form);
    dialog.addEventListener("close", () => dialog.remove());
    (document.querySelector("main") || document.body).append(dialog);
    dialog.showModal();
    return true;
  }

  const ACTS = {
    j: () => step(1),
    k: () => step(-1),
    enter: open,
    v: () => follow("[data-original]"),
    l: () => focus("[name=lage]"),
    a: () => focus("[name=agare]"),
    n: () => focus("[name=anteckning]"),
    f: () => follow("[data-wrong]"),
    s: save,
    "/": () => focus("input[type=search]"),
    "?": help,
  };

  /* Whether a key may act where the focus is. */
  function listens() {
    const at = document.activeElement;
    if (document.querySelector("dialog[open]")) return false;
    if (!at || at === document.body || at.id === "main") return true;
    return Boolean(list && list.contains(at)) && !at.matches(TYPING);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !listens()) return;
    const key = event.key.toLowerCase();
    if (key === "enter" && document.activeElement !== document.body && document.activeElement.id !== "main"
        && !document.activeElement.dataset.open) return; // any other link does what a link does
    if (leads) {
      leads = false;
      if (GO[key]) { event.preventDefault(); window.location.assign(GO[key]); }
      return;
    }
    if (key === "g") { leads = true; return; }
    if (/^[1-9]$/.test(key) ? pick(key) : ACTS[key] && ACTS[key]()) event.preventDefault();
  });
})();
