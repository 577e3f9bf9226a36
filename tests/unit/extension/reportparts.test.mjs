/** What the pages on reports keep while they are shown anew: the focus, what is typed, what is unfolded. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { translator } from "../../../extension/shared/i18n.js";
import { body, document, window } from "./fakedom.mjs";

globalThis.chrome = /** @type {any} */ ({ runtime: {} });
const { faultOf } = await import("../../../extension/pages/options/needs.js");
const { mayChange } = await import("../../../extension/pages/report/case.js");
const { button, copyButton, fold, printAll, repaint } =
  await import("../../../extension/pages/report/elements.js");
const { hasSettings, newEmailForm } =
  await import("../../../extension/pages/report/recipients.js");
const { sentence } = await import("../../../extension/pages/report/trouble.js");
const { words } = await import("../../../extension/pages/report/words.js");
const { caseCard } = await import("../../../extension/pages/reports/cases.js");
const { box, make } = await import("../../../extension/shared/page.js");
const { isAway } = await import("../../../extension/shared/reasons.js");

const t = translator("fr");
const turn = () => new Promise((resolve) => setImmediate(resolve));
const unfold = (details) => {
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
};

/** An empty part of the page. */
function root() {
  const one = box("");
  body.replaceChildren(one);
  return one;
}

test("both pages mean the same by a daemon that is away", () => {
  for (const code of [
    "not_installed",
    "forbidden",
    "stopped",
    "silent",
    "unreachable",
    "timeout",
    "daemon_unreachable",
    "daemon_start_failed",
    "daemon_timeout",
  ]) {
    assert.ok(isAway(code), code);
    assert.equal(faultOf({ ok: false, code }), "optionsChannelsAway", code);
    assert.notEqual(sentence(code, t), t("reportOtherTrouble", code), code);
  }
  assert.equal(sentence("unreachable", t), t("reason_stopped"));
  assert.equal(sentence("daemon_timeout", t), t("reportBusy"));
  for (const code of ["constructor", "channel_unknown"])
    assert.ok(!isAway(code), code);
  assert.ok(isAway(null));
});

test("the settings are led to only where the build has them", () => {
  const of = (path) =>
    JSON.parse(
      readFileSync(
        new URL(`../../../extension/${path}`, import.meta.url),
        "utf8",
      ),
    );
  assert.ok(hasSettings(of("manifest.json")));
  assert.ok(!hasSettings(of("thunderbird/manifest.json")));
});

test("a report may still change while a place has to answer or the page is watched", () => {
  const one = (state, watch = null, kind = "api") => ({
    receipts: [{ kind, state }],
    watch,
  });
  for (const state of ["queued", "sending", "accepted"])
    assert.ok(mayChange(one(state)), state);
  for (const state of ["sent", "known", "gone", "refused", "retracted"])
    assert.ok(!mayChange(one(state)), state);
  assert.ok(!mayChange(one("queued", null, "form")));
  assert.ok(mayChange(one("sent", { on: true, state: "open" })));
  assert.ok(!mayChange(one("sent", { on: true, state: "closed" })));
  assert.ok(!mayChange(one("sent", { on: false, state: "open" })));
});

test("a button that works keeps the focus, and is not begun twice", async () => {
  const within = root();
  let begun = 0;
  let finish = () => {};
  const work = () => {
    begun += 1;
    return new Promise((resolve) => (finish = () => resolve(undefined)));
  };
  const one = button("a", "A", work);
  within.append(one);
  one.focus();
  one.dispatchEvent(new Event("click"));
  one.dispatchEvent(new Event("click"));
  await turn();
  assert.equal(begun, 1);
  assert.equal(one.ariaDisabled, "true");
  assert.equal(document.activeElement, one);
  finish();
  await turn();
  assert.equal(one.ariaDisabled, null);
});

test("the focus goes to what took its place, never to what cannot have it", () => {
  const within = root();
  const parts = (/** @type {any[]} */ ...inside) => [
    make("h1", "title"),
    fold("fold", "more", ...inside),
  ];
  repaint(within, parts(button("a", "A", () => {})));
  document.getElementById("a").focus();
  repaint(within, parts(button("a", "A again", () => {})));
  assert.equal(document.activeElement.textContent, "A again");
  const off = button("a", "A", () => {});
  off.disabled = true;
  repaint(within, parts(off));
  assert.equal(document.activeElement.textContent, "more");
  repaint(within, [make("h1", "other")]);
  assert.equal(document.activeElement.textContent, "other");
});

