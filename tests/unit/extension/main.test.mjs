/** The parts put together: pages are judged whatever becomes of the rest. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fakeArea, fakeEvent, fakePort, strict } from "./fakes.mjs";

const EVIL = "http://evil.test/";
/** @type {any[]} */ const opened = [];
/** @type {any} */ let onRequest;

const { port } = fakePort(
  (/** @type {any} */ message, /** @type {any} */ reply) =>
    reply({
      status: 200,
      body: message.path === "/v1/check/url" ? { level: "DANGER" } : {},
    }),
);
const event = fakeEvent();
globalThis.chrome = /** @type {any} */ ({
  runtime: strict("runtime", {
    id: "us",
    getURL: (/** @type {string} */ path) => `moz-extension://us/${path}`,
    connectNative: () => port,
    lastError: undefined,
    onMessage: event,
    onStartup: event,
    onInstalled: event,
  }),
  extension: { inIncognitoContext: true },
  i18n: { getUILanguage: () => "fr" },
  storage: strict("storage", {
    session: fakeArea(),
    local: { get: async (/** @type {any} */ defaults) => defaults },
    onChanged: event,
  }),
  webRequest: strict("webRequest", {
    onBeforeRequest: {
      addListener: (/** @type {any} */ run) => (onRequest = run),
    },
    onResponseStarted: event,
    onErrorOccurred: event,
  }),
  webNavigation: strict("webNavigation", {
    onCommitted: event,
    onCompleted: event,
    onHistoryStateUpdated: event,
  }),
  tabs: strict("tabs", {
    query: async () => [],
    get: async () => ({ id: 1, url: EVIL }),
    update: async (/** @type {number} */ _tab, /** @type {any} */ { url }) =>
      void opened.push(url),
    onUpdated: event,
    onRemoved: event,
  }),
  permissions: { onAdded: event },
  alarms: { onAlarm: event, create: async () => undefined },
});
globalThis.navigator ??= /** @type {any} */ ({ userAgent: "" });
mock.timers.enable({ apis: ["setTimeout"] });
const { Trail } = await import("../../../extension/background/trail.js");
Trail.prototype.request = () => {
  throw new Error("the way a page came cannot be kept");
};
await import("../../../extension/background/main.js");

test("a page is judged and covered though the way it came cannot be kept", async () => {
  const judged = onRequest({ tabId: 1, requestId: "r1", url: EVIL });
  assert.deepEqual(await judged, { cancel: true });
  assert.deepEqual(opened, ["moz-extension://us/pages/warning/warning.html"]);
});
