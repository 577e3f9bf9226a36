import assert from "node:assert/strict";
import { test } from "node:test";
import { gather } from "../../../extension/pages/report/bundle.js";
import { outcome } from "../../../extension/pages/report/case.js";
import {
  chosen,
  fits,
  isAgain,
  sorted,
} from "../../../extension/pages/report/choice.js";
import { follow } from "../../../extension/pages/report/follow.js";
import { openable } from "../../../extension/pages/report/forms.js";
import { news } from "../../../extension/pages/report/receipt.js";
import { sentence } from "../../../extension/pages/report/trouble.js";
import { cut, harmless, words } from "../../../extension/pages/report/words.js";
import { along } from "../../../extension/pages/reports/campaigns.js";
import { translator } from "../../../extension/shared/i18n.js";
import { fakeClock, fakeEvent } from "./fakes.mjs";

const t = translator("fr");
const recipient = (id, { kind = "api", needs = [], earlier = null } = {}) => ({
  id,
  kind,
  earlier,
  needs: needs.map((need) => ({ id: need })),
});
const ids = (all) => all.map(({ id }) => id);
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("who can be sent to now, and who waits for what", () => {
  const { ready, waiting, lacking, forms } = sorted([
    recipient("a"),
    recipient("b", { needs: ["email"] }),
    recipient("c", { kind: "mail", needs: ["email", "smtp_host"] }),
    recipient("d", { needs: ["token"] }),
    recipient("e", { kind: "form" }),
  ]);
  assert.deepEqual([ready, waiting, lacking, forms].map(ids), [
    ["a"],
    ["b"],
    ["c", "d"],
    ["e"],
  ]);
});

test("whoever has it already gets it again only when the person says so", () => {
  const ready = [recipient("a", { earlier: "2026-11-01" }), recipient("b")];
  const first = chosen(ready, new Map());
  assert.deepEqual(ids(first), ["b"]);
  assert.equal(isAgain(first), false);
  const ticked = chosen(ready, new Map([["a", true]]));
  assert.deepEqual(ids(ticked), ["a", "b"]);
  assert.equal(isAgain(ticked), true);
  assert.deepEqual(ids(chosen(ready, new Map([["b", false]]))), []);
});

test("when all have it already, the button itself says that it is sent again", () => {
  const ready = [recipient("a", { earlier: "2026-11-01" })];
  assert.deepEqual(ids(chosen(ready, new Map())), ["a"]);
  assert.equal(isAgain(ready), true);
});

test("one condition that does not hold is enough; no answer is no objection", () => {
  const answers = new Map([
    ["thesee-0", true],
    ["other-1", false],
  ]);
  assert.equal(fits("thesee", 3, answers), true);
  assert.equal(fits("thesee", 3, answers.set("thesee-2", false)), false);
  assert.equal(fits("thesee", 0, answers), true);
});

test("a form opens a web page or a mail program, and nothing else", () => {
  for (const link of ["https://a.example/", "mailto:a@a.example?subject=b"])
    assert.equal(openable(link), link);
  for (const link of ["", "javascript:alert(1)", "data:text/html,a", "file:/"])
    assert.equal(openable(link), null, link);
});

test("what a sender hides in a name is shown as a mark", () => {
  assert.equal(harmless("\u202egpj.exe\u202c"), "\ufffdgpj.exe\ufffd");
  assert.equal(
    harmless("im\u200bpots\u0000\u00ad"),
    "im\ufffdpots\ufffd\ufffd",
  );
  assert.equal(harmless("a\ud83d"), "a\ufffd");
  assert.equal(harmless("Été\r\nאבג\t👨‍👩‍👧"), "Été\nאבג\t👨‍👩‍👧");
});

test("a long text is cut between letters", () => {
  assert.equal(cut("abc", 3), null);
  assert.equal(cut("😀".repeat(3), 3), null);
  assert.equal(cut("😀".repeat(4), 3), "😀😀😀…");
  assert.equal(cut("ab  cd", 3), "ab…");
});

test("dates and sizes are written in the page's language", () => {
  const at = "2026-11-29T12:00:00Z";
  assert.equal(words("fr").day(at), "29 novembre 2026");
  assert.equal(words("en").day(at), "29 November 2026");
  assert.equal(words("fr").day("soon"), "");
  assert.match(words("fr").size(1_284_211), /^1,3\sMo$/);
  assert.match(words("en").size(84_211), /^84\skB$/);
  assert.match(words("fr").size(3), /^0,1\sko$/);
});

