/** Pressed twice, a button begins one report, wherever it stands. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

const EVIL = "https://evil.test/login";
const WARNING = "us://pages/warning/warning.html";
/** @type {any[]} */
let created = [];
/** @type {any} */
let tab = {};
globalThis.chrome = /** @type {any} */ ({
  runtime: { getURL: (/** @type {string} */ path) => `us://${path}` },
  extension: { inIncognitoContext: false },
  tabs: {
    get: async () => tab,
    create: async (/** @type {any} */ what) => {
      created.push(what);
      return { id: 40 };
    },
  },
});
const { Mail } = await import("../../../extension/background/mail.js");
const { mailFileRoutes } =
  await import("../../../extension/background/mailfile.js");
const { Reports } = await import("../../../extension/background/report.js");
const { reportStart } =
  await import("../../../extension/background/reportstart.js");
const { SessionState } = await import("../../../extension/background/state.js");
const { makeRoutes } = await import("../../../extension/thunderbird/routes.js");

const sender = { url: "https://mail.test/", tab: { id: 7, windowId: 3 } };

function setUp() {
  /** @type {string[]} */ const asked = [];
  const state = new SessionState(fakeArea());
  const language = async () => "fr";
  const daemon = strict("daemon", {
    awake: async () => undefined,
    request: async (/** @type {string} */ path) => {
      asked.push(path);
      return { ok: true, body: { case: "c", level: "DANGER", links: [] } };
    },
  });
  const reports = new Reports(
    /** @type {any} */ ({ agent: "", daemon, language, state }),
  );
  const parts = /** @type {any} */ ({ state, daemon, language, reports });
  const begun = () =>
    asked.filter((path) => path === "/v1/report/begin").length;
  return { parts, state, begun };
}

/**
 * @param {() => unknown} press
 * @param {() => number} begun
 */
async function pressedTwice(press, begun) {
  await Promise.all([press(), press()]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([begun(), created.length], [1, 1]);
  await press(); // later, it is another report
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([begun(), created.length], [2, 2]);
}

beforeEach(() => {
  created = [];
  tab = { id: 7, windowId: 3, active: true, url: EVIL, incognito: false };
});

test("in one tab one report begins at a time; a failure blocks nothing", async () => {
  const { reports } = setUp().parts;
  /** @type {number[]} */ const begun = [];
  /** @type {(value?: any) => void} */ let end = () => {};
  const slow = () => {
    begun.push(7);
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => (end = resolve))
    );
  };
  const first = reports.once(7, slow);
  await reports.once(7, slow); // pressed twice
  await reports.once(8, async () => void begun.push(8));
  assert.deepEqual(begun, [7, 8]);
  end();
  await first;
  await assert.rejects(reports.once(7, () => Promise.reject(new Error("no"))));
  await reports.once(7, async () => void begun.push(7));
  assert.deepEqual(begun, [7, 8, 7]);
});

for (const [type, message, url] of /** @type {[string, any, string][]} */ ([
  ["popup.report", { tabId: 7 }, EVIL],
  ["bar.report", {}, EVIL],
  ["warning.report", {}, WARNING],
])) {
  test(`${type}: one report`, async () => {
    const { parts, state, begun } = setUp();
    const cover = { url: EVIL, host: "evil.test", registrable: "" };
    await state.patch(7, { cover: { ...cover, verdict: null } });
    tab = { ...tab, url };
    const routes = reportStart({
      ...parts,
      trail: strict("trail", { of: () => ({}) }),
      capture: strict("capture", {
        take: () => ({ screenshot: Promise.resolve(null) }),
        kept: () => ({}),
      }),
    });
    const call = /** @type {any} */ ({ message, sender, tabId: 7 });
    await pressedTwice(() => routes[type]?.run(call), begun);
  });
}

test("popup and bar at once: one report", async () => {
  const { parts, begun } = setUp();
  const routes = reportStart({
    ...parts,
    trail: strict("trail", { of: () => ({}) }),
    capture: strict("capture", {
      take: () => ({ screenshot: Promise.resolve(null) }),
    }),
  });
  const call = /** @type {any} */ ({ message: { tabId: 7 }, tabId: 7 });
  await Promise.all([
    routes["popup.report"]?.run(call),
    routes["bar.report"]?.run(call),
  ]);
  assert.deepEqual([begun(), created.length], [1, 1]);
});

test("a mail in a webmail: one report", async () => {
  const { parts, state, begun } = setUp();
  const verdict = /** @type {any} */ ({ level: "DANGER" });
  await state.patch(7, { mail: { page: "p1", verdict } });
  const consents = strict("consents", { of: async () => ({ on: true }) });
  const mail = new Mail({ ...parts, consents });
  const message = { page: "p1", raw: "eA==", shown: {} };
  const press = () => mail.report(7, message, /** @type {any} */ (sender));
  await pressedTwice(press, begun);
});

test("a mail that was given to the mail page: one report", async () => {
  const { parts, begun } = setUp();
  const route = mailFileRoutes(parts)["mail.fileReport"];
  const call = /** @type {any} */ ({ message: { raw: "eA==" }, sender });
  await pressedTwice(() => route?.run({ ...call, tabId: 7 }), begun);
});

test("a mail in Thunderbird: one report", async () => {
  const { parts, begun } = setUp();
  const header = { id: 1, author: "x@y.example", subject: "s" };
  const messenger = strict("messenger", {
    messageDisplay: strict("messageDisplay", {
      getDisplayedMessages: async () => ({ messages: [header] }),
    }),
    messages: strict("messages", {
      getRaw: async () => new File(["From: x\n\n"], "message.eml"),
    }),
    messengerUtilities: strict("messengerUtilities", {
      parseMailboxString: async () => [],
    }),
  });
  const route = makeRoutes({ ...parts, messenger })["tb.report"];
  const call = /** @type {any} */ ({ message: {}, sender, tabId: 7 });
  await pressedTwice(() => route?.run(call), begun);
});
