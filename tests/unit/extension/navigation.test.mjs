/** What was found dangerous stays covered without an answer; one question per page; one warning per visit. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fakeArea } from "./fakes.mjs";

const EVIL = "http://evil.test/form";
const WARNING = "us://pages/warning/warning.html";
/** @type {any} */ let tab = {};
/** @type {string[]} */ let opened = [];
globalThis.chrome = /** @type {any} */ ({
  runtime: { getURL: (/** @type {string} */ path) => `us://${path}` },
  tabs: {
    get: async () => tab,
    update: async (/** @type {number} */ _tab, /** @type {any} */ { url }) => {
      opened.push(url);
      tab = { ...tab, url };
    },
  },
  scripting: { executeScript: async () => [] },
  declarativeNetRequest: { updateSessionRules: async () => undefined },
});
const { Checker } = await import("../../../extension/background/checker.js");
const { Covering } = await import("../../../extension/background/covering.js");
const { History } = await import("../../../extension/background/history.js");
const { Navigation } =
  await import("../../../extension/background/navigation.js");
const { Permits } = await import("../../../extension/background/permits.js");
const { SessionState } = await import("../../../extension/background/state.js");

const BODY = { host: "evil.test", registrable_domain: "evil.test" };
/** @type {any} */
const DANGER = { ...BODY, level: "DANGER", exceptable: true, body: null };

/** A tab that shows a page, and a daemon that is away until it is given an answer. */
function setUp() {
  tab = { id: 1, url: EVIL, incognito: false };
  opened = [];
  const state = new SessionState(fakeArea());
  const permits = new Permits(state);
  const covering = new Covering(state, permits);
  const told = /** @type {[string, any][]} */ ([]);
  const now = { phase: "unreachable", level: "" };
  const daemon = /** @type {any} */ ({
    get state() {
      return { phase: now.phase, reason: "" };
    },
    request: async (/** @type {string} */ path, /** @type {any} */ body) => {
      told.push([path, body]);
      return now.level
        ? { ok: true, body: { ...BODY, level: now.level } }
        : { ok: false, error: { code: "stopped", message: "", hint: "" } };
    },
  });
  const checker = new Checker(
    daemon,
    async () => "fr",
    () => 0,
  );
  const history = new History({ state, daemon, wanted: async () => true });
  covering.onCovered = (tabId, url, verdict) =>
    void history.shown(tabId, url, "DANGER", verdict);
  const navigation = new Navigation({
    ...{ state, checker, permits, covering, daemon },
    strict: () => false,
    onSettled: () => undefined,
    onPassed: () => undefined,
    onShown: () => undefined,
    onBar: (tabId, url, verdict) =>
      void history.shown(tabId, url, "CAUTION", verdict),
  });
  const ask = () =>
    navigation.hold(/** @type {any} */ ({ url: EVIL, tab: { id: 1 } }));
  const asked = (/** @type {string} */ path) =>
    told.filter(([one]) => one === path).length;
  return { state, permits, covering, navigation, now, ask, asked };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Covered for what it shows, a while ago: the warning stands there. */
async function covered() {
  const parts = setUp();
  await parts.navigation.settlePage(1, new URL(EVIL), DANGER, {});
  assert.deepEqual(opened, [WARNING]);
  mock.timers.tick(10_000);
  await settled();
  opened = [];
  return parts;
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});

for (const phase of ["unreachable", "connected"]) {
  test(`${phase}: what was covered for its content is covered again without an answer`, async () => {
    const { state, now, ask } = await covered();
    now.phase = phase;
    tab.url = EVIL; // Back, or opened again
    assert.deepEqual(await ask(), { show: false });
    await settled();
    assert.deepEqual(opened, [WARNING]);
    assert.deepEqual(state.tab(1).cover?.verdict, DANGER);
  });

  test(`${phase}: one from memory, which the tab does not name yet, is not shown`, async () => {
    const { now, ask } = await covered();
    now.phase = phase;
    assert.deepEqual(await ask(), { show: false });
    assert.deepEqual(opened, []);
  });

  test(`${phase}: what the person went on to is shown`, async () => {
    const { covering, navigation, now, ask } = await covered();
    now.phase = phase;
    await covering.proceed(1);
    assert.deepEqual(await ask(), { show: true });
    assert.equal(await navigation.committed(1, EVIL), "pass");
    assert.deepEqual(opened, [EVIL]);
  });

  test(`${phase}: what was paused in a private window is shown`, async () => {
    const { state, permits, now, ask } = await covered();
    now.phase = phase;
    await permits.pausePrivately("evil.test", true);
    assert.equal(state.tab(1).level, "DANGER");
    tab = { ...tab, url: EVIL, incognito: true };
    assert.deepEqual(await ask(), { show: true });
    assert.deepEqual(opened, []);
  });
}

test("an answer that stays out leaves a warning that stands there as it is", async () => {
  const { navigation } = await covered();
  await navigation.request(1, "r1", EVIL); // the tab's last request was for the page
  assert.equal(await navigation.settle(1, EVIL), "cover");
  assert.deepEqual(opened, []);
});

test("other pages of the tab are shown while nobody answers", async () => {
  const { navigation } = await covered();
  tab.url = "http://calm.test/";
  const sender = /** @type {any} */ ({ url: tab.url, tab: { id: 1 } });
  assert.deepEqual(await navigation.hold(sender), { show: true });
  assert.deepEqual(opened, []);
});

test("a page that asks is asked about once, though no answer comes", async () => {
  const { now, ask, asked } = setUp();
  now.phase = "connected";
  assert.deepEqual(await ask(), { show: true });
  assert.equal(asked("/v1/check/url"), 1);
});

test("a page warned of for its content alone is one warning, however often it is loaded", async () => {
  const { navigation, now, asked } = setUp();
  [now.phase, now.level] = ["connected", "UNKNOWN"];
  const visit = async (/** @type {string} */ address, level = "CAUTION") => {
    tab.url = address;
    await navigation.committed(1, address);
    const url = new URL(address);
    await navigation.settlePage(1, url, { ...DANGER, level }, {});
    await settled();
    return asked("/v1/history/add");
  };
  assert.equal(await visit(EVIL), 1);
  assert.equal(await visit(EVIL), 1);
  assert.equal(await visit(`${EVIL}/2`), 1);
  assert.equal(await visit(EVIL, "DANGER"), 2); // that is graver
  assert.equal(await visit(EVIL, "CAUTION"), 2);
  tab.url = "http://calm.test/";
  await navigation.committed(1, tab.url);
  assert.equal(await visit(EVIL), 3);
});
