/** Reading mail is asked once for each webmail, kept, taken back, and never left on disk by a private window. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

/** @type {any} */ let stored = {};
/** @type {any[]} */ let registered = [];
/** @type {any[]} */ let tabs = [];
/** @type {any[]} */ let ran = [];
/** @type {any[]} */ let told = [];

globalThis.chrome = /** @type {any} */ (
  strict("api", {
    extension: { inIncognitoContext: false },
    storage: {
      local: {
        get: async (/** @type {any} */ fallback) =>
          structuredClone({ ...fallback, ...stored }),
        set: async (/** @type {any} */ changes) =>
          void Object.assign(stored, structuredClone(changes)),
      },
    },
    scripting: strict("scripting", {
      getRegisteredContentScripts: async () => structuredClone(registered),
      registerContentScripts: async (/** @type {any[]} */ scripts) => {
        for (const { id } of scripts)
          assert.ok(!registered.some((one) => one.id === id), `twice: ${id}`);
        registered.push(...scripts);
      },
      unregisterContentScripts: async (/** @type {any} */ { ids }) => {
        registered = registered.filter(({ id }) => !ids.includes(id));
      },
      executeScript: async (/** @type {any} */ what) => void ran.push(what),
    }),
    permissions: { contains: async () => true },
    tabs: strict("tabs", {
      query: async () => tabs,
      get: async (/** @type {number} */ id) =>
        tabs.find((tab) => tab.id === id),
      sendMessage: async (/** @type {number} */ id, /** @type {any} */ what) =>
        void told.push([id, what.type]),
    }),
  })
);
const { Consents } = await import("../../../extension/background/consents.js");
const { MailOffer } =
  await import("../../../extension/background/mailoffer.js");
const { SessionState } = await import("../../../extension/background/state.js");
const { WEBMAILS, patternToRegExp, scriptsFor, webmailsAt } =
  await import("../../../extension/background/webmails.js");

const ADAPTERS = new URL(
  "../../../extension/content/adapters/",
  import.meta.url,
);
const HOST = "courrier.example";
const YES = { on: true, webmail: "roundcube" };
const MAILBOX = `https://${HOST}/?_task=mail`;
const MESSAGE = `https://${HOST}/?_task=mail&_uid=3&_action=preview`;

beforeEach(() => {
  [stored, registered, ran, told] = [{}, [], [], []];
  tabs = [{ id: 1, url: MAILBOX, incognito: false }];
});

/** @param {any} [known] */
function setUp(known = {}) {
  const state = new SessionState(fakeArea(known));
  const consents = new Consents(state);
  const offer = new MailOffer(
    /** @type {any} */ ({
      state,
      consents,
      daemon: { state: { phase: "connected" } },
      translate: async () => (/** @type {string} */ key) => key,
    }),
  );
  return { state, consents, offer };
}

test("every adapter is known to the background, under its file's name", () => {
  const files = readdirSync(fileURLToPath(ADAPTERS)).map((name) =>
    name.replace(/\.js$/, ""),
  );
  assert.deepEqual(WEBMAILS.map(({ id }) => id).sort(), files.sort());
  for (const { label, matches } of WEBMAILS) {
    assert.ok(label.length > 1);
    assert.ok(matches.length > 0);
  }
});

test("match patterns are read as browsers read them", () => {
  for (const [
    pattern,
    address,
    fits,
  ] of /** @type {[string, string, boolean][]} */ ([
    ["*://mail.test/*", "https://mail.test/", true],
    ["*://mail.test/*", "http://mail.test:8080/x", true],
    ["*://mail.test/*", "https://mail.test.evil.test/", false],
    ["*://mail.test/*", "https://evil.test/?https://mail.test/", false],
    ["*://*.test/*", "https://a.b.test/", true],
    ["*://*.test/*", "https://test/", true],
    ["*://*.test/*", "https://eviltest/", false],
    ["*://*/SOGo/*", "https://any.test/SOGo/so/x", true],
    ["*://*/SOGo/*", "https://any.test/x?/SOGo", false],
    ["https://mail.test/*", "http://mail.test/", false],
    ["*://mail.test/*", "ftp://mail.test/", false],
  ])) {
    const found = patternToRegExp(pattern).test(address);
    assert.equal(found, fits, `${pattern} ${address}`);
  }
  assert.throws(() => patternToRegExp("<all_urls>"));
});

test("a host of its own wins over what may stand anywhere", () => {
  const [found] = webmailsAt("https://mail.google.com/x?_task=mail");
  assert.deepEqual([found?.webmail.id, found?.exact], ["gmail", true]);
  assert.equal(webmailsAt(MAILBOX)[0]?.exact, false);
  assert.deepEqual(webmailsAt("https://ordinary.test/"), []);
});

