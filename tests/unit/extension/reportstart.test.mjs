/** The evidence of a page: taken while it is shown, never in the way of its covering, of this page and no other. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

const WARNING = "us://x/pages/warning/warning.html";
const EVIL = "https://evil.test/login";
/** @type {string[]} */
let log = [];
/** @type {any} */
let tab = {};
/** @type {() => Promise<string>} */
let take = async () => "";
/** @type {any} */
let page = null;

globalThis.chrome = /** @type {any} */ ({
  runtime: { getURL: (/** @type {string} */ path) => `us://x/${path}` },
  scripting: {
    executeScript: async (/** @type {any} */ { target, func }) => {
      log.push(`source ${target.tabId} ${func.name}`);
      return [{ result: page }];
    },
  },
  tabs: strict("tabs", {
    captureTab: undefined,
    captureVisibleTab: (/** @type {number} */ windowId) => {
      log.push(`picture ${windowId}`);
      return take();
    },
    get: async () => tab,
    update: async () => void log.push("cover"),
    sendMessage: async (/** @type {number} */ _, /** @type {any} */ { on }) =>
      void log.push(`aside ${on}`),
  }),
});
const { Capture } = await import("../../../extension/background/capture.js");
const { Covering } = await import("../../../extension/background/covering.js");
const { Navigation } =
  await import("../../../extension/background/navigation.js");
const { SessionState } = await import("../../../extension/background/state.js");
const { reportStart } =
  await import("../../../extension/background/reportstart.js");
const { makeRouter } = await import("../../../extension/background/router.js");

const url = new URL(EVIL);
const settle = () => new Promise((resolve) => setImmediate(resolve));
const never = () => new Promise(() => {});
const text = async (/** @type {Promise<string | null>} */ data) =>
  Buffer.from((await data) ?? "", "base64").toString();

mock.timers.enable({ apis: ["setTimeout"] });
beforeEach(() => {
  log = [];
  tab = { id: 7, windowId: 3, active: true, url: EVIL, incognito: false };
  take = async () => "data:image/jpeg;base64,cGljdHVyZQ==";
  page = { href: EVIL, html: "<html>é</html>", cut: false };
});

function setUp() {
  let now = 0;
  const state = new SessionState(fakeArea());
  const capture = new Capture(() => now);
  /** @type {any[]} */ const opened = [];
  /** @type {number[]} */ const begun = [];
  const routes = reportStart({
    state,
    capture,
    trail: strict("trail", { of: () => ({ status: 200 }) }),
    reports: strict("reports", {
      once: async (
        /** @type {number} */ tabId,
        /** @type {() => Promise<void>} */ begin,
      ) => {
        begun.push(tabId);
        await begin();
      },
      open: async (/** @type {any[]} */ ...what) => {
        await what[2];
        log.push("open");
        opened.push(what);
      },
    }),
  });
  const later = (/** @type {number} */ ms) => (now += ms);
  return { state, capture, routes, opened, begun, later };
}

test("picture and source of a page, as they are", async () => {
  const { capture } = setUp();
  const { screenshot, html } = capture.take(tab, url);
  assert.equal(await text(screenshot), "picture");
  assert.equal(await text(html), "<html>é</html>");
});

test("nothing of another page", async () => {
  const { capture } = setUp();
  page = { ...page, href: "https://other.test/" };
  assert.equal(await capture.take(tab, url).html, null);
  tab = { ...tab, url: "https://other.test/" };
  assert.equal(await capture.take(tab, url).screenshot, null);
  tab = { ...tab, url: EVIL, active: false };
  assert.equal(
    await capture.take({ ...tab, active: true }, url).screenshot,
    null,
  );
  log = [];
  await capture.take(tab, url).screenshot;
  assert.ok(!log.includes("picture 3")); // not in front: a picture of something else
  page = null; // refused, or not a page with a source
  assert.equal(await capture.take(tab, url).html, null);
  take = () => Promise.reject(new Error("refused"));
  assert.equal(
    await capture.take({ ...tab, active: true }, url).screenshot,
    null,
  );
});

test("no picture of our own warning, whoever was faster", async () => {
  const { capture } = setUp();
  /** @type {(data: string) => void} */ let taken = () => {};
  take = () => new Promise((resolve) => (taken = resolve));
  const { screenshot, html } = capture.take({ ...tab }, url);
  tab = { ...tab, url: WARNING }; // the covering does not wait
  taken("data:image/jpeg;base64,cGljdHVyZQ==");
  assert.equal(await screenshot, null);
  assert.equal(await text(html), "<html>é</html>");
});

test("a picture that was asked for before the covering is of the page, also when it comes after it", async () => {
  const { capture } = setUp();
  /** @type {(data: string) => void} */ let taken = () => {};
  take = () => new Promise((resolve) => (taken = resolve));
  capture.keep({ ...tab }, url);
  tab = { ...tab, url: WARNING };
  taken("data:image/jpeg;base64,cGljdHVyZQ==");
  const { screenshot } = capture.kept(7, url);
  assert.equal(await text(/** @type {any} */ (screenshot)), "picture");
});

test("a long source is cut, whole letters only, and says so", async () => {
  const { capture } = setUp();
  page = { ...page, html: "€".repeat(2_000_000) };
  const said = Buffer.from((await capture.take(tab, url).html) ?? "", "base64");
  assert.ok(said.length <= 4 * 1024 * 1024);
  const read = new TextDecoder("utf-8", { fatal: true }).decode(said);
  assert.match(read, /€\n<!-- Guetteur: cut here -->\n$/);
});

