/** What the daemon says of a mail is read defensively, and said once. */
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.chrome = /** @type {any} */ ({ runtime: {} });
const { afterWord, readMailVerdict, mailLabels } =
  await import("../../../extension/shared/mail.js");

test("a verdict on a mail is read defensively", () => {
  for (const raw of [null, 3, {}, { level: "SAFE" }, { level: "toString" }]) {
    assert.equal(readMailVerdict(raw), null);
  }
  const bare = readMailVerdict({
    level: "CAUTION",
    links: 3,
    todo: {},
    route: 4,
  });
  assert.deepEqual(
    [bare?.links, bare?.todo, bare?.route, bare?.script, bare?.body],
    [[], [], null, null, null],
  );
  const read = readMailVerdict({
    level: "DANGER",
    todo: ["a", 3, null],
    script: { words: ["w", {}] },
    body: { name: "x", home: "javascript:alert(1)" },
    route: { url: "javascript:alert(1)" },
    links: [null, { url: "u", level: "SAFE", registrable_domain: 3 }],
  });
  assert.deepEqual(read?.todo, ["a"]);
  assert.deepEqual(read?.script?.words, ["w"]);
  assert.equal(read?.body?.home, null);
  assert.equal(read?.route?.url, null);
  assert.deepEqual(
    read?.links.map(({ level }) => level),
    ["UNKNOWN", "UNKNOWN"],
  );
  assert.equal(read?.links[1]?.registrable_domain, null);
  for (const url of ["tel:33700", "https://signal-spam.fr/"]) {
    const route = readMailVerdict({ level: "DANGER", route: { url } })?.route;
    assert.equal(route?.url, url);
  }
});

test("labels keep a hole for what is known later", () => {
  const t = (/** @type {string} */ key, /** @type {string} */ value = "") =>
    key + value;
  const labels = mailLabels(t);
  assert.match(labels.linkDangerTo, /\$1/);
  assert.match(labels.home, /\$1/);
});

test("the level's word is not said twice", () => {
  for (const [word, summary, rest] of [
    ["Prudence", "Prudence : ce message insiste.", "Ce message insiste."],
    ["Careful", "Careful: it presses you.", "It presses you."],
    ["Danger", "Ce message est faux.", "Ce message est faux."],
    ["", "Rien de suspect.", "Rien de suspect."],
    ["Prudence", "Prudence", ""],
  ])
    assert.equal(afterWord(word, summary), rest);
});
