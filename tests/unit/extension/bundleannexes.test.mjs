/** What the guide reads out of a sealed report; that real ones are read is held by tests/e2e/test_guide.py. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  bundleAnnexes,
  filesIn,
} from "../../../extension/pages/guide/bundle.js";

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const MAIL = Buffer.from("Subject: payez\r\n\r\nJe vous ai filmé");
const AT = "2026-11-24T09:05:00Z";

/** An archive of stored files, as far as it is read. */
function pack(files, method = 0) {
  const parts = Object.entries(files).map(([name, data]) => {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(method, 8);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt32LE(data.length, 22);
    head.writeUInt16LE(name.length, 26);
    return Buffer.concat([head, Buffer.from(name), data]);
  });
  return new Uint8Array(Buffer.concat([...parts, Buffer.from("PK\x01\x02")]));
}

const manifest = (entries = { "mail/original.eml": MAIL }) =>
  Buffer.from(
    JSON.stringify({
      case_id: "7c9e",
      created_at: AT,
      files: Object.entries(entries).map(([path, data]) => ({
        path,
        sha256: hash(data),
        taken_at: AT,
      })),
    }),
  );
const whole = {
  "manifest.json": manifest(),
  "signature.json": Buffer.from("{}"),
  "mail/original.eml": MAIL,
};

test("the bundle, then every file in it, with what it is in French", async () => {
  const bytes = pack(whole);
  assert.deepEqual(await bundleAnnexes("a.zip", bytes), [
    {
      name: "a.zip",
      sha256: hash(bytes),
      note: "Dossier scellé le 24 novembre 2026 à 09:05 UTC, signalement 7c9e",
    },
    {
      name: "mail/original.eml",
      sha256: hash(MAIL),
      note: "Dans ce dossier, recueilli le 24 novembre 2026 à 09:05 UTC",
    },
  ]);
});

test("what was changed, added, left out or is no manifest is told", async () => {
  for (const [change, what] of [
    [{ "mail/original.eml": Buffer.from("Subject: rien") }, "changed"],
    [{ "mail/more.eml": MAIL }, "added"],
    [{ "manifest.json": manifest({ a: MAIL, b: MAIL }) }, "left out"],
    [{ "manifest.json": Buffer.from("[]") }, "no manifest"],
    [{ "manifest.json": Buffer.from("{") }, "no JSON"],
  ])
    assert.equal(
      await bundleAnnexes("a.zip", pack({ ...whole, ...change })),
      "altered",
      what,
    );
});

test("anything else is a file like any other", async () => {
  const bytes = pack(whole);
  for (const other of [
    new Uint8Array(),
    new TextEncoder().encode("%PDF-1.7"),
    pack({ "photo.png": MAIL }),
    pack(whole, 8),
    bytes.subarray(0, 60),
  ])
    assert.equal(await bundleAnnexes("a.zip", other), null);
  assert.equal(filesIn(bytes).size, 3);
});
