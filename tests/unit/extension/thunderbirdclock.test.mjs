/** Thunderbird: a clock that is set back does not keep the daemon away. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fakeArea, fakeEvent, fakePort, strict } from "./fakes.mjs";

const { port } = fakePort(
  (/** @type {any} */ _message, /** @type {any} */ reply) =>
    reply({ status: 200, body: {} }),
);
let tries = 0;
const event = fakeEvent();
globalThis.chrome = /** @type {any} */ ({
  runtime: strict("runtime", {
    id: "us",
    getURL: (/** @type {string} */ path) => `moz-extension://us/${path}`,
    connectNative: () => {
      if (++tries > 1) return port;
      throw new Error("not found");
    },
    onMessage: event,
    onStartup: event,
    onInstalled: fakeEvent(),
  }),
  storage: { session: fakeArea() },
  tabs: { onRemoved: event },
});

globalThis.navigator ??= /** @type {any} */ ({ userAgent: "" });

test("the next try comes when it is due", async () => {
  await import("../../../extension/thunderbird/background.js");
  mock.timers.enable({ apis: ["Date"], now: 1e12 });
  event.fire({}, {}, () => undefined);
  assert.equal(tries, 1);
  mock.timers.setTime(0);
  await new Promise((resolve) => setTimeout(resolve, 800));
  assert.equal(tries, 2);
});
