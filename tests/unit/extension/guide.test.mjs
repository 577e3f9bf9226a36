import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkGuide,
  readFiles,
  stampGuide,
} from "../../../extension/tools/guide.mjs";
import {
  again,
  chosen,
  newStory,
  readHash,
  steps,
  strict,
} from "../../../extension/pages/guide/flow.js";
import {
  callSheet,
  letterStart,
  piecesOf,
  readMoney,
} from "../../../extension/pages/guide/facts.js";
import { letterRoutes } from "../../../extension/background/letter.js";

const guide = checkGuide(readFiles());
const tell = (situation, answers = {}, earlier = false) => ({
  ...newStory(earlier),
  situation,
  answers,
});

test("the data hold, and are written as a module that needs nothing else", () => {
  const module = stampGuide();
  assert.match(module, /^\/\*\* Written by build\.mjs/);
  assert.doesNotMatch(module, /\bimport\b/);
  assert.deepEqual(Object.keys(guide.situations), [
    "clicked",
    "gave",
    "paid",
    "blackmail",
    "recovery",
  ]);
});

test("French typography in the data: no plain space before : ; ? ! and inside « »", () => {
  assert.doesNotMatch(JSON.stringify(guide), / [:;?!»]|« /);
});

test("data that break a rule are refused by name", () => {
  const broken = (change) => {
    const files = structuredClone(readFiles());
    change(files);
    return () => checkGuide(files);
  };
  for (const [change, what] of [
    [(f) => delete f.acts.recall.text_en, /acts\.recall\.text/],
    [(f) => delete f.acts.recall.source, /has no source/],
    [(f) => (f.acts.recall.checked = "soon"), /day it was checked/],
    [(f) => (f.acts.recall.text = "x".repeat(151)), /too long/],
    [(f) => (f.acts.recall.contact = "nobody"), /contact/],
    [(f) => delete f.acts["police-draft"].page, /a page has a link/],
    [(f) => (f.acts["police-draft"].page = "pages/x.html"), /is not there/],
    [(f) => (f.contacts["3018"].hours[0].to = "24:30"), /hours/],
    [(f) => (f.contacts["3018"].hours[0].days = [8]), /days/],
    [(f) => (f.contacts["3018"].holidays = "maybe"), /holidays/],
    [(f) => (f.contacts["17cyber"].url = "http://x.fr/"), /https/],
    [(f) => f.situations.paid.acts.push({ id: "none" }), /not there/],
    [(f) => (f.situations.paid.acts[0].if = [["how:barter"]]), /is no answer/],
    [(f) => (f.situations.paid.acts[0].if = [["who:bank"]]), /never asked/],
    [(f) => (f.questions.held.kind = "essay"), /no known kind/],
    [(f) => f.relative.sheet.do_en.pop(), /differs in length/],
  ])
    assert.throws(broken(change), what);
});

test("the urgent acts come first, and only those that answer what happened", () => {
  const acts = (...story) => chosen(guide, tell(...story), "acts");
  assert.equal(acts("paid", { how: ["transfer"] })[0], "recall");
  assert.equal(acts("paid", { how: ["card", "gift"] })[0], "opposition");
  assert.equal(acts("gave", { gave: ["card"] })[0], "opposition");
  assert.equal(acts("clicked", { did: ["install"] })[0], "unplug");
  assert.equal(acts("blackmail")[0], "do-not-pay");
  assert.equal(acts("blackmail", { minor: "yes" })[1], "young");
  assert.ok(!acts("clicked").includes("opposition"));
  for (const situation of Object.keys(guide.situations)) {
    const found = acts(situation);
    assert.ok(found.includes("proofs") && found.includes("hang-up"), situation);
  }
});

test("blackmail leads to calm, then to the message for the police", () => {
  const acts = chosen(guide, tell("blackmail"), "acts");
  assert.ok(acts.indexOf("do-not-pay") < acts.indexOf("police-draft"));
  assert.ok(acts.indexOf("proofs") < acts.indexOf("police-draft"));
  assert.deepEqual(
    ["#blackmail", "#clicked,earlier"].map((hash) => readHash(hash, guide)),
    [tell("blackmail"), tell("clicked", {}, true)],
  );
});