test("yes is kept, registered once, and begins in the tabs that are open", async () => {
  const { consents } = setUp();
  await Promise.all([consents.set(HOST, YES, false), consents.register()]);
  await consents.register();
  assert.deepEqual(stored.mailHosts, { [HOST]: YES });
  assert.deepEqual(registered, [
    {
      id: `mail-${HOST}`,
      js: scriptsFor("roundcube"),
      matches: [`*://${HOST}/*`],
      allFrames: true,
      runAt: "document_idle",
      persistAcrossSessions: true,
    },
  ]);
  assert.deepEqual(ran, [
    { target: { tabId: 1, allFrames: true }, files: scriptsFor("roundcube") },
  ]);
});

test("no ends it everywhere", async () => {
  const { consents } = setUp();
  await consents.set(HOST, YES, false);
  await consents.set(HOST, { ...YES, on: false }, false);
  assert.deepEqual(registered, []);
  assert.deepEqual(told, [[1, "mail.stop"]]);
  assert.deepEqual(await consents.of(HOST, false), { ...YES, on: false });
});

test("what a browser forgot or an update changed is registered anew", async () => {
  stored = {
    mailHosts: { [HOST]: YES, "bad.test": 3, "x.test": { on: true } },
  };
  registered = [
    { id: `mail-${HOST}`, js: ["content/old.js"] },
    { id: "mail-gone.test", js: [] },
    { id: "other", js: [] },
  ];
  await setUp().consents.register();
  assert.deepEqual(
    registered.map(({ id }) => id),
    ["other", `mail-${HOST}`],
  );
  assert.deepEqual(registered[1].js, scriptsFor("roundcube"));
});

test("a private window leaves nothing on disk, and may take back what is there", async () => {
  const { consents, state } = setUp();
  tabs.push({ id: 2, url: MAILBOX, incognito: true });
  await consents.set(HOST, YES, true);
  assert.deepEqual([stored, registered], [{}, []]);
  assert.deepEqual(
    ran.map(({ target }) => target.tabId),
    [2],
  );
  assert.equal(await consents.of(HOST, false), undefined);
  assert.deepEqual(await consents.of(HOST, true), YES);
  stored = { mailHosts: { [HOST]: YES } };
  await consents.set(HOST, { ...YES, on: false }, true);
  assert.equal(stored.mailHosts[HOST].on, false);
  assert.equal(state.mailHosts.get(HOST)?.on, false);
});

test("on anybody's server the page must show that it is a webmail before anything is asked", async () => {
  const { offer } = setUp();
  await offer.visited(1, 4, MESSAGE);
  assert.deepEqual(
    ran.map(({ target, files }) => [target.frameIds, files.at(-1)]),
    [[[4], "content/mail-probe.js"]],
  );
  assert.equal(await offer.bar(1, tabs[0]), null);
  const sender = { url: MESSAGE, tab: tabs[0] };
  await offer.found(1, sender, "gmail");
  assert.equal(ran.length, 1);
  await offer.found(1, sender, "roundcube");
  assert.deepEqual(ran[1].files.at(-1), "content/mail-ask.js");
  assert.equal((await offer.bar(1, tabs[0]))?.yes, "mailAskYes");
  assert.equal(await offer.answer(1, tabs[0], false), true);
  assert.deepEqual(stored.mailHosts[HOST], { ...YES, on: false });
  await offer.visited(1, 0, MESSAGE);
  await offer.found(1, sender, "roundcube");
  assert.equal(ran.length, 2);
  assert.equal(await offer.bar(1, tabs[0]), null);
});

test("a webmail with a host of its own is asked about at once, in its own page only", async () => {
  const { offer } = setUp();
  const address = "https://mail.google.com/mail/u/0/";
  tabs = [{ id: 1, url: address, incognito: false }];
  await offer.visited(1, 0, address);
  assert.deepEqual(ran[0].files.at(-1), "content/mail-ask.js");
  tabs = [{ id: 1, url: "https://ordinary.test/", incognito: false }];
  await offer.visited(1, 3, address);
  await offer.visited(1, 0, "https://ordinary.test/");
  assert.equal(ran.length, 1);
});

test("no question over a warning", async () => {
  const { offer, state } = setUp();
  await state.patch(1, { level: "DANGER" });
  await offer.visited(1, 0, MESSAGE);
  assert.deepEqual(ran, []);
});

test("what only a private window agreed to is started there by us", async () => {
  const { offer } = setUp({ mailHosts: { [HOST]: YES } });
  tabs = [{ id: 2, url: MAILBOX, incognito: true }];
  await offer.visited(2, 5, MESSAGE);
  assert.deepEqual(ran, [
    { target: { tabId: 2, frameIds: [5] }, files: scriptsFor("roundcube") },
  ]);
});
