/** When content/page.js looks at a page again. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SOURCE = readFileSync(
  new URL("../../../extension/content/page.js", import.meta.url),
  "utf8",
);
const FIELD = { kind: "text", words: "" };
const FORM = { title: "", headings: [], text: "", fields: [FIELD, FIELD] };

/** Runs the script on a page that nothing changes any more; `described` are its descriptions, the last one for good. */
async function looksAt(
  described,
  awayAtFirst = false,
  from = "us",
  keptInMemory = false,
  isSlow = false,
  unheard = 0,
) {
  const timers = [];
  const sent = [];
  let hear = () => {};
  const events = new Map();
  const heard = [];
  let answerFirst = () => {};
  const firstAnswer = new Promise((resolve) => (answerFirst = resolve));
  let looks = 0;
  let begins = 0;
  let now = 0;
  const document = {
    readyState: "complete",
    addEventListener() {},
    querySelectorAll: () => [],
  };
  const sendMessage = async (message) => {
    if (message.type === "page.begin") {
      const isFirst = begins++ === 0;
      const away = awayAtFirst && isFirst;
      if (isFirst && isSlow) await firstAnswer;
      return away ? null : { fields: [], text: [] };
    }
    sent.push(message.page);
    return sent.length > unheard;
  };
  runInNewContext(SOURCE, {
    document,
    performance: { now: () => now },
    setTimeout: (run, ms) => timers.push([run, ms]),
    MutationObserver: class {
      observe() {}
    },
    addEventListener: (type, run) => {
      heard.push(type);
      events.set(type, run);
    },
    chrome: {
      runtime: {
        id: "us",
        sendMessage,
        onMessage: { addListener: (run) => (hear = run) },
      },
    },
    guetteurDescribe: () => ({
      page: { ...FORM, ...described[Math.min(looks++, described.length - 1)] },
      roots: [document],
    }),
  });
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const [run, ms] of timers.splice(0)) {
      now += ms;
      run();
    }
    if (turn === 5 && keptInMemory) events.get("pageshow")({ persisted: true });
    else if (turn === 5) hear({ type: "page.again" }, { id: from });
    if (turn === 10) answerFirst(null);
  }
  return { looks, sent, heard };
}

test("a whole description is made once", async () => {
  const { looks, sent } = await looksAt([{ partial: false }]);
  assert.deepEqual([looks, sent.length], [1, 1]);
});

test("one that was cut short is made again, and the whole one is sent", async () => {
  const { looks, sent } = await looksAt([
    { partial: true },
    { partial: false, text: "Votre carte Vitale" },
  ]);
  assert.equal(looks, 2);
  assert.equal(sent.at(-1).text, "Votre carte Vitale");
});

test("a page that is too heavy each time is let be", async () => {
  const { looks, sent } = await looksAt([{ partial: true }]);
  assert.deepEqual([looks, sent.length], [4, 1]);
});

test("a page opened while nobody answered is described once somebody does, and no page twice", async () => {
  const late = await looksAt([{ partial: false }], true);
  assert.deepEqual([late.looks, late.sent.length], [1, 1]);
});

test("a description that led to nothing is sent again, a few times", async () => {
  const what = [{ partial: false }];
  for (const [unheard, times] of [
    [2, 3],
    [99, 4],
  ]) {
    const { looks, sent } = await looksAt(
      what,
      false,
      "us",
      false,
      false,
      unheard,
    );
    assert.deepEqual([looks, sent.length], [times, times]);
  }
});

test("only our own extension says that somebody answers again", async () => {
  const { looks } = await looksAt([{ partial: false }], true, "other");
  assert.equal(looks, 0);
});

test("a page that lay in memory while somebody began to answer is described when it comes back", async () => {
  const { looks, sent } = await looksAt([{ partial: false }], true, "us", true);
  assert.deepEqual([looks, sent.length], [1, 1]);
});

for (const away of [false, true]) {
  test(`told while it asks that somebody answers, a page has one describer; the first question ${away ? "fails" : "counts"}`, async () => {
    const what = [{ partial: false }];
    const { looks, heard } = await looksAt(what, away, "us", false, true);
    assert.equal(looks, 1);
    assert.equal(heard.filter((type) => type === "focusin").length, 1);
  });
}