test("a part that stays is never taken out while it has the focus", () => {
  const within = root();
  const field = make("input", "");
  const form = box("email", field);
  repaint(within, [make("h1", "one"), form, "end"]);
  field.focus();
  form.remove = () => assert.fail("it was taken out");
  repaint(within, [make("h1", "two"), make("p", "new"), form, "last"]);
  assert.equal(document.activeElement, field);
  assert.equal(within.textContent, "twonewlast");
});

test("the form for the address is one node, with what was typed", () => {
  const place = { t, words: words("fr"), saveEmail: async () => "" };
  const form = newEmailForm(place);
  const [field] = form.root.querySelectorAll("input");
  field.value = "claire@";
  form.show(/** @type {any} */ ([{ name: "Netcraft" }]), true);
  assert.match(form.root.textContent, /Netcraft/);
  form.show(/** @type {any} */ ([{ name: "APWG" }]), false);
  assert.doesNotMatch(form.root.textContent, /Netcraft/);
  assert.equal(field.value, "claire@");
});

test("a clipboard that refuses is told", async () => {
  const said = [];
  const what = { value: "http://a.test/", label: "Adresse" };
  const place = { t, say: (text) => void said.push(text) };
  for (const writeText of [
    async () => {
      throw new Error("NotAllowedError");
    },
    async () => undefined,
  ]) {
    Object.defineProperty(globalThis, "navigator", {
      value: { clipboard: { writeText } },
      configurable: true,
    });
    const copy = copyButton("copy", "Copier", what, place);
    copy.dispatchEvent(new Event("click"));
    await turn();
    said.push(copy.textContent);
  }
  assert.deepEqual(said, [
    t("reportCopyFailed"),
    t("reportCopyFailed"),
    t("reportCopiedWhat", "Adresse"),
    t("reportCopied"),
  ]);
});

const receipt = {
  channel: "netcraft",
  name: "Netcraft",
  kind: "api",
  state: "queued",
  text: "En attente.",
  reference: "",
  at: "2026-11-29T12:00:00Z",
  wait_until: null,
  retractable: true,
  link: "",
  fields: [],
  steps: ["a", "b"].map((text) => ({ at: "2026-11-29T12:00:00Z", text })),
};
const report = {
  case: "c1",
  kind: "",
  kind_label: "Hameçonnage",
  title: "faux.test",
  url: "http://faux.test/",
  found_at: "2026-11-29T12:00:00Z",
  sent_at: "2026-11-29T12:00:00Z",
  receipts: [receipt],
  watch: null,
  campaign: null,
  bundle: "/home/claire/c1.zip",
};

function cardOf() {
  const place = /** @type {any} */ ({
    t,
    words: words("fr"),
    say: () => {},
    level: "h4",
    act: async () => "",
  });
  const made = caseCard(/** @type {any} */ (report), place);
  root().append(made.card);
  return made;
}

test("a report that changed is said in its card: focus, folds and evidence stay", () => {
  const { card, show } = cardOf();
  const details = document.getElementById("details-c1");
  unfold(details);
  document.getElementById("steps-c1-netcraft").open = true;
  const evidence = document.getElementById("bundle-c1");
  document.getElementById("retract-c1-netcraft").focus();
  const taken = { ...receipt, text: "Reçu." };
  show(/** @type {any} */ ({ ...report, receipts: [taken] }));
  assert.equal(document.activeElement.id, "retract-c1-netcraft");
  assert.ok(document.getElementById("steps-c1-netcraft").open);
  assert.equal(document.getElementById("bundle-c1"), evidence);
  const back = { ...taken, state: "retracted", retractable: false };
  show(/** @type {any} */ ({ ...report, receipts: [back] }));
  assert.equal(document.activeElement, details.querySelector("summary"));
  assert.ok(details.open && card.isConnected);
  assert.doesNotMatch(card.textContent, /En attente/);
});

test("on paper a report has all its lines at once; after, it is folded as it was", () => {
  const { card } = cardOf();
  const details = document.getElementById("details-c1");
  printAll();
  window.dispatchEvent(new Event("beforeprint"));
  assert.match(card.textContent, /Netcraft[^]*faux\.test[^]*c1\.zip/);
  assert.deepEqual(
    card.querySelectorAll("details").filter(({ open }) => !open),
    [],
  );
  const lines = document.getElementById("steps-c1-netcraft");
  details.dispatchEvent(new Event("toggle")); // the browser's own, later
  assert.equal(document.getElementById("steps-c1-netcraft"), lines);
  window.dispatchEvent(new Event("afterprint"));
  assert.ok(!details.open && !lines.open);
});
