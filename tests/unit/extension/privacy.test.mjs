/** What left, what was warned of and where the lists come from: who may ask, what is kept, and in which words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

process.env.TZ = "Europe/Paris";
/** @type {Map<number, any>} */ const tabs = new Map();
/** @type {any[]} */ const opened = [];
const extension = { inIncognitoContext: false };
globalThis.chrome = /** @type {any} */ ({
  extension,
  runtime: { getURL: (/** @type {string} */ path) => `us://x/${path}` },
  tabs: {
    get: async (/** @type {number} */ id) => {
      if (!tabs.has(id)) throw new Error("No tab");
      return tabs.get(id);
    },
    create: async (/** @type {any} */ what) => void opened.push(what),
    update: async () => ({}),
  },
  scripting: { executeScript: async () => [] },
});
const { Covering } = await import("../../../extension/background/covering.js");
const { History } = await import("../../../extension/background/history.js");
const { Navigation } =
  await import("../../../extension/background/navigation.js");
const { privacyRoutes } =
  await import("../../../extension/background/privacyroutes.js");
const { makeRouter } = await import("../../../extension/background/router.js");
const { SessionState } = await import("../../../extension/background/state.js");
const { welcome } = await import("../../../extension/background/welcome.js");
const { hostTyped } =
  await import("../../../extension/pages/options/exceptions.js");
const { aboutWarning } =
  await import("../../../extension/pages/options/history.js");
const { ageInWords, sitesInWords } =
  await import("../../../extension/pages/options/lists.js");
const { daysOf, hour, lineOf } =
  await import("../../../extension/pages/privacy/log.js");
const { translator } = await import("../../../extension/shared/i18n.js");

const fr = translator("fr");
const en = translator("en");
const EVIL = new URL("http://evil.test/a");
const verdict = /** @type {any} */ ({ body: { id: "impots" } });

function keeping({ wanted = true } = {}) {
  /** @type {[string, any][]} */ const told = [];
  const area = fakeArea();
  const state = new SessionState(area);
  const daemon = strict("daemon", {
    request: async (/** @type {string} */ path, /** @type {any} */ body) => {
      told.push([path, body]);
      return /** @type {any} */ ({ ok: true, body: {} });
    },
  });
  const history = new History({ state, daemon, wanted: async () => wanted });
  return { history, state, told, area };
}

test("a warning is kept once, however often it is said again", async () => {
  tabs.set(1, { incognito: false });
  const { history, state, told } = keeping();
  await Promise.all([
    history.shown(1, EVIL, "DANGER", verdict),
    history.shown(1, EVIL, "DANGER", verdict),
  ]);
  await history.shown(1, new URL("http://evil.test/b"), "DANGER", verdict);
  assert.deepEqual(told, [
    ["/v1/history/add", { host: "evil.test", level: "DANGER", body: "impots" }],
  ]);
  await state.patch(1, { warned: undefined }); // a calm page stood there
  await history.shown(1, EVIL, "DANGER", null);
  await history.shown(1, new URL("http://other.test/"), "CAUTION", null);
  assert.deepEqual(
    told.slice(1).map(([, body]) => body),
    [
      { host: "evil.test", level: "DANGER", body: null },
      { host: "other.test", level: "CAUTION", body: null },
    ],
  );
});

test("nothing is kept unless it is wanted, nor of a private window or a closed tab", async () => {
  tabs.set(2, { incognito: true });
  for (const [how, tab] of /** @type {const} */ ([
    [{ wanted: false }, 1],
    [{}, 2],
    [{}, 3],
  ])) {
    const { history, told, area } = keeping(how);
    await history.shown(tab, EVIL, "DANGER", verdict);
    assert.deepEqual(told, []);
    // A tab that was closed meanwhile is not written down again.
    assert.deepEqual(Object.keys(area.items), tab === 1 ? ["tab:1"] : []);
  }
});

