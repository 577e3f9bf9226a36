/** What the toolbar button says. */
import assert from "node:assert/strict";
import { test } from "node:test";

const said = /** @type {any} */ ({});
const set = async (/** @type {object} */ what) =>
  void Object.assign(said, what);
globalThis.chrome = /** @type {any} */ ({
  action: { setBadgeText: set, setBadgeBackgroundColor: set, setTitle: set },
});
const { markFor, showMark } =
  await import("../../../extension/background/badge.js");
const { translator } = await import("../../../extension/shared/i18n.js");

test("where nothing was judged the button says nothing of the page", async () => {
  for (const phase of /** @type {const} */ (["connected", "connecting"])) {
    const mark = markFor({}, { phase, reason: "" });
    await showMark(mark, 3, translator("fr"));
    assert.deepEqual([said.tabId, said.text, said.title], [3, "", "Guetteur"]);
  }
});