test("an answer to a question that is asked no more counts no more", () => {
  const answers = { paid: "yes", how: ["transfer"], amount: "50" };
  assert.ok(
    chosen(guide, tell("blackmail", answers), "acts").includes("recall"),
  );
  const other = tell("blackmail", { ...answers, paid: "no" });
  assert.ok(!chosen(guide, other, "acts").includes("recall"));
  assert.ok(!steps(guide, other).includes("question:how"));
  assert.equal(letterStart(guide, other).amount, "");
});

test("whoever was robbed before is warned more strictly, and not asked again", () => {
  const calm = tell("recovery", { who: "police" });
  assert.ok(!strict(guide, calm));
  assert.ok(!chosen(guide, calm, "acts").includes("no-more-money"));
  for (const story of [
    tell("recovery", {}, true),
    tell("recovery", { before: "yes" }),
  ]) {
    assert.ok(strict(guide, story));
    assert.deepEqual(chosen(guide, story, "acts").slice(0, 2), [
      "no-more-money",
      "tell",
    ]);
  }
  assert.ok(
    !steps(guide, tell("recovery", {}, true)).includes("question:before"),
  );
  assert.ok(again(tell("paid")).earlier);
  assert.ok(!again(newStory()).earlier);
  assert.ok(!strict(guide, tell("paid", {}, true)));
});

test("the address may name a situation and an earlier incident, and nothing else", () => {
  assert.deepEqual(
    readHash("#recovery,earlier", guide),
    tell("recovery", {}, true),
  );
  for (const hash of ["", "#", "#constructor", "#__proto__", "#x,y"])
    assert.deepEqual(readHash(hash, guide), newStory(), hash);
});

test("money as people write it", () => {
  for (const [typed, sum] of [
    ["480", 480],
    ["1 234,56 €", 1234.56],
    ["1\u202f234,5", 1234.5],
    ["1.234,56", 1234.56],
    ["1,234.56", 1234.56],
    ["1.234", 1234],
    ["12 euros", 12],
    ["0", 0],
  ])
    assert.equal(readMoney(typed), sum, typed);
  for (const typed of ["", "beaucoup", "-5", "1e9", "9".repeat(12)])
    assert.equal(readMoney(typed), null, typed);
});

test("the call sheet holds what was answered and leaves the rest blank", () => {
  const story = tell("paid", {
    how: ["transfer", "gift"],
    amount: "1234.5",
  });
  const sheet = callSheet(guide, story, "fr");
  assert.deepEqual(
    sheet.map(({ value }) => value.replace(/\s/g, " ")),
    ["Par virement, Avec des cartes cadeaux ou des coupons", "1 234,50 €", ""],
  );
});

test("what THESEE asks: filled where answered, missing where not", () => {
  const pieces = piecesOf(
    guide,
    tell("paid", { when: "2026-11-20" }),
    "thesee",
    "fr",
  );
  const of = (id) => pieces.find((piece) => piece.id === id).value;
  assert.equal(of("when"), "20 novembre 2026");
  assert.equal(of("amount"), "");
  assert.equal(of("site"), "");
});

test("the letter begins with answers alone, in French whatever the page speaks", () => {
  const start = letterStart(
    guide,
    tell("paid", { how: ["card"], when: "2026-11-20" }),
  );
  assert.deepEqual(start, {
    offence: "escroquerie",
    account: "J’ai payé un escroc.",
    happened_on: "20 novembre 2026",
    amount: "",
    damage: "Moyen de paiement : Par carte.",
  });
  assert.deepEqual(letterStart(guide, newStory()), {});
});

test("only the guide may ask for a letter, and a daemon that is away is said", async () => {
  const asked = [];
  const daemon = {
    request: async (...what) => {
      asked.push(what);
      return asked.length > 1
        ? { ok: false, error: { code: "stopped" } }
        : { ok: true, body: { pdf: "x" } };
    },
  };
  const route = letterRoutes({ daemon })["letter.write"];
  assert.deepEqual(route.from, ["pages/guide/guide.html"]);
  const message = {
    type: "letter.write",
    answers: { name: "A" },
    annexes: [],
    more: 1,
  };
  assert.deepEqual(await route.run({ message }), { pdf: "x" });
  assert.equal(await route.run({ message }), null);
  assert.deepEqual(asked[0].slice(0, 2), [
    "/v1/letter",
    { answers: { name: "A" }, annexes: [] },
  ]);
});