test("bars and covered pages are warnings; a calm page of another site ends them, no answer does not", async () => {
  /** @type {any[]} */ const said = [];
  const state = new SessionState(fakeArea());
  const permits = /** @type {any} */ ({
    ready: Promise.resolve(),
    allows: () => false,
  });
  const covering = new Covering(state, permits);
  covering.onCovered = (tabId, { host }, { level }) =>
    void said.push([tabId, host, level]);
  const navigation = new Navigation(
    /** @type {any} */ ({
      ...{ state, permits, covering },
      onSettled: () => undefined,
      onBar: (/** @type {number} */ tabId, { host }, { level }) =>
        void said.push([tabId, host, level]),
    }),
  );
  const settle = async (
    /** @type {string} */ url,
    /** @type {any} */ outcome,
    warned = "before",
  ) => {
    tabs.set(5, { url });
    await state.patch(5, { warned });
    await navigation.settle(5, url, outcome);
    return state.tab(5).warned;
  };
  const level = (/** @type {string} */ level) => ({ verdict: { level } });
  assert.equal(await settle("http://a.test/", level("CAUTION")), "before");
  assert.equal(await settle("http://b.test/", level("DANGER")), "before");
  assert.equal(
    await settle("http://c.test/", { degraded: "stopped" }),
    "before",
  );
  assert.equal(await settle("http://d.test/", level("UNKNOWN")), undefined);
  const same = "CAUTION d.test";
  assert.equal(await settle("http://d.test/", level("UNKNOWN"), same), same);
  assert.deepEqual(said, [
    [5, "a.test", "CAUTION"],
    [5, "b.test", "DANGER"],
  ]);
});

test("every call names its senders, and carries what the daemon knows", async () => {
  /** @type {[string, any][]} */ const asked = [];
  const routes = privacyRoutes({
    daemon: strict("daemon", {
      awake: async () => undefined,
      request: async (/** @type {string} */ path, /** @type {any} */ body) => {
        asked.push([path, body]);
        return /** @type {any} */ ({ ok: true, body: {} });
      },
    }),
  });
  const us = { id: "us", base: "us://x/" };
  const router = makeRouter(us, routes, Promise.resolve());
  const PAGES = ["privacy", "options", "welcome"];
  for (const type of Object.keys(routes)) {
    for (const page of [...PAGES, "popup", "warning"]) {
      const url = `us://x/pages/${page}/${page}.html`;
      const sender = /** @type {any} */ ({ id: "us", url });
      const taken = router({ type }, sender, () => {});
      assert.equal(taken, type.startsWith(`${page}.`), `${type} ${page}`);
    }
    const web = /** @type {any} */ ({
      id: "us",
      url: "https://evil.test/",
      tab: { id: 1 },
      frameId: 0,
    });
    assert.equal(
      router({ type }, web, () => {}),
      false,
    );
  }
  await new Promise((done) => setTimeout(done)); // what was taken above runs
  asked.length = 0;
  const run = (/** @type {string} */ type, message = {}) =>
    routes[type]?.run(/** @type {any} */ ({ message }));
  await run("privacy.log");
  await run("privacy.clear");
  await run("options.forget", { ids: [3] });
  await run("options.forget", { ids: null });
  assert.deepEqual(asked, [
    ["/v1/egress", null],
    ["/v1/egress/clear", {}],
    ["/v1/history/clear", { ids: [3] }],
    ["/v1/history/clear", { ids: null }],
  ]);
});

test("the first page opens when Guetteur was installed, once, and not in the private half", async () => {
  await welcome("update");
  await welcome("browser_update");
  extension.inIncognitoContext = true;
  await welcome("install");
  assert.deepEqual(opened, []);
  extension.inIncognitoContext = false;
  await welcome("install");
  assert.deepEqual(opened, [{ url: "us://x/pages/welcome/welcome.html" }]);
});

const AGE = /** @type {const} */ ({
  at: "2026-11-29T13:02:00Z",
  purpose: "age",
  to: "rdap.nic.fr",
  what: "exemple.fr",
  outcome: "answered",
  count: 1,
  last_at: "2026-11-29T13:02:00Z",
});

