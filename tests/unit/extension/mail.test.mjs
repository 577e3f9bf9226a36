/** Opened mails: who may ask, what is kept, where links lead, and what is reported. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

/** @type {any[]} */
let created = [];
/** @type {any[]} */
const told = [];
globalThis.chrome = /** @type {any} */ ({
  runtime: { getURL: (/** @type {string} */ path) => `us://${path}` },
  tabs: {
    create: async (/** @type {any} */ what) => {
      created.push(what);
      return { id: 50 };
    },
    query: async () => [{ id: 7 }, { id: 8 }, {}],
    sendMessage: async (/** @type {any[]} */ ...what) => void told.push(what),
  },
});
const { Mail } = await import("../../../extension/background/mail.js");
const { SessionState } = await import("../../../extension/background/state.js");

const EVIL = "http://evil.test/login";
const LINK = {
  url: EVIL,
  text: "impots.gouv.fr",
  host: "evil.test",
  registrable_domain: "evil.test",
  level: "DANGER",
  summary: "s",
  reasons: [],
};
const ANSWER = {
  level: "DANGER",
  summary: "s",
  reasons: [],
  links: [LINK, { ...LINK, url: "http://fine.test/", level: "UNKNOWN" }],
};
const sender = {
  url: "https://mail.test/?_task=mail",
  tab: { id: 7, windowId: 3, incognito: false },
};
const QUESTION = { page: "p1", shown: { subject: "x" }, raw: "eA==" };

function setUp({
  answer = /** @type {any} */ ({ ok: true, body: ANSWER }),
  known = /** @type {any} */ ({ degraded: "timeout" }),
  receipts = /** @type {any} */ ({ ok: true, body: { total: 0 } }),
} = {}) {
  /** @type {any[]} */ const asked = [];
  /** @type {any[]} */ const covered = [];
  /** @type {any[]} */ const reported = [];
  /** @type {number[]} */ const begun = [];
  const state = new SessionState(fakeArea());
  const mail = new Mail(
    /** @type {any} */ ({
      state,
      consents: strict("consents", {
        of: async (
          /** @type {string} */ host,
          /** @type {boolean} */ secret,
        ) =>
          host === "mail.test" && !secret
            ? { on: true, webmail: "roundcube" }
            : undefined,
      }),
      checker: strict("checker", { check: async () => known }),
      covering: strict("covering", {
        cover: async (/** @type {any[]} */ ...what) => void covered.push(what),
      }),
      daemon: strict("daemon", {
        request: async (/** @type {any[]} */ ...what) => {
          asked.push(what);
          return what[0] === "/v1/report/receipts" ? receipts : answer;
        },
      }),
      reports: strict("reports", {
        once: async (
          /** @type {number} */ tabId,
          /** @type {() => Promise<void>} */ begin,
        ) => {
          begun.push(tabId);
          await begin();
        },
        open: async (/** @type {any[]} */ ...what) => void reported.push(what),
      }),
      language: async () => "fr",
      translate: async () => (/** @type {string} */ key) => key,
    }),
  );
  return { mail, state, asked, covered, reported, begun };
}

beforeEach(() => {
  created = [];
});

test("a mail is checked where the person agreed, and only there", async () => {
  const { mail, asked, state } = setUp();
  const reply = await mail.check(QUESTION, 7, sender);
  assert.equal(reply?.verdict.level, "DANGER");
  assert.equal(reply?.labels.report, "mailReport");
  assert.deepEqual(asked, [
    [
      "/v1/check/mail",
      { raw: "eA==", shown: { subject: "x" }, truncated: false, lang: "fr" },
      5000,
    ],
  ]);
  assert.equal(state.tab(7).mail?.verdict.summary, "s");
  for (const stranger of [
    { ...sender, url: "https://other.test/" },
    { ...sender, url: "https://mail.test.evil.test/" },
    { ...sender, url: "about:blank" },
    { ...sender, tab: { ...sender.tab, incognito: true } },
  ]) {
    assert.equal(await mail.check(QUESTION, 7, stranger), null);
    assert.equal(await mail.begin(7, stranger), null);
  }
  assert.equal(asked.length, 1);
});

test("no answer is told as none", async () => {
  for (const [answer, code] of [
    [{ ok: false, error: { code: "timeout" } }, "timeout"],
    [{ ok: true, body: { level: "SAFE" } }, "bad_answer"],
  ]) {
    const { mail, state } = setUp({ answer });
    const reply = await mail.check(QUESTION, 7, sender);
    assert.equal(reply?.degraded, code);
    assert.equal(state.tab(7).mail, undefined);
  }
});

test("what the popup repeats ends with the mail, not with the document before it", async () => {
  const { mail, state } = setUp();
  await mail.check(QUESTION, 7, sender);
  await mail.gone(7, "p0");
  assert.ok(state.tab(7).mail);
  await mail.gone(7, "p1");
  assert.equal(state.tab(7).mail, undefined);
  await mail.begin(7, sender);
  await mail.check(QUESTION, 7, sender);
  await mail.left(7, "https://mail.test/");
  assert.deepEqual(state.tab(7), {});
});

