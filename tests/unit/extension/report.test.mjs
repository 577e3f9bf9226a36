/** From the click to the daemon: pieces, order, naps, and a daemon that is away. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

/** @type {any[]} */
let opened = [];
/** @type {(what: any) => any} */
let create = () => ({ id: 40 });
globalThis.chrome = /** @type {any} */ ({
  extension: { inIncognitoContext: false },
  runtime: { getURL: (/** @type {string} */ path) => `us://${path}` },
  tabs: {
    get: async (/** @type {number} */ id) => ({ id }),
    create: async (/** @type {any} */ what) => {
      opened.push(what);
      return create(what);
    },
  },
});
const { AWAKE_MS, Reports, browserOf, mailReport } =
  await import("../../../extension/background/report.js");
const { SessionState } = await import("../../../extension/background/state.js");

const CASE = "00000000-0000-4000-8000-000000000000";
const PAGE = { what: "page", url: "https://evil.test/" };
const TAB = { id: 7, windowId: 3, incognito: false };
const ok = (body = {}) => ({ ok: true, body });
const refused = (code) => ({
  ok: false,
  error: { code, message: "", hint: "h" },
});
const ANSWERS = { begin: () => ok({ case: CASE }) };

/**
 * @param {Record<string, (body: any) => any>} answers
 * @param {any} area
 */