test("a line says when, to whom and what", () => {
  assert.deepEqual(lineOf(AGE, fr, "fr"), {
    at: "2026-11-29T13:02:00Z",
    time: "14\u00a0h\u00a002",
    text: "à rdap.nic.fr\u00a0: le nom exemple.fr (âge du site)",
  });
  assert.equal(hour("2026-11-29T08:05:00Z", "en"), "09:05");
  assert.equal(hour("never", "en"), "");
  const more = lineOf(
    { ...AGE, outcome: "failed", count: 3, last_at: "2026-11-29T14:10:00Z" },
    en,
    "en",
  );
  assert.equal(more.time, "15:10");
  assert.equal(
    more.text,
    "to rdap.nic.fr: the name exemple.fr (age of the site), no answer, 3 times that day",
  );
  const dns = lineOf({ ...AGE, purpose: "lookup", to: "dns" }, fr, "fr");
  assert.match(
    dns.text,
    /^au service de noms de votre réseau \(DNS\)\u00a0: le/,
  );
  // A purpose of a newer daemon, and text that would turn the line round.
  const odd = { ...AGE, purpose: "constructor", what: "a\u202egpj" };
  assert.equal(
    lineOf(/** @type {any} */ (odd), en, "en").text,
    "to rdap.nic.fr: a\ufffdgpj",
  );
});

test("days are the person's own, the latest first", () => {
  const late = { ...AGE, last_at: "2026-11-28T23:30:00Z" }; // already the 29th in Paris
  const before = { ...AGE, last_at: "2026-11-28T10:00:00Z" };
  assert.deepEqual(
    daysOf([AGE, late, before], fr, "fr").map(({ day, lines }) => [
      day,
      lines.map(({ time }) => time),
    ]),
    [
      ["Dimanche 29 novembre 2026", ["14\u00a0h\u00a002", "0\u00a0h\u00a030"]],
      ["Samedi 28 novembre 2026", ["11\u00a0h\u00a000"]],
    ],
  );
});

test("a warning that was kept: day, level in words, whom it imitates, how often", () => {
  const one = /** @type {any} */ ({
    at: "2026-11-29T13:02:00Z",
    level: "DANGER",
    body_name: "les Impôts",
    times: 2,
  });
  assert.equal(
    aboutWarning(one, fr, "fr"),
    "29 novembre 2026, Danger, imite les Impôts, 2 fois ce jour-là",
  );
  const plain = { ...one, level: "CAUTION", body_name: null, times: 1 };
  assert.equal(aboutWarning(plain, en, "en"), "29 November 2026, Careful");
});

test("ages count nights", () => {
  const now = Date.parse("2026-11-29T08:00:00Z");
  const said = (/** @type {string | null} */ iso) => ageInWords(iso, now, en);
  assert.equal(said("2026-11-29T00:30:00Z"), "from today");
  assert.equal(said("2026-11-28T22:30:00Z"), "from yesterday");
  assert.equal(said("2026-10-20T12:00:00Z"), "40 days old"); // clocks went back in between
  assert.equal(said(null), "date unknown");
  assert.equal(said("2027-01-01T00:00:00Z"), "from today"); // a clock that is wrong
});

test("one site is no plural, and in French none is neither", () => {
  const said = [0, 1, 2].map((one) => sitesInWords(one, fr, "fr"));
  assert.deepEqual(said, ["0 site", "1 site", "2 sites"]);
  assert.deepEqual(
    [0, 1, 2].map((one) => sitesInWords(one, en, "en")),
    ["0 sites", "1 site", "2 sites"],
  );
});

test("a site is typed as people type it", () => {
  assert.equal(hostTyped(" www.Exemple.fr "), "www.exemple.fr");
  assert.equal(hostTyped("https://exemple.fr./chemin?x#y"), "exemple.fr");
  assert.equal(hostTyped("impôts.fr"), "xn--impts-8ta.fr");
  for (const none of ["", "exemple", "a b.fr", "ftp://a.fr", "me@a.fr", ".fr"])
    assert.equal(hostTyped(none), null, none);
});
