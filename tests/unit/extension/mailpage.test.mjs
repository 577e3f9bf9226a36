import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fromBytes,
  fromText,
  isSource,
  kindOf,
  linksOf,
} from "../../../extension/pages/mail/source.js";
import { mailFileRoutes } from "../../../extension/background/mailfile.js";
import { strict } from "./fakes.mjs";

const SOURCE =
  "Received: from a by b\r\nFrom: Ameli <x@ameli.example>\r\nSubject: Vitale\r\n\r\nBonjour";
const bytes = (text) => new TextEncoder().encode(text);

test("tells the source of a message from words", () => {
  assert.ok(isSource(SOURCE));
  assert.ok(isSource(`\n${SOURCE}`));
  assert.ok(isSource(`From - Mon Nov 23 10:00:00 2026\n${SOURCE}`));
  assert.ok(!isSource("Bonjour,\n\nvotre colis est bloqué.\nFrom: moi"));
  assert.ok(
    !isSource("From: Ameli"),
    "one header is how a forwarded mail begins too",
  );
});

test("knows a file by its content", () => {
  assert.equal(kindOf(bytes(SOURCE)), "mail");
  assert.equal(kindOf(bytes("Bonjour, votre colis")), "text");
  assert.equal(kindOf(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1)), "outlook");
  assert.equal(kindOf(Uint8Array.of(0x89, 0x50, 0, 1)), "other");
  assert.equal(kindOf(bytes("%PDF-1.7")), "other");
  assert.equal(kindOf(new Uint8Array()), "other");
});

test("a long message is cut, and said to be", () => {
  const whole = fromBytes(bytes("a".repeat(480 * 1024)).buffer);
  assert.equal(whole.truncated, false);
  const cut = fromBytes(bytes("a".repeat(480 * 1024 + 1)).buffer);
  assert.equal(cut.truncated, true);
  assert.equal(cut.raw.length, 640 * 1024);
});

test("a pasted source goes as it is, letters and all", () => {
  const { raw, truncated } = fromText(`\n${SOURCE} à l’été`);
  assert.equal(truncated, false);
  assert.equal(
    Buffer.from(raw, "base64").toString("utf8"),
    `${SOURCE} à l’été`,
  );
});

test("of pasted words, the sender and the subject are what a mail program wrote above them", () => {
  const { shown } = fromText(
    "De : Assurance Maladie <x@vitale.example>\nÀ : moi\nObjet : Votre carte\n\nBonjour",
  );
  assert.equal(shown.from_name, "Assurance Maladie");
  assert.equal(shown.from_address, "x@vitale.example");
  assert.equal(shown.subject, "Votre carte");
  const plain = fromText("Bonjour, de la part de : tous").shown;
  assert.equal(plain.from_address, "");
  assert.equal(plain.text, "Bonjour, de la part de : tous");
});

test("copied links keep where they lead", () => {
  const markup =
    '<p>Bonjour <a class="b" href="https://evil.example/?a=1&amp;b=2"><b>impots</b>.gouv.fr</a>' +
    ' <a href="javascript:alert(1)">x</a></p>';
  assert.deepEqual(linksOf(markup), [
    { url: "https://evil.example/?a=1&b=2", text: "impots .gouv.fr" },
  ]);
  const many = '<a href="https://a.example/">x</a>'.repeat(1_000);
  assert.equal(linksOf(many).length, 256);
});

test("what is too much for one frame is made to fit", () => {
  const links = Array.from({ length: 256 }, () => ({
    url: `https://a.example/${"x".repeat(8_000)}`,
    text: "",
  }));
  const { shown } = fromText("é".repeat(100_000), links);
  assert.ok(JSON.stringify(shown).length < 400_000);
});

test("half an emoji at a cut is dropped", () => {
  const { shown } = fromText("a".repeat(63_999) + "😀");
  assert.ok(shown.text.isWellFormed());
});

test("the background passes on what was asked, and what came of it", async () => {
  const asked = [];
  const answers = [
    { ok: true, body: { level: "DANGER", summary: "Danger" } },
    { ok: true, body: { level: "SAFE" } },
    { ok: false, error: { code: "stopped", message: "", hint: "" } },
  ];
  const daemon = strict("daemon", {
    request: async (path, body) => {
      asked.push([path, body]);
      return answers.shift();
    },
  });
  const route = mailFileRoutes({ daemon, language: async () => "fr" })[
    "mail.file"
  ];
  assert.deepEqual(route.from, ["pages/mail/mail.html"]);
  const judge = (message) => route.run({ message });
  const { verdict } = await judge({ raw: "YQ==", truncated: false });
  assert.equal(verdict.level, "DANGER");
  assert.deepEqual(asked[0], [
    "/v1/check/mail",
    { raw: "YQ==", truncated: false, lang: "fr" },
  ]);
  assert.deepEqual(await judge({ raw: "YQ==" }), { degraded: "bad_answer" });
  assert.deepEqual(await judge({ shown: { text: "a" } }), {
    degraded: "stopped",
  });
  assert.deepEqual(asked[2][1], { shown: { text: "a" }, lang: "fr" });
});
