/** A page that slips in while it is being covered is covered again; one the person chose to see is not. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const URL_OF_FAKE = "http://fake.example/login";
const WARNING = "moz-extension://us/pages/warning/warning.html";

let shown = "";
let updates = 0;
/** @type {number[]} */
const removed = [];
/** @type {[number, any][]} */
const asked = [];
/** @type {(target: string) => string} what the browser makes of an update */
let lands = (target) => target;

globalThis.chrome = /** @type {any} */ ({
  runtime: {
    getURL: (/** @type {string} */ path) => `moz-extension://us/${path}`,
  },
  tabs: {
    update: async (
      /** @type {number} */ tab,
      /** @type {{url: string}} */ target,
    ) => {
      asked.push([tab, target]);
      updates += 1;
      shown = lands(target.url);
      return {};
    },
    get: async () => ({ url: shown }),
    remove: async (/** @type {number} */ tab) => void removed.push(tab),
  },
});
const { Covering } = await import("../../../extension/background/covering.js");
const { SessionState } = await import("../../../extension/background/state.js");

function parts(/** @type {any} */ known = {}) {
  const state = {
    tab: () => known,
    patch: async (/** @type {number} */ _tab, /** @type {any} */ more) =>
      (known = { ...known, ...more }),
  };
  const permits = { allowTab: async () => undefined };
  return new Covering(/** @type {any} */ (state), /** @type {any} */ (permits));
}

async function wait(/** @type {number} */ ms) {
  for (let passed = 0; passed < ms; passed += 100) {
    mock.timers.tick(100);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  updates = 0;
  lands = (target) => target;
});

test("a page that wins against its covering is covered again", async () => {
  const covering = parts();
  let first = true;
  lands = (target) => {
    const won = first ? URL_OF_FAKE : target;
    first = false;
    return won;
  };
  await covering.cover(1, new URL(URL_OF_FAKE), null);
  await wait(3000);
  assert.equal(shown, WARNING);
  assert.equal(updates, 2);
});

test("a page that wins by renaming itself is covered again, another document is not", async () => {
  for (const page of [
    { url: URL_OF_FAKE, verdict: { level: "DANGER" } },
    undefined,
  ]) {
    updates = 0;
    const covering = parts({ page });
    lands = (target) => (updates === 1 ? `${URL_OF_FAKE}2` : target);
    await covering.cover(1, new URL(URL_OF_FAKE), null);
    await wait(3000);
    assert.equal(updates, page ? 2 : 1);
  }
});

test("a covered page is left alone, and so is one the person went on to", async () => {
  const covering = parts();
  await covering.cover(1, new URL(URL_OF_FAKE), null);
  await wait(3000);
  assert.equal(updates, 1);
  await covering.cover(1, new URL(URL_OF_FAKE), null);
  await covering.proceed(1);
  await wait(3000);
  assert.equal(shown, URL_OF_FAKE);
  assert.equal(updates, 3);
});

test("a clock that is set back leaves no page uncovered", async () => {
  mock.timers.setTime(1_000_000_000);
  const covering = parts();
  await covering.cover(1, new URL(URL_OF_FAKE), null);
  await wait(3000);
  shown = URL_OF_FAKE;
  mock.timers.setTime(0);
  await covering.cover(1, new URL(URL_OF_FAKE), null);
  assert.equal(shown, WARNING);
});

test("leaving what a link of a mail led to goes back to the mail", async () => {
  /** @type {any} */ const state = { tab: () => ({ back: 7 }) };
  await new Covering(state, /** @type {any} */ ({})).leave(9);
  assert.deepEqual(asked.at(-1), [7, { active: true }]);
  assert.deepEqual(removed, [9]);
});

test("a page is covered when nothing of it can be stored", async () => {
  const refuse = () => Promise.reject(new Error("quota exceeded"));
  const state = new SessionState({ get: refuse, set: refuse, remove: refuse });
  const covering = new Covering(state, /** @type {any} */ ({}));
  await covering.cover(1, new URL(URL_OF_FAKE), null);
  assert.equal(shown, WARNING);
  assert.equal(state.tab(1).cover?.url, URL_OF_FAKE); // the warning page knows what it stands for
});