test("that messages cannot be read is said once, until the tab shows another host", async () => {
  const { mail } = setUp();
  const at = (/** @type {string} */ top, url = sender.url) => ({
    url,
    tab: { ...sender.tab, url: top },
  });
  assert.equal(await mail.cannotRead(7, at(sender.url)), true);
  await mail.left(7, "https://mail.test/?_uid=2"); // the next message is a page of its own
  assert.equal(await mail.cannotRead(7, at("https://mail.test/2")), false);
  assert.equal(await mail.cannotRead(8, at(sender.url)), true);
  await mail.left(7, "https://mail.test.evil.test/");
  assert.equal(await mail.cannotRead(7, at(sender.url)), true);
  // In a frame: what counts is the page around it.
  assert.equal(await mail.cannotRead(9, at("https://portal.test/")), true);
  await mail.left(9, "https://portal.test/2");
  assert.equal(await mail.cannotRead(9, at("https://portal.test/2")), false);
  const other = "https://other.test/";
  assert.equal(await mail.cannotRead(9, at(other, other)), false); // nobody agreed there
  const frames = [at(sender.url), at(sender.url), at(sender.url)];
  const said = await Promise.all(frames.map((one) => mail.cannotRead(10, one)));
  assert.deepEqual(said, [true, false, false]);
});

test("only a link that was judged dangerous in this very mail opens the warning page", async () => {
  const { mail, state, covered } = setUp();
  await mail.check(QUESTION, 7, sender);
  for (const [asked, tabId, from] of /** @type {any[]} */ ([
    [{ page: "p1", url: "http://fine.test/" }, 7, sender],
    [{ page: "p1", url: "http://never.test/" }, 7, sender],
    [{ page: "p0", url: EVIL }, 7, sender],
    [{ page: "p1", url: EVIL }, 8, sender],
    [{ page: "p1", url: EVIL }, 7, { ...sender, url: "https://x.test/" }],
    [{ url: EVIL }, 8, sender],
  ])) {
    assert.equal(await mail.open(tabId, asked, from), false);
  }
  assert.deepEqual([created, covered], [[], []]);
  assert.equal(await mail.open(7, { page: "p1", url: EVIL }, sender), true);
  assert.deepEqual(created, [
    { url: "about:blank", openerTabId: 7, windowId: 3 },
  ]);
  const [tabId, url, verdict] = covered[0];
  assert.deepEqual([tabId, url.href, verdict.level], [50, EVIL, "DANGER"]);
  assert.equal(state.tab(50).back, 7);
});

test("what is known of the page itself says more than the link did", async () => {
  const own = { level: "DANGER", summary: "own" };
  const { mail, covered } = setUp({ known: { verdict: own } });
  await mail.check(QUESTION, 7, sender);
  await mail.open(7, { page: "p1", url: EVIL }, sender);
  assert.equal(covered[0][2], own);
});

const STRANGERS = [
  { ...sender, url: "https://other.test/" },
  { ...sender, tab: { ...sender.tab, incognito: true } },
];

test("only the mail that is open is reported, and only where the person agreed", async () => {
  const { mail, reported, begun } = setUp();
  const told = { page: "p1", shown: { subject: "x" }, raw: "eA==" };
  await mail.report(7, told, sender); // none was opened
  assert.deepEqual(begun, [7]); // the tab in which no second one begins
  await mail.check(QUESTION, 7, sender);
  await mail.report(7, { ...told, page: "p0" }, sender);
  await mail.report(8, told, sender);
  for (const stranger of STRANGERS) await mail.report(7, told, stranger);
  assert.deepEqual(reported, []);
  await mail.report(7, told, sender);
  const [[{ begin, evidence, partial }, tab]] = reported;
  assert.deepEqual(begin, { what: "mail", shown: { subject: "x" } });
  assert.deepEqual([evidence, partial], [{ mail: "eA==" }, false]);
  assert.equal(tab, sender.tab);
});

test("the guide opens at what this kind of mail calls for, strictly for who reported before", async () => {
  for (const [script, receipts, hash] of /** @type {any[]} */ ([
    ["sextortion", { ok: true, body: { total: 0 } }, "blackmail"],
    ["recovery", { ok: true, body: { total: 2 } }, "recovery,earlier"],
    ["summons", { ok: false, error: { code: "timeout" } }, "recovery"],
    ["bank-adviser", { ok: true, body: null }, "recovery"],
    ["parcel-fee", { ok: true, body: { total: 1 } }, "clicked,earlier"],
    [null, { ok: true, body: { total: 0 } }, "clicked"],
  ])) {
    const said = { ...ANSWER, script: script && { id: script } };
    const { mail } = setUp({ receipts, answer: { ok: true, body: said } });
    await mail.check(QUESTION, 7, sender);
    for (const stranger of STRANGERS)
      await mail.guide(7, { page: "p1" }, stranger);
    await mail.guide(7, { page: "p0" }, sender);
    await mail.guide(7, { page: "p1" }, sender);
    const url = `us://pages/guide/guide.html#${hash}`;
    assert.deepEqual(created, [{ url, windowId: 3 }]);
    created = [];
  }
});

test("when the daemon answers again, only tabs with a webmail are told", async () => {
  const { mail, state } = setUp();
  await state.patch(7, {
    mailFound: { host: "mail.test", webmail: "roundcube" },
  });
  await mail.again();
  assert.deepEqual(told, [[7, { type: "mail.again" }, {}]]);
});
