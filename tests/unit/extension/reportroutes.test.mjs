/** Who may ask what of reports, and what of it reaches the daemon. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { strict } from "./fakes.mjs";

globalThis.chrome = /** @type {any} */ ({ runtime: {} });
const { channelRoutes, reportRoutes } =
  await import("../../../extension/background/reportroutes.js");
const { makeRouter } = await import("../../../extension/background/router.js");

const CASE = "00000000-0000-4000-8000-000000000000";
const refused = (code) => ({
  ok: false,
  error: { code, message: "", hint: "h" },
});

/** @param {Record<string, () => any>} answers */
function setUp(answers = {}) {
  /** @type {[string, any][]} */ const asked = [];
  const parts = /** @type {any} */ ({
    daemon: strict("daemon", {
      awake: async () => void asked.push(["awake", null]),
      request: async (path, body) => {
        const call = path.replace("/v1/report/", "");
        asked.push([call, body]);
        return (answers[call] ?? (() => ({ ok: true, body: {} })))();
      },
    }),
    reports: strict("reports", { caseOf: async () => null }),
    language: async () => "fr",
  });
  const routes = { ...reportRoutes(parts), ...channelRoutes(parts) };
  return { routes, asked };
}

test("every call names its senders", () => {
  const { routes } = setUp();
  const router = makeRouter(
    { id: "us", base: "us://x/" },
    routes,
    Promise.resolve(),
  );
  const send = (/** @type {string} */ type, /** @type {string} */ url) =>
    router({ type }, { id: "us", url, tab: { id: 1 }, frameId: 0 }, () => {});
  const report = "us://x/pages/report/report.html";
  const list = "us://x/pages/reports/reports.html";
  const options = "us://x/pages/options/options.html";
  for (const type of Object.keys(routes)) {
    assert.equal(send(type, "https://evil.test/"), false, type);
    assert.equal(send(type, "us://x/pages/popup/popup.html"), false, type);
    assert.equal(send(type, options), type.startsWith("options."), type);
    assert.equal(send(type, report), type.startsWith("report."), type);
  }
  for (const type of ["preview", "send", "need"])
    assert.equal(send(`report.${type}`, list), false, type);
  for (const type of ["receipts", "bundle", "retract", "watch", "handOver"])
    assert.equal(send(`report.${type}`, list), true, type);
});

test("calls carry what the daemon knows, and the language", async () => {
  const { routes, asked } = setUp({ watch: () => refused("report_unknown") });
  const run = (type, message) =>
    routes[type].run({ message: { type, ...message }, sender: {}, tabId: 1 });
  await run("report.receipts", { case: CASE, limit: 5, evil: 1 });
  await run("report.bundle", { case: CASE, offset: 0 });
  await run("report.handOver", { case: CASE, channel: "pharos" });
  await run("report.need", { id: "email", value: "a@b.fr" });
  await run("options.channel", { id: "email", value: null });
  await run("options.channels", {});
  const isCall = ([call]) => call !== "awake";
  assert.deepEqual(asked.filter(isCall), [
    ["receipts", { case: CASE, limit: 5, lang: "fr" }],
    ["bundle", { case: CASE, offset: 0 }],
    ["hand-over", { case: CASE, channel: "pharos", lang: "fr" }],
    ["channels", { id: "email", value: "a@b.fr", lang: "fr" }],
    ["channels", { id: "email", value: null, lang: "fr" }],
    ["channels", { lang: "fr" }],
  ]);
  assert.deepEqual(await run("report.watch", { case: CASE, on: false }), {
    ok: false,
    code: "report_unknown",
  });
  const unknown = await run("report.handOver", { id: "x", channel: "pharos" });
  assert.equal(unknown.code, "report_unknown");
});

test("every call wakes the daemon first: the person may have pressed “try again”", async () => {
  for (const [type, message] of /** @type {[string, any][]} */ ([
    ["report.receipts", {}],
    ["report.campaigns", {}],
    ["report.retract", { case: CASE, channel: "netcraft" }],
    ["report.watch", { case: CASE, on: true }],
    ["report.handOver", { case: CASE, channel: "pharos" }],
    ["report.bundle", { case: CASE }],
    ["report.need", { id: "email", value: "a@b.fr" }],
    ["options.channels", {}],
    ["options.channel", { id: "email", value: null }],
  ])) {
    const { routes, asked } = setUp();
    await routes[type].run({ message, sender: {}, tabId: 1 });
    assert.deepEqual([asked[0][0], asked.length], ["awake", 2], type);
  }
});

test("the report page gives the e-mail address, and no other setting", async () => {
  const { routes, asked } = setUp();
  const message = { id: "netcraft-key", value: "x" };
  await routes["report.need"].run({ message, sender: {}, tabId: 1 });
  assert.deepEqual(asked, []);
});
