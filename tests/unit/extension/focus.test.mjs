/** "Try again" takes its own button away: the focus goes to the title above it, where a screen reader goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answers,
  asked,
  buttonIn,
  byId,
  focused,
  lay,
  press,
  settle,
} from "./pagedom.mjs";
import { document } from "./fakedom.mjs";
import { translator } from "../../../extension/shared/i18n.js";

process.env.TZ = "Europe/Paris";
const AWAY = { ok: false, code: "stopped" };
const t = translator("fr");

test("what left: the log's title; times are times to a machine, too", async () => {
  lay("privacy/privacy.html");
  answers["privacy.log"] = AWAY;
  await import("../../../extension/pages/privacy/privacy.js");
  await press(buttonIn("log"));
  assert.equal(focused(), "log-title"); // no better than before
  const at = "2026-11-29T13:02:00Z";
  const entry = { purpose: "age", to: "r.test", what: "a.test", at };
  const entries = [{ ...entry, outcome: "answered", count: 1, last_at: at }];
  answers["privacy.log"] = {
    ok: true,
    body: { entries, kept_days: 90, complete: true },
  };
  await press(buttonIn("log"));
  assert.equal(focused(), "log-title");
  const when = byId("log").querySelector("time");
  assert.deepEqual(
    [when.textContent, when.dateTime],
    ["14\u00a0h\u00a002", at],
  );
});

test("past warnings: their title", async () => {
  lay("options/options.html");
  const { showHistory } =
    await import("../../../extension/pages/options/history.js");
  answers["options.history"] = AWAY;
  await showHistory(t, "fr");
  answers["options.history"] = {
    ok: true,
    body: { entries: [], kept_days: 90 },
  };
  await press(buttonIn("history-place"));
  assert.equal(focused(), "history-title");
});

test("the lists: their title", async () => {
  lay("options/options.html");
  const { showLists } =
    await import("../../../extension/pages/options/lists.js");
  answers["options.sources"] = AWAY;
  await showLists(t, "fr");
  assert.equal(document.activeElement, document.body); // nobody pressed anything
  const body = {
    version: "1",
    built_at: "2026-11-29T13:02:00Z",
    entries: 1,
    sources: [],
  };
  answers["options.sources"] = { ok: true, body };
  await press(buttonIn("lists-place"));
  assert.equal(focused(), "lists-title");
  assert.match(
    byId("lists-place").textContent,
    /1 site, liste du 29 novembre 2026\./,
  );
});

test("an exception is put back once, however often that is pressed", async () => {
  lay("options/options.html");
  const { showExceptions } =
    await import("../../../extension/pages/options/exceptions.js");
  answers["options.exceptions"] = { exceptions: [] };
  answers["options.except"] = { done: true, kept: true };
  await showExceptions(t, "fr");
  asked.length = 0;
  const undo = byId("exceptions-undo");
  undo.dataset.host = "a.test";
  undo.dispatchEvent(new Event("click"));
  undo.dispatchEvent(new Event("click"));
  await settle();
  assert.deepEqual(
    asked.filter(({ type }) => type === "options.except"),
    [{ type: "options.except", host: "a.test", on: true }],
  );
  assert.equal(focused(), "exceptions-title");
});

test("the first page: its titles, after a retry and once access is granted", async () => {
  lay("welcome/welcome.html");
  answers["welcome.daemon"] = AWAY;
  await import("../../../extension/pages/welcome/welcome.js");
  answers["welcome.daemon"] = { ok: true };
  await press(buttonIn("daemon"));
  assert.equal(focused(), "title-1");
  await press(byId("pages-ask"));
  assert.equal(byId("pages-ask").hidden, true);
  assert.equal(focused(), "title-2");
});

test("my reports: their title, or what went wrong", async () => {
  lay("reports/reports.html");
  answers["report.receipts"] = AWAY;
  await import("../../../extension/pages/reports/reports.js");
  await press(buttonIn("trouble"));
  assert.equal(focused(), "title");
  answers["report.receipts"] = { ok: true, body: { cases: [], total: 0 } };
  answers["report.campaigns"] = AWAY;
  await press(buttonIn("trouble"));
  assert.equal(focused(), "reports-title");
});