const kept = (...states) => ({
  receipts: states.map((state) => ({
    kind: state === "handed" ? "form" : "api",
    channel: state,
    name: state,
    state,
    text: state,
  })),
  watch: null,
});

test("the title says no more than what came of it", () => {
  for (const [states, expected] of [
    [["handed"], "forms"],
    [["queued", "accepted"], "sent"],
    [["queued", "refused", "handed"], "waiting"],
    [["sending"], "waiting"],
    [["refused", "retracted"], "failed"],
    [["retracted", "retracted", "handed"], "retracted"],
    [["gone"], "sent"],
  ])
    assert.equal(outcome(kept(...states)), expected, states.join());
});

test("only what changed is read out", () => {
  const before = kept("queued", "sent", "handed");
  const after = structuredClone(before);
  after.receipts[0].text = "accepté.";
  after.watch = { text: "La page est toujours là." };
  assert.equal(
    news(before, after, t),
    "queued\u00a0: accepté. La page est toujours là.",
  );
  assert.equal(news(after, after, t), "");
});

test("a sealed original comes in pieces, whole or not at all", async () => {
  const piece = (text, next, more = {}) => ({
    name: "a.zip",
    bytes: 5,
    data: btoa(text),
    next,
    ...more,
  });
  const from = (pieces) => gather(async (offset) => pieces[offset] ?? null);
  const whole = await from({ 0: piece("he", 2), 2: piece("llo", null) });
  assert.equal(whole.name, "a.zip");
  assert.equal(new TextDecoder().decode(whole.data), "hello");
  for (const pieces of [
    {},
    { 0: piece("he", 2) },
    { 0: piece("he", null) },
    { 0: piece("he", 0) },
    { 0: piece("", 0) },
    { 0: piece("he", 4), 4: piece("o", null) },
    { 0: piece("he", 2), 2: piece("llo!", null) },
    { 0: piece("he", 2), 2: piece("llo", null, { bytes: 6 }) },
  ])
    assert.equal(await from(pieces), null, JSON.stringify(pieces));
});

/** Follows something on a clock that moves when told, in a page that is seen when told. */
function following(open = true) {
  const clock = fakeClock();
  const change = fakeEvent();
  const its = { open, visible: true, looks: 0 };
  const look = async () => {
    its.looks += 1;
    return its.open;
  };
  const outside = {
    ...clock,
    visible: () => its.visible,
    onVisibility(run) {
      change.addListener(run);
      return () => change.addListener(() => {});
    },
  };
  const { again, end } = follow(look, open, outside);
  const pass = async (seconds) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      await turn();
    }
  };
  const see = async (visible) => {
    its.visible = visible;
    change.fire();
    await turn();
  };
  return { its, again, end, pass, see };
}

test("receipts are looked at often for a minute, then now and then, and only by whoever sees them", async () => {
  const { its, end, pass, see } = following();
  await pass(60);
  assert.equal(its.looks, 30);
  await pass(60);
  assert.equal(its.looks, 34);
  await see(false);
  await pass(60);
  assert.equal(its.looks, 34);
  await see(true); // at once
  assert.equal(its.looks, 35);
  await pass(15);
  assert.equal(its.looks, 36);
  end();
  await pass(60);
  assert.equal(its.looks, 36);
});

test("receipts that cannot change any more are looked at no more, until something is done", async () => {
  const { its, again, pass, see } = following();
  its.open = false;
  await pass(60);
  assert.equal(its.looks, 1);
  await see(true);
  await pass(60);
  assert.equal(its.looks, 2);
  its.open = true;
  await again();
  await pass(10);
  assert.equal(its.looks, 8);
  const settled = following(false);
  await settled.pass(60);
  assert.equal(settled.its.looks, 0);
});

test("dates stand on a line as they lie apart", () => {
  const day = (n) => `2026-11-${n}T00:00:00Z`;
  assert.deepEqual(
    along([day("01"), day("03"), day("11")], 120, 10),
    [10, 30, 110],
  );
  assert.deepEqual(along([day("01"), day("01")], 120, 10), [60, 60]);
});

test("every trouble has words, whatever its code", () => {
  assert.match(sentence(null, t), /ne répond pas/);
  assert.equal(
    sentence("daemon_unreachable", t),
    translator("fr")("reason_stopped"),
  );
  assert.match(sentence("report_unknown", t), /Signaler/);
  assert.match(sentence("constructor", t), /constructor/);
});
