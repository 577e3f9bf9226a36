/** What could not be deleted is still shown, and that it is still there is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answers, byId, focused, lay, press } from "./pagedom.mjs";
import { translator } from "../../../extension/shared/i18n.js";

const REFUSED = { ok: false, code: "not_cleared" };
const at = "2026-11-29T13:02:00Z";
const t = translator("fr");

/** The button of these words in a part of the page. */
const named = (id, text) =>
  byId(id)
    .querySelectorAll("button")
    .find((one) => one.textContent === text);

test("what left", async () => {
  lay("privacy/privacy.html");
  const entry = { purpose: "age", to: "r.test", what: "a.test", at };
  const entries = [{ ...entry, outcome: "answered", count: 1, last_at: at }];
  answers["privacy.log"] = {
    ok: true,
    body: { entries, kept_days: 90, complete: true },
  };
  answers["privacy.clear"] = REFUSED;
  await import("../../../extension/pages/privacy/privacy.js");
  await press(named("log", t("privacyClear")));
  await press(named("log", t("sureYes")));
  assert.equal(byId("said").textContent, t("notDeleted"));
  assert.match(byId("log").textContent, /r\.test/);
  assert.equal(focused(), "log-title");
  answers["privacy.clear"] = {
    ok: true,
    body: { entries: [], kept_days: 90, complete: true },
  };
  await press(named("log", t("privacyClear")));
  await press(named("log", t("sureYes")));
  assert.equal(byId("said").textContent, t("privacyCleared"));
  assert.equal(byId("log").textContent, t("privacyNothing"));
});

test("past warnings, one and all", async () => {
  lay("options/options.html");
  const { showHistory } =
    await import("../../../extension/pages/options/history.js");
  const one = { id: 3, at, host: "a.test", level: "DANGER", times: 1 };
  const entries = [{ ...one, body: null, body_name: null, last_at: at }];
  answers["options.history"] = { ok: true, body: { entries, kept_days: 90 } };
  answers["options.forget"] = REFUSED;
  await showHistory(t, "fr");
  const said = () => byId("history-said").textContent;
  await press(named("history-place", t("optionsHistoryForget")));
  assert.equal(said(), t("notDeleted"));
  byId("history-said").textContent = "";
  await press(named("history-place", t("optionsHistoryForgetAll")));
  await press(named("history-place", t("sureYes")));
  assert.equal(said(), t("notDeleted"));
  assert.match(byId("history-place").textContent, /a\.test/);
  assert.equal(focused(), "history-title");
  answers["options.forget"] = {
    ok: true,
    body: { entries: [], kept_days: 90 },
  };
  await press(named("history-place", t("optionsHistoryForget")));
  assert.equal(said(), t("optionsHistoryGone"));
  assert.doesNotMatch(byId("history-place").textContent, /a\.test/);
});