test("what was kept of a covered page: two tabs, ten minutes, this page, this tab", async () => {
  const { capture, later } = setUp();
  capture.keep(tab, url);
  assert.equal(
    await text(/** @type {any} */ (capture.kept(7, url).html)),
    "<html>é</html>",
  );
  assert.deepEqual(capture.kept(7, new URL("https://evil.test/2")), {});
  assert.deepEqual(capture.kept(8, url), {});
  capture.keep({ ...tab, id: 8 }, url);
  capture.keep({ ...tab, id: 9 }, url);
  assert.deepEqual(capture.kept(7, url), {});
  capture.forget(8);
  assert.deepEqual(capture.kept(8, url), {});
  later(600_001);
  assert.deepEqual(capture.kept(9, url), {});
});

test("taking never keeps the covering waiting, and begins before it", async () => {
  const { state, capture } = setUp();
  take = never;
  page = never();
  const permits = strict("permits", {
    ready: Promise.resolve(),
    allows: () => false,
  });
  const navigation = new Navigation(
    /** @type {any} */ ({
      ...{ state, permits },
      covering: new Covering(state, permits),
      onShown: (/** @type {any[]} */ ...what) => capture.keep(...what),
    }),
  );
  const verdict = { level: "DANGER", registrable_domain: "evil.test" };
  await navigation.settlePage(7, url, /** @type {any} */ (verdict), { tab });
  assert.deepEqual(log, ["picture 3", "source 7 snapshot", "cover"]);
  // Another covering of the tab has begun: our warning may stand there already.
  log = [];
  const other = new URL("https://evil.test/other");
  tab = { ...tab, url: other.href };
  await navigation.settlePage(7, other, /** @type {any} */ (verdict), { tab });
  assert.deepEqual(log, ["cover"]);
});

test("an open page: bar aside, picture, and only then the report page", async () => {
  const { routes, opened, begun, state } = setUp();
  await state.patch(7, { level: "CAUTION" });
  const call = /** @type {any} */ ({ message: { tabId: 7 }, tabId: 7 });
  await routes["popup.report"].run(call);
  assert.deepEqual(log, [
    "aside true",
    "picture 3",
    "source 7 snapshot",
    "aside false",
    "open",
  ]);
  const [{ begin, evidence }, from] = opened[0];
  assert.deepEqual(begin, { what: "page", url: EVIL, status: 200 });
  assert.equal(await text(evidence.screenshot), "picture");
  assert.equal(from, tab);
  await routes["bar.report"].run(call);
  assert.equal(opened.length, 2);
  assert.deepEqual(begun, [7, 7]); // the tab in which no second one begins
});

test("the bar comes back from a picture that fails, and from one that never comes", async () => {
  for (const taking of [() => Promise.reject(new Error("refused")), never]) {
    const { routes, state } = setUp();
    await state.patch(7, { level: "CAUTION" });
    take = taking;
    log = [];
    const call = /** @type {any} */ ({ message: {}, tabId: 7 });
    const reporting = routes["bar.report"].run(call);
    for (let turn = 0; turn < 10; turn++) await settle();
    mock.timers.tick(1_500);
    await reporting;
    const asides = log.filter((line) => line.startsWith("aside"));
    assert.deepEqual(asides, ["aside true", "aside false"]);
    assert.ok(log.includes("open"));
  }
});

test("a covered page: what was kept, and nothing of the warning", async () => {
  const { routes, opened, state, capture } = setUp();
  tab = { ...tab, url: WARNING };
  const cover = {
    url: EVIL,
    host: "evil.test",
    registrable: "",
    verdict: null,
  };
  const call = /** @type {any} */ ({ message: { tabId: 7 }, tabId: 7 });
  await routes["warning.report"].run(call);
  assert.equal(opened.length, 0);
  await state.patch(7, { cover });
  await routes["warning.report"].run(call);
  assert.deepEqual(opened[0][0].evidence, {});
  assert.equal(opened[0][0].begin.url, EVIL);
  capture.keep(tab, url);
  log = [];
  await routes["popup.report"].run(call);
  assert.deepEqual(log, ["open"]);
  assert.ok(opened[1][0].evidence.html);
});

test("there is nothing to report of the browser's own pages", async () => {
  const { routes, opened } = setUp();
  const call = /** @type {any} */ ({ message: { tabId: 7 }, tabId: 7 });
  for (const address of [
    "about:blank",
    "us://x/pages/popup/popup.html",
    "file:///x",
  ]) {
    tab = { ...tab, url: address };
    await routes["popup.report"].run(call);
  }
  assert.deepEqual(opened, []);
});

test("a page may report itself, from its bar; it names no other tab", () => {
  const { routes } = setUp();
  const router = makeRouter(
    { id: "us", base: "us://x/" },
    routes,
    Promise.resolve(),
  );
  const send = (/** @type {string} */ type, /** @type {any} */ more) =>
    router(
      { type },
      { id: "us", url: EVIL, tab: { id: 1 }, ...more },
      () => {},
    );
  assert.equal(send("bar.report", { frameId: 0 }), true);
  assert.equal(send("bar.report", { frameId: 2 }), false);
  assert.equal(send("popup.report", { frameId: 0 }), false);
  assert.equal(send("warning.report", { frameId: 0 }), false);
  assert.equal(send("warning.report", { frameId: 0, url: WARNING }), true);
});