function setUp(answers = {}, area = fakeArea()) {
  /** @type {[string, any, number][]} */ const asked = [];
  const daemon = strict("daemon", {
    isAway: false,
    awake: async (ms) => assert.equal(ms, AWAKE_MS),
    request: async (path, body, ms) => {
      const call = path.replace("/v1/report/", "");
      asked.push([call, body, ms]);
      if (daemon.isAway) return refused("stopped");
      return ({ ...ANSWERS, ...answers }[call] ?? (() => ok()))(body);
    },
  });
  const language = async () => "fr";
  const state = new SessionState(area);
  const reports = new Reports(
    /** @type {any} */ ({ agent: "Firefox/140.0", daemon, language, state }),
  );
  const calls = () => asked.map(([call]) => call);
  return { asked, calls, daemon, reports, state, area };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const idOf = (/** @type {any} */ page) => page.url.split("#")[1];

beforeEach(() => {
  opened = [];
  create = () => ({ id: 40 });
});

test("the page opens beside the tab at once, whatever the evidence does", async () => {
  const { reports, calls } = setUp();
  await reports.open(
    { begin: PAGE, evidence: { html: new Promise(() => {}) } },
    TAB,
  );
  assert.match(
    opened[0].url,
    /^us:\/\/pages\/report\/report\.html#[0-9a-f]{32}$/,
  );
  assert.deepEqual([opened[0].windowId, opened[0].openerTabId], [3, 7]);
  assert.ok(!calls().includes("preview"));
});

test("the page waits for the picture, the daemon does not", async () => {
  const { reports, calls } = setUp();
  /** @type {(value?: unknown) => void} */ let pictured = () => {};
  const first = new Promise((resolve) => (pictured = resolve));
  const opening = reports.open({ begin: PAGE, evidence: {} }, TAB, first);
  await turn();
  assert.deepEqual(calls(), ["begin"]);
  assert.deepEqual(opened, []);
  pictured();
  await opening;
  assert.equal(opened.length, 1);
});

test("begin, then every piece in order, then the preview", async () => {
  const { reports, asked } = setUp({ preview: () => ok({ title: "t" }) });
  const html = "a".repeat(655_360) + "bbbb";
  const screenshot = Promise.resolve("cccc");
  await reports.open({ begin: PAGE, evidence: { screenshot, html } }, TAB);
  const answer = await reports.preview(idOf(opened[0]), {
    kind: "phishing",
    exact: true,
  });
  assert.deepEqual(answer, {
    ok: true,
    preview: { title: "t" },
    private: false,
    partial: false,
  });
  const [begin, ...pieces] = asked;
  assert.equal(begin[0], "begin");
  assert.deepEqual(begin[1], { ...PAGE, browser: "Firefox 140.0", lang: "fr" });
  const preview = pieces.pop();
  assert.deepEqual(
    pieces.map(([, { name, part, parts, data }]) => [
      name,
      part,
      parts,
      data.length,
    ]),
    [
      ["screenshot", 0, 1, 4],
      ["html", 0, 2, 655_360],
      ["html", 1, 2, 4],
    ],
  );
  assert.ok(pieces.every(([, body]) => body.case === CASE));
  assert.deepEqual(preview, [
    "preview",
    { case: CASE, lang: "fr", kind: "phishing", exact: true, lookups: false },
    10_000,
  ]);
  await reports.preview(idOf(opened[0]), { lookups: true });
  assert.equal(asked.filter(([call]) => call === "begin").length, 1);
  assert.equal(asked.at(-1)?.[2], 15_000);
});

test("evidence that is missing or refused leaves the report standing, and is said", async () => {
  for (const [evidence, answers] of /** @type {any[]} */ ([
    [{ screenshot: Promise.resolve(null), html: "aaaa" }, {}],
    [{ html: "aaaa" }, { evidence: () => refused("evidence_too_large") }],
    [{ mail: "a".repeat(655_360 * 64 + 4) }, {}],
  ])) {
    const { reports } = setUp(answers);
    await reports.open({ begin: PAGE, evidence }, TAB);
    const answer = await reports.preview(idOf(opened.at(-1)), {});
    assert.deepEqual([answer.ok, answer.partial], [true, true]);
  }
  const { reports } = setUp();
  await reports.open({ begin: PAGE, evidence: {} }, TAB); // covered before it was shown
  const answer = await reports.preview(idOf(opened.at(-1)), {});
  assert.equal(answer.partial, false);
});

test("a new worker goes on with what the daemon has", async () => {
  const area = fakeArea();
  const first = setUp({}, area);
  await first.reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  await first.reports.preview(idOf(opened[0]), {});
  const next = setUp({}, area);
  const answer = await next.reports.preview(idOf(opened[0]), {});
  assert.deepEqual([answer.ok, answer.partial], [true, false]);
  assert.deepEqual(next.calls(), ["preview"]);
});

test("a new worker that lost the evidence begins again without, and says so", async () => {
  const area = fakeArea();
  const first = setUp({ begin: () => refused("stopped") }, area);
  await first.reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  assert.equal(JSON.stringify(area.items).includes("aaaa"), false);
  const next = setUp({}, area);
  const answer = await next.reports.preview(idOf(opened[0]), {});
  assert.deepEqual([answer.ok, answer.partial], [true, true]);
  assert.deepEqual(next.calls(), ["begin", "preview"]);
});

test("a daemon that was started anew is told again, once", async () => {
  const { reports, calls } = setUp({
    preview: () => refused("report_unknown"),
  });
  await reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  const answer = await reports.preview(idOf(opened[0]), {});
  assert.deepEqual([answer.ok, answer.code], [false, "report_unknown"]);
  assert.deepEqual(calls(), [
    ...["begin", "evidence", "preview"],
    ...["begin", "preview"],
  ]);
});

test("the daemon away: the page opens, says why, and nothing is lost until it is back", async () => {
  const { reports, daemon, calls } = setUp();
  daemon.isAway = true;
  await reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  assert.equal(opened.length, 1);
  const id = idOf(opened[0]);
  assert.deepEqual(await reports.preview(id, {}), {
    ok: false,
    code: "stopped",
    address: PAGE.url,
  });
  daemon.awake = async () => void (daemon.isAway = false); // it was pressed: try again
  const answer = await reports.preview(id, {});
  assert.deepEqual([answer.ok, answer.partial], [true, false]);
  assert.deepEqual(calls().slice(-3), ["begin", "evidence", "preview"]);
});

test("a daemon that goes away between two pieces gets them all again", async () => {
  let falls = true;
  const { reports, calls } = setUp({
    evidence: () => {
      const answer = falls ? refused("silent") : ok();
      falls = false;
      return answer;
    },
  });
  await reports.open({ begin: PAGE, evidence: { html: "aaaa" } }, TAB);
  const id = idOf(opened[0]);
  assert.equal((await reports.preview(id, {})).code, "silent");
  const answer = await reports.preview(id, {});
  assert.deepEqual([answer.ok, answer.partial], [true, false]);
  assert.deepEqual(calls().slice(-3), ["begin", "evidence", "preview"]);
});

test("a private window's report stays in its window, and says that it is one", async () => {
  const { reports, asked } = setUp();
  const tab = { ...TAB, incognito: true };
  await reports.open({ begin: PAGE, evidence: {} }, tab);
  assert.equal(opened[0].windowId, 3);
  assert.equal(
    (await reports.preview(idOf(opened[0]), { lookups: true })).private,
    true,
  );
  const preview = asked.find(([call]) => call === "preview");
  assert.equal(preview?.[1].lookups, false); // what is asked is noted on the disk
  create = () => Promise.reject(new Error("no tabs here"));
  await reports.open({ begin: PAGE, evidence: {} }, tab);
  assert.equal(opened.length, 2); // nowhere else
  await reports.open({ begin: PAGE, evidence: {} }, TAB);
  assert.equal(opened.length, 4);
  assert.ok(!("windowId" in opened[3]));
});

test("what was sent is shown as sent, and cannot be sent twice", async () => {
  const { reports, calls } = setUp({ send: () => ok({ cases: [] }) });
  await reports.open({ begin: PAGE, evidence: {} }, TAB);
  const id = idOf(opened[0]);
  await reports.preview(id, {});
  const choices = { channels: ["netcraft"], again: 1, watch: true };
  assert.deepEqual(await reports.send(id, choices), ok({ cases: [] }));
  const before = calls().length;
  assert.deepEqual(await reports.preview(id, {}), {
    ok: false,
    code: "report_sent",
    case: CASE,
  });
  assert.equal(calls().length, before);
});

test("every call of a report wakes a daemon that fell asleep since", async () => {
  const { reports, daemon } = setUp();
  await reports.open({ begin: PAGE, evidence: {} }, TAB);
  const id = idOf(opened[0]);
  await reports.preview(id, {});
  daemon.awake = async () => void (daemon.isAway = false);
  daemon.isAway = true;
  assert.equal((await reports.preview(id, {})).ok, true);
  daemon.isAway = true;
  assert.equal((await reports.send(id, { channels: [] })).ok, true);
});

test("a mail is told by its raw message, and by what is shown", () => {
  const shown = { subject: "s" };
  assert.deepEqual(mailReport({ raw: "eA==", shown, truncated: true }), {
    begin: { what: "mail", shown },
    evidence: { mail: "eA==" },
    partial: true,
  });
  assert.deepEqual(mailReport({ shown: null }), {
    begin: { what: "mail" },
    evidence: {},
    partial: false,
  });
});

test("browsers by name and version", () => {
  const webkit = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko)";
  for (const [agent, expected] of [
    [`${webkit} Chrome/140.0.0.0 Safari/537.36`, "Chrome 140.0.0.0"],
    [`${webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.1`, "Edg 140.1"],
    ["Mozilla/5.0 Gecko/20100101 Firefox/140.0", "Firefox 140.0"],
    ["Mozilla/5.0 Gecko/20100101 Thunderbird/151.0", "Thunderbird 151.0"],
    ["curl", ""],
  ])
    assert.equal(browserOf(agent), expected);
});
