/** Drafts of reports: none outlives its page, whatever becomes of the worker or the tab. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

/** @type {any[]} */
let opened = [];
/** Tabs that are there. @type {Set<number>} */
let tabs = new Set();
/** @type {(what: any) => any} */
let create = () => ({ id: 40 });
const extension = { inIncognitoContext: false };
globalThis.chrome = /** @type {any} */ ({
  extension,
  runtime: { getURL: (/** @type {string} */ path) => `us://${path}` },
  tabs: {
    get: async (/** @type {number} */ id) => {
      if (!tabs.has(id)) throw new Error(`No tab with id: ${id}`);
      return { id };
    },
    create: async (/** @type {any} */ what) => {
      opened.push(what);
      return create(what);
    },
  },
});
const { Reports } = await import("../../../extension/background/report.js");
const { SessionState } = await import("../../../extension/background/state.js");

const CASE = "00000000-0000-4000-8000-000000000000";
const PAGE = /** @type {const} */ ({ what: "page", url: "https://evil.test/" });
const TAB = { id: 7, windowId: 3, incognito: false };

/** A worker over what is stored; its daemon takes everything. */
function worker(area = fakeArea()) {
  const daemon = strict("daemon", {
    awake: async () => undefined,
    request: async () => ({ ok: true, body: { case: CASE } }),
  });
  const language = async () => "fr";
  const state = new SessionState(area);
  const reports = new Reports(
    /** @type {any} */ ({ agent: "", daemon, language, state }),
  );
  return { reports, state, area };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const idOf = (/** @type {any} */ page) => page.url.split("#")[1];

beforeEach(() => {
  opened = [];
  tabs = new Set([7, 40]);
  create = () => ({ id: 40 });
  extension.inIncognitoContext = false;
});

test("when its page is closed, nothing is kept", async () => {
  const { reports, state, area } = worker();
  await reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  await reports.preview(idOf(opened[0]), {});
  await reports.tabClosed(41);
  assert.equal(state.reports().size, 1);
  await reports.tabClosed(40);
  assert.deepEqual(area.items, {});
  const answer = await reports.preview(idOf(opened[0]), {});
  assert.equal(answer.code, "report_unknown");
});

test("what the next worker finds of pages that are gone is forgotten, of others kept", async () => {
  const area = fakeArea();
  const first = worker(area);
  for (const id of [40, 41]) {
    tabs.add(id);
    create = () => ({ id });
    await first.reports.open({ begin: PAGE, evidence: {} }, TAB);
  }
  tabs.delete(41);
  const next = worker(area);
  await turn();
  assert.deepEqual([...next.state.reports().keys()], [idOf(opened[0])]);
  assert.deepEqual(Object.keys(area.items), [`report:${idOf(opened[0])}`]);
});

test("private and other windows see each other's reports, not each other's tabs", async () => {
  const area = fakeArea();
  extension.inIncognitoContext = true;
  const secret = worker(area);
  await secret.reports.open(
    { begin: PAGE, evidence: {} },
    { ...TAB, incognito: true },
  );
  tabs.delete(40);
  extension.inIncognitoContext = false;
  worker(area);
  await turn();
  assert.equal(Object.keys(area.items).length, 1);
  extension.inIncognitoContext = true;
  worker(area);
  await turn();
  assert.deepEqual(area.items, {});
});

test("a report without a page is forgotten: none could be opened, or it was closed at once", async () => {
  const { reports, state, area } = worker();
  create = () => Promise.reject(new Error("no tabs here"));
  await reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  create = () => ({ id: 99 }); // gone before anybody knew whose it was
  await reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  await turn();
  assert.deepEqual([state.reports().size, area.items], [0, {}]);
});

test("while its page opens, a report lies in memory alone", async () => {
  const { reports, area } = worker();
  /** @type {(value: any) => void} */ let open = () => {};
  create = () => new Promise((resolve) => (open = resolve));
  const opening = reports.open({ begin: PAGE, evidence: {} }, TAB);
  await turn();
  assert.deepEqual(area.items, {}); // a worker that ends here leaves nothing that nobody forgets
  assert.equal((await reports.preview(idOf(opened[0]), {})).ok, true);
  open({ id: 40 });
  await opening;
  assert.equal(area.items[`report:${idOf(opened[0])}`].case, CASE);
});
