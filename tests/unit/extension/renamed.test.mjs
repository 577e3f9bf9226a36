/** A page renames itself as it likes (history.replaceState): what was said of its document stands. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeArea } from "./fakes.mjs";

const FAKE = "http://fake.test/";
const REAL = "https://real.test/";
const WARNING = "us://pages/warning/warning.html";
const DOCUMENT = { documentId: "first" };
/** @type {any} */ let tab = {};
/** @type {any} */ let frame;
/** @type {string[]} */ let opened = [];
/** What happens while the daemon is asked something. @type {Record<string, () => void>} */ let meanwhile =
  {};
/** @type {Record<string, any>} */ let answers = {};
let bars = 0;
globalThis.chrome = /** @type {any} */ ({
  runtime: { getURL: (/** @type {string} */ path) => `us://${path}` },
  tabs: {
    get: async () => ({ ...tab }),
    update: async (/** @type {number} */ _tab, /** @type {any} */ { url }) =>
      void opened.push(url),
  },
  webNavigation: { getFrame: async () => frame },
  scripting: { executeScript: async () => void bars++ },
});
const { markFor } = await import("../../../extension/background/badge.js");
const { Checker } = await import("../../../extension/background/checker.js");
const { Covering } = await import("../../../extension/background/covering.js");
const { Navigation } =
  await import("../../../extension/background/navigation.js");
const { Pages } = await import("../../../extension/background/pages.js");
const { Permits } = await import("../../../extension/background/permits.js");
const { makeRoutes } = await import("../../../extension/background/routes.js");
const { SessionState } = await import("../../../extension/background/state.js");

/** A daemon to whom names say nothing, and pages what `level` says. */
async function setUp(level = "DANGER") {
  const state = new SessionState(fakeArea());
  const permits = new Permits(state);
  const covering = new Covering(state, permits);
  const daemon = /** @type {any} */ ({
    state: { phase: "connected", reason: "" },
    request: async (/** @type {string} */ path, /** @type {any} */ body) => {
      meanwhile[path]?.();
      if (path in answers) return answers[path];
      const official = body?.url?.startsWith(REAL)
        ? "OFFICIAL"
        : "NO_KNOWN_RISK";
      const found = path === "/v1/check/page" ? level : official;
      return { ok: true, body: { level: found, host: "fake.test" } };
    },
  });
  const checker = new Checker(
    daemon,
    async () => "fr",
    () => 0,
  );
  const navigation = new Navigation({
    ...{ state, checker, permits, covering, daemon },
    strict: () => false,
    onSettled: () => undefined,
    onPassed: () => undefined,
    onShown: () => undefined,
    onBar: () => undefined,
  });
  const pages = new Pages({ checker, permits, navigation, daemon });
  const routes = makeRoutes(
    /** @type {any} */ ({
      state,
      permits,
      covering,
      navigation,
      pages,
      checker,
      daemon,
    }),
  );
  const rename = async (/** @type {string} */ url) => {
    tab.url = url;
    await navigation.settle(1, url);
  };
  const popup = () =>
    /** @type {any} */ (routes["popup.get"]).run({ message: { tabId: 1 } });
  await navigation.request(1, "r1", FAKE);
  await navigation.committed(1, FAKE);
  return { state, navigation, pages, rename, popup };
}

const says = (/** @type {any} */ state) =>
  markFor(state.tab(1), { phase: "connected", reason: "" });

beforeEach(() => {
  tab = { id: 1, url: FAKE };
  frame = DOCUMENT;
  opened = [];
  bars = 0;
  [meanwhile, answers] = [{}, {}];
});

for (const [browser, sender] of /** @type {const} */ ([
  ["Chromium", DOCUMENT],
  ["Firefox", {}],
])) {
  test(`${browser}: a fake that renames itself before and during the question is covered`, async () => {
    if (browser === "Firefox") frame = { url: FAKE };
    const { pages, rename } = await setUp();
    await rename(`${FAKE}1`);
    meanwhile["/v1/check/page"] = () => (tab.url = `${FAKE}2`);
    const seen = pages.seen(1, { ...sender, url: `${FAKE}1` }, {});
    assert.equal(await seen, true);
    assert.deepEqual(opened, [WARNING]);
  });
}

test("renamed while its warning comes, it is no good page to go back to, and the warning comes once", async () => {
  const { state, pages, rename } = await setUp();
  await pages.seen(1, { ...DOCUMENT, url: FAKE }, {});
  await rename(`${FAKE}2`);
  assert.deepEqual(opened, [WARNING]);
  assert.deepEqual([says(state), state.tab(1).good], ["danger", undefined]);
});

test("a calmer description takes nothing back from a page whose warning is on its way", async () => {
  const { state, pages, navigation } = await setUp();
  await pages.seen(1, { ...DOCUMENT, url: FAKE }, {});
  const calm = /** @type {any} */ ({ level: "CAUTION" });
  await navigation.settlePage(1, new URL(FAKE), calm, DOCUMENT);
  assert.equal(says(state), "danger");
});

test("another document is not covered for the one that was described, though its site be the same", async () => {
  const { pages } = await setUp();
  meanwhile["/v1/check/page"] = () => (frame = { documentId: "second" });
  const seen = pages.seen(1, { ...DOCUMENT, url: FAKE }, {});
  assert.equal(await seen, false);
  assert.deepEqual(opened, []);
});

test("where documents have no names, another site is not covered", async () => {
  frame = undefined;
  const { pages, navigation } = await setUp();
  tab.url = REAL;
  await navigation.request(1, "r2", REAL);
  assert.equal(await pages.seen(1, { url: FAKE }, {}), false);
  assert.deepEqual(opened, []);
});

test("CAUTION for what it shows outlives its names, not its document", async () => {
  const { state, pages, rename, popup, navigation } = await setUp("CAUTION");
  await rename(`${FAKE}1`);
  await pages.seen(1, { ...DOCUMENT, url: FAKE }, {});
  assert.deepEqual([says(state), bars], ["caution", 1]);
  await rename(`${FAKE}2`);
  assert.deepEqual(
    [says(state), (await popup()).level],
    ["caution", "CAUTION"],
  );
  answers["/v1/check/url"] = { ok: false, error: { code: "timeout" } };
  await rename(`${FAKE}3`); // no answer is not a better one
  assert.equal(says(state), "caution");
  delete answers["/v1/check/url"];
  tab.url = `${FAKE}4`;
  await navigation.committed(1, tab.url);
  assert.equal(says(state), "none");
});

test("what was said of one page is not said in the popup of the next", async () => {
  const { rename, popup } = await setUp();
  await rename(REAL);
  assert.equal((await popup()).level, "OFFICIAL");
  tab.url = FAKE; // and its answer is not there yet
  const now = await popup();
  assert.deepEqual(
    [now.host, now.level, now.verdict],
    ["fake.test", null, null],
  );
  // Left for another page while the daemon is asked how it is.
  tab.url = REAL;
  meanwhile["/v1/status"] = () => (tab.url = FAKE);
  const later = await popup();
  assert.deepEqual([later.host, later.level], ["fake.test", null]);
});
