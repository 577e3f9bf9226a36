import assert from "node:assert/strict";
import { test } from "node:test";
import { strict } from "./fakes.mjs";

/** @type {Map<number, any>} */
const rules = new Map();
/** @type {Record<string, unknown>} */
const stored = {};
let isFull = false;

globalThis.chrome = /** @type {any} */ ({
  runtime: {},
  storage: {
    local: strict("local", {
      get: async () => ({ ...stored }),
      set: async (/** @type {object} */ items) =>
        void Object.assign(stored, items),
    }),
  },
  declarativeNetRequest: strict("declarativeNetRequest", {
    getDynamicRules: async (/** @type {any} */ { ruleIds }) =>
      ruleIds.flatMap((/** @type {number} */ id) => rules.get(id) ?? []),
    updateDynamicRules: async (
      /** @type {any} */ { removeRuleIds, addRules },
    ) => {
      if (isFull) throw new Error("too many rules");
      for (const id of removeRuleIds) rules.delete(id);
      for (const one of addRules) rules.set(one.id, one);
    },
  }),
});
const { isBlocked, refreshList } =
  await import("../../../extension/background/rules.js");

/** @param {any} reply */
const daemon = (reply) => /** @type {any} */ ({ request: async () => reply });
const list = (
  /** @type {string} */ version,
  /** @type {string[]} */ added,
) => ({
  ok: true,
  body: {
    ...{ base: "1", unchanged: version !== "1", hosts: ["a.test"], next: null },
    ...{ version, added, removed: [] },
  },
});

test("rules that could not be renewed are old, and that is noted until they are", async () => {
  assert.equal(await refreshList(daemon(list("1", []))), true);
  assert.equal(stored.rulesFailed, false);
  const tooLarge = { ok: false, error: { code: "answer_too_large" } };
  assert.equal(await refreshList(daemon(tooLarge)), false);
  assert.equal(stored.rulesFailed, true);
  assert.equal(await refreshList(daemon(list("1", []))), true);
  assert.equal(stored.rulesFailed, false);
  isFull = true;
  assert.equal(await refreshList(daemon(list("2", ["b.test"]))), false);
  assert.equal(stored.rulesFailed, true);
  assert.equal(await isBlocked("b.test"), false);
  isFull = false;
  assert.equal(await refreshList(daemon(list("2", ["b.test"]))), true);
  assert.equal(stored.rulesFailed, false);
  assert.equal(await isBlocked("b.test"), true);
  assert.equal(await refreshList(daemon(list("2", ["b.test"]))), false);
  assert.equal(stored.rulesFailed, false);
});
