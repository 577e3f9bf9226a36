/** A page that comes back from memory is out of sight until it is judged, and then as it was; in both browsers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SOURCE = readFileSync(
  new URL("../../../extension/content/hold.js", import.meta.url),
  "utf8",
);

class Style {
  #set = new Map([["opacity", ["0.9", ""]]]);
  getPropertyValue = (name) => this.#set.get(name)?.[0] ?? "";
  getPropertyPriority = (name) => this.#set.get(name)?.[1] ?? "";
  setProperty = (name, value, priority) =>
    void this.#set.set(name, [value, priority]);
  removeProperty = (name) => void this.#set.delete(name);
  get text() {
    return [...this.#set].map(([name, set]) => [name, ...set].join(" "));
  }
}

/**
 * Runs the script in a page; `answers` are what the background says, one after the other; null: nothing, it fails, a
 * promise: later. `waking` is what it says of itself.
 */
function held(scheme, answers, waking = async () => false) {
  const events = new Map();
  const veil = { over: false, cancel: () => (veil.over = true) };
  const animated = [];
  const root = {
    style: new Style(),
    getAttribute: () => "x",
    animate: (frames) => animated.push(frames) && veil,
  };
  let asked = 0;
  let last = 0;
  const timers = new Map();
  runInNewContext(SOURCE, {
    document: {
      documentElement: root,
      adoptedStyleSheets: [],
      addEventListener() {},
    },
    addEventListener: (type, run) => events.set(type, run),
    CSSStyleSheet: class {
      replaceSync() {}
    },
    MutationObserver: class {
      observe() {}
      disconnect() {}
    },
    setTimeout: (run) => timers.set(++last, run) && last,
    clearTimeout: (timer) => void timers.delete(timer),
    chrome: {
      runtime: {
        getURL: () => `${scheme}-extension://us/`,
        sendMessage: async ({ type }) => {
          if (type === "hold.waking") return waking();
          const show = await answers[asked++];
          if (show === null) throw new Error("no receiving end");
          return { show: show ?? true };
        },
      },
      storage: { local: { get: async () => ({}) } },
    },
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  /** The time of every timer that is set is over. */
  async function late() {
    const due = [...timers.values()];
    timers.clear();
    due.forEach((run) => run());
    await turn();
  }
  return { root, veil, animated, events, turn, late, asked: () => asked };
}

test("Firefox holds requests, and shows a page at once", async () => {
  const { root, asked } = held("moz", []);
  assert.deepEqual([root.style.text, asked()], [["opacity 0.9 "], 0]);
});

for (const [scheme, first] of [
  ["moz", []],
  ["chrome", [true]],
]) {
  test(`${scheme}: one that comes back is veiled, keeps its boxes, and is shown as it was`, async () => {
    const page = held(scheme, [...first, true]);
    await page.turn();
    page.events.get("pagehide")({ persisted: true });
    assert.equal(JSON.stringify(page.animated), '[{"opacity":[0,0]}]');
    page.events.get("pageshow")({ persisted: true });
    assert.ok(page.veil.over);
    assert.ok(page.root.style.text.includes("opacity 0 important"));
    assert.equal(page.root.style.getPropertyValue("display"), "");
    await page.turn();
    assert.deepEqual(page.root.style.text, ["opacity 0.9 "]);
  });

  test(`${scheme}: one that is a fake by now loses its boxes too`, async () => {
    const page = held(scheme, [...first, false]);
    await page.turn();
    page.events.get("pagehide")({ persisted: true });
    page.events.get("pageshow")({ persisted: true });
    await page.turn();
    assert.ok(page.root.style.text.includes("display none important"));
  });
}

test("one judged before it was left stays hidden, however long the answer takes", async () => {
  const page = held("chrome", [false, false, false, true]);
  await page.turn();
  page.events.get("pagehide")({ persisted: true });
  page.events.get("pageshow")({ persisted: true });
  assert.ok(page.veil.over);
  await page.late(); // before any answer
  assert.ok(page.root.style.text.includes("display none important"));
  await page.turn();
  await page.late();
  assert.deepEqual(page.root.style.text, ["opacity 0.9 "]); // allowed meanwhile
});

test("a hidden page asks again after a question that failed", async () => {
  const page = held("chrome", [false, null, true]);
  await page.turn();
  await page.late();
  assert.ok(page.root.style.text.includes("display none important"));
  await page.late();
  assert.deepEqual([page.asked(), page.root.style.text], [3, ["opacity 0.9 "]]);
});

const NEVER = new Promise(() => {});
for (const [what, waking, last] of [
  ["is busy", async () => false, 1],
  ["is gone", () => Promise.reject(new Error("no receiving end")), 1],
  ["wakes", async () => true, 2],
  ["sleeps still", () => NEVER, 2],
]) {
  test(`a page without a verdict is shown in the end while the background ${what}`, async () => {
    const page = held("chrome", [NEVER], waking);
    for (let timer = 0; timer < last; timer++) {
      assert.ok(page.root.style.text.includes("display none important"));
      await page.late();
    }
    assert.deepEqual(page.root.style.text, ["opacity 0.9 "]);
  });
}

test("a verdict that comes while the background wakes decides", async () => {
  /** @type {(show: boolean) => void} */ let answer = () => {};
  const verdict = new Promise((resolve) => (answer = resolve));
  const page = held("chrome", [verdict, NEVER], async () => true);
  await page.late();
  answer(false);
  await page.turn();
  await page.late();
  assert.ok(page.root.style.text.includes("display none important"));
});

test("a page that is left for good, or newly made, is let be", async () => {
  const { animated, events, root } = held("moz", []);
  events.get("pagehide")({ persisted: false });
  events.get("pageshow")({ persisted: false });
  assert.deepEqual([animated, root.style.text], [[], ["opacity 0.9 "]]);
});
