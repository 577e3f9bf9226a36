/** The popup while the lists are renewed: only what is said of them changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answers, asked, byId, focused, lay, press } from "./pagedom.mjs";

const ROUND_MS = 800; // the lists' lines are asked for every 700

const told = (/** @type {any} */ running, level = "CAUTION") => ({
  daemon: { phase: "connected", reason: "" },
  status: { lists: { version: "1", age_days: 0, source: true, running } },
  ...{ host: "a.test", url: "http://a.test/", covered: false, level },
  ...{ degraded: null, verdict: { reasons: [], summary: "s" } },
  ...{ paused: false, pausable: true, isPrivate: false },
});
const round = () => new Promise((resolve) => setTimeout(resolve, ROUND_MS));

test("a question that is open stays open, and what is said of the page stays as it is", async () => {
  lay("popup/popup.html");
  location.search = "?tab=3";
  answers["popup.get"] = told({ done: 1, total: 10 });
  await import("../../../extension/pages/popup/popup.js");
  assert.match(byId("renewing").textContent, /10/);
  await press(byId("pause"));
  assert.deepEqual(
    [byId("pause-sure").hidden, focused()],
    [false, "pause-ask"],
  );
  byId("level").textContent = "read out";

  answers["popup.get"] = told({ done: 4, total: 10 }, "DANGER");
  await round();
  assert.match(byId("renewing").textContent, /40/);
  assert.deepEqual(
    [byId("pause-sure").hidden, focused()],
    [false, "pause-ask"],
  );
  assert.equal(byId("level").textContent, "read out");

  await press(byId("pause-cancel"));
  byId("level").textContent = "read out";
  await round();
  assert.equal(byId("level").textContent, "read out");

  await press(byId("pause"));
  answers["popup.get"] = told(null, "DANGER");
  await round();
  assert.equal(byId("renewing").textContent, "");
  assert.equal(byId("pause-sure").hidden, false);

  answers["popup.pause"] = { done: true, kept: true };
  answers["popup.get"] = { ...told(null, "UNKNOWN"), paused: true };
  await press(byId("pause-confirm"));
  assert.deepEqual([byId("pause-sure").hidden, focused()], [true, "pause"]);
  assert.match(byId("level").textContent, /a\.test/);
});

test("when it is over, what the new lists say of the page is shown, and nothing is asked any more", async () => {
  answers["popup.get"] = told({ done: 1, total: 10 });
  answers["popup.renew"] = true;
  await press(byId("renew"));
  answers["popup.get"] = told(null, "DANGER");
  await round();
  assert.equal(byId("level").dataset.level, "DANGER");
  const before = asked.length;
  await round();
  assert.equal(asked.length, before);
});
