/** The bar that makes room for a picture comes back, also when nobody calls it back. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { fakeClock, strict } from "./fakes.mjs";

const SOURCE = readFileSync(
  new URL("../../../extension/content/bar.js", import.meta.url),
  "utf8",
);
const DATA = { home: null, reasons: [], report: "", close: "", why: "" };

async function setUp() {
  const clock = fakeClock();
  /** @type {boolean[]} */ const asides = [];
  /** @type {(message: any, sender: any, reply: (answer: unknown) => void) => boolean} */
  let hear = () => false;
  const part = { append() {} };
  runInNewContext(SOURCE, {
    guetteurUi: strict("guetteurUi", {
      make: () => part,
      button: () => part,
      disclosure: () => part,
      bar: () => ({
        row: part,
        root: part,
        show() {},
        aside: (/** @type {boolean} */ on) => void asides.push(on),
        remove() {},
      }),
    }),
    setTimeout: clock.setTimer,
    clearTimeout: clock.clearTimer,
    requestAnimationFrame: (/** @type {() => void} */ run) => run(),
    chrome: {
      runtime: {
        id: "us",
        sendMessage: async () => DATA,
        onMessage: {
          addListener: (/** @type {any} */ run) => (hear = run),
        },
      },
    },
  });
  await new Promise((resolve) => setImmediate(resolve));
  const aside = (/** @type {boolean} */ on, id = "us") =>
    hear({ type: "bar.aside", on }, { id }, () => {});
  return { asides, aside, clock };
}

test("put aside, it comes back when it is told", async () => {
  const { asides, aside, clock } = await setUp();
  assert.equal(aside(true), true);
  assert.equal(aside(false), true);
  clock.advance(60_000);
  assert.deepEqual(asides, [true, false]);
});

test("put aside by a worker that ended, it comes back by itself", async () => {
  const { asides, aside, clock } = await setUp();
  aside(true);
  clock.advance(2_000);
  assert.deepEqual(asides, [true]); // the picture is being taken
  clock.advance(2_000);
  assert.deepEqual(asides, [true, false]);
});

test("put aside again, it waits again", async () => {
  const { asides, aside, clock } = await setUp();
  aside(true);
  clock.advance(2_000);
  aside(true);
  clock.advance(2_000);
  assert.deepEqual(asides, [true, true]);
  clock.advance(2_000);
  assert.deepEqual(asides, [true, true, false]);
});

test("nobody else puts it aside", async () => {
  const { asides, aside } = await setUp();
  assert.equal(aside(true, "other"), false);
  assert.deepEqual(asides, []);
});
