import assert from "node:assert/strict";
import { test } from "node:test";
import { graver } from "../../../extension/shared/verdict.js";
import { strict } from "./fakes.mjs";

const told = [];
globalThis.chrome = /** @type {any} */ ({
  runtime: {},
  tabs: {
    query: async () => [
      { id: 1, url: "http://a.test/" },
      { id: 2, url: "chrome://newtab/" },
      { id: 3, url: "https://gone.test/" },
      { id: 5, url: "https://hangs.test/" },
      { id: 4, url: "https://b.test/" },
    ],
    sendMessage: async (id, message, where) => {
      if (id === 3) throw new Error("no receiving end");
      if (id === 5) return new Promise(() => {});
      told.push([id, message.type, where.frameId]);
    },
  },
});
const { Pages } = await import("../../../extension/background/pages.js");

const HINTS = { fields: ["numero de carte"], text: ["votre colis est bloque"] };

function setUp({
  level = "NO_KNOWN_RISK",
  permitted = false,
  excepted = false,
  phase = "connected",
  hints = { ok: true, body: HINTS },
  applied = true,
  silent = false,
} = {}) {
  const asked = [];
  const settled = [];
  const verdict = { level, excepted };
  const outcome = async (...what) => {
    asked.push(what);
    return silent ? { degraded: "timeout" } : { verdict };
  };
  const pages = new Pages({
    checker: strict("checker", { check: outcome, checkPage: outcome }),
    permits: strict("permits", {
      ready: Promise.resolve(),
      allows: () => permitted,
    }),
    navigation: strict("navigation", {
      settlePage: async (tabId, url, said, sender) => {
        settled.push([tabId, url.href, said, sender.documentId]);
        return applied;
      },
    }),
    daemon: strict("daemon", {
      state: { phase, reason: "" },
      request: async (path) => {
        asked.push([path]);
        return hints;
      },
    }),
  });
  return { pages, asked, settled, verdict };
}

test("what to look for is asked of the daemon once", async () => {
  const { pages, asked } = setUp();
  assert.deepEqual(await pages.begin(1, "http://a.test/x#y"), HINTS);
  assert.deepEqual(await pages.begin(2, "http://b.test/"), HINTS);
  const hints = ([path]) => path === "/v1/check/page/hints";
  assert.equal(asked.filter(hints).length, 1);
  void pages.again(); // one of the tabs never answers
  await pages.begin(3, "http://c.test/");
  assert.equal(asked.filter(hints).length, 2);
});

test("pages opened while the daemon was away are told that it is back, past one that hangs", async () => {
  const { pages } = setUp();
  told.length = 0;
  void pages.again();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told, [
    [1, "page.again", 0],
    [4, "page.again", 0],
  ]);
});

test("official, permitted and known sites are left alone, and all with no daemon", async () => {
  for (const how of [
    { level: "OFFICIAL" },
    { permitted: true },
    { excepted: true },
    { phase: "unreachable" },
  ]) {
    assert.equal(
      await setUp(how).pages.begin(1, "http://a.test/"),
      null,
      JSON.stringify(how),
    );
  }
  assert.equal(await setUp().pages.begin(1, "about:blank"), null);
});

test("an answer that is none is asked for again", async () => {
  for (const hints of [
    { ok: false, error: { code: "timeout" } },
    { ok: true, body: { fields: 3 } },
    { ok: true, body: null },
  ]) {
    const { pages, asked } = setUp({ hints });
    assert.equal(await pages.begin(1, "http://a.test/"), null);
    await pages.begin(1, "http://a.test/");
    assert.equal(
      asked.filter(([path]) => path.startsWith("/v1/")).length,
      2,
      JSON.stringify(hints),
    );
  }
});

test("a description is judged for the address the browser names", async () => {
  const { pages, asked, settled, verdict } = setUp({ level: "DANGER" });
  const sender = { url: "http://a.test/x#y", documentId: "d" };
  assert.equal(await pages.seen(7, sender, { title: "t" }), true);
  assert.deepEqual(asked, [["http://a.test/x", { title: "t" }]]);
  assert.deepEqual(settled, [[7, "http://a.test/x", verdict, "d"]]);
});

test("a permitted page is not described to the daemon", async () => {
  const { pages, asked, settled } = setUp({ permitted: true });
  assert.equal(await pages.seen(7, { url: "http://a.test/" }, {}), true);
  assert.deepEqual([asked, settled], [[], []]);
});

test("a description that led to nothing is said to have: it may be sent again", async () => {
  const sender = { url: "http://a.test/" };
  for (const how of [{ applied: false }, { silent: true }])
    assert.equal(await setUp(how).pages.seen(7, sender, {}), false);
});

test("the graver of two verdicts", () => {
  const of = (level) => ({ level });
  for (const [one, other, expected] of [
    ["CAUTION", "DANGER", "DANGER"],
    ["DANGER", "CAUTION", "DANGER"],
    ["NO_KNOWN_RISK", "CAUTION", "CAUTION"],
    ["UNKNOWN", "NO_KNOWN_RISK", "UNKNOWN"],
    ["CAUTION", "OFFICIAL", "CAUTION"],
  ]) {
    assert.equal(graver(of(one), of(other)).level, expected);
  }
});
