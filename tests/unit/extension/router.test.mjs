import assert from "node:assert/strict";
import { test } from "node:test";
import {
  makeRouter,
  senderKind,
} from "../../../extension/background/router.js";

const self = { id: "us", base: "chrome-extension://us/" };
const tab = { id: 5 };
const content = { id: "us", url: "https://a.test/x", tab, frameId: 0 };
const frame = { ...content, frameId: 3 };
const warning = {
  id: "us",
  url: "chrome-extension://us/pages/warning/warning.html",
  tab,
  frameId: 0,
};
const popup = {
  id: "us",
  url: "chrome-extension://us/pages/popup/popup.html?tab=3",
};

test("names senders", () => {
  assert.equal(senderKind(content, self), "content");
  assert.equal(senderKind(frame, self), "frame");
  assert.equal(senderKind(warning, self), "pages/warning/warning.html");
  assert.equal(senderKind(popup, self), "pages/popup/popup.html");
});

test("answers nobody else", () => {
  for (const stranger of [
    {},
    { ...content, id: "them" },
    { ...frame, url: "about:srcdoc" },
    { ...frame, id: "them" },
    { ...warning, frameId: 3 },
    { ...content, tab: undefined },
    {
      ...content,
      url: "chrome-extension://us.evil/pages/warning/warning.html",
    },
    { ...content, url: "data:text/html,x" },
    { ...content, url: undefined },
  ]) {
    assert.equal(senderKind(stranger, self), null, JSON.stringify(stranger));
  }
});

/** @param {any} message @param {any} sender @param {Promise<unknown>} [ready] */
function send(message, sender, ready = Promise.resolve()) {
  const routes = {
    "hold.ask": { from: ["content"], run: () => ({ show: true }) },
    "warning.proceed": {
      from: ["pages/warning/warning.html"],
      run: ({ tabId }) => tabId,
    },
    broken: {
      from: ["content"],
      run: () => Promise.reject(new Error("inside")),
    },
  };
  return new Promise((resolve) => {
    if (!makeRouter(self, routes, ready)(message, sender, resolve))
      resolve("silence");
  });
}

test("a page's script cannot ask what only the warning page may", async () => {
  assert.equal(await send({ type: "warning.proceed" }, content), "silence");
  assert.equal(await send({ type: "warning.proceed" }, popup), "silence");
  assert.equal(await send({ type: "hold.ask" }, frame), "silence");
  assert.equal(await send({ type: "warning.proceed", tabId: 99 }, warning), 5);
});

test("nothing runs before what an earlier worker stored is here again", async () => {
  let wake = (/** @type {unknown} */ _what) => {};
  const ready = new Promise((resolve) => (wake = resolve));
  let answer = null;
  const asking = send({ type: "hold.ask" }, content, ready).then(
    (said) => (answer = said),
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answer, null);
  wake(undefined);
  assert.deepEqual(await asking, { show: true });
});

test("unknown and malformed messages meet silence; a fault inside answers null", async () => {
  for (const message of [
    undefined,
    null,
    3,
    {},
    { type: "toString" },
    { type: "__proto__" },
    { type: {} },
  ]) {
    assert.equal(await send(message, content), "silence");
  }
  assert.deepEqual(await send({ type: "hold.ask" }, content), { show: true });
  assert.equal(await send({ type: "broken" }, content), null);
});
