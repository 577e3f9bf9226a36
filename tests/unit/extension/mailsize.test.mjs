/** A question about a mail fits into one message to the relay, however the mail was made. */
import assert from "node:assert/strict";
import { test } from "node:test";
import "../../../extension/content/mail-size.js";

const { fit, encode } = /** @type {any} */ (globalThis).guetteurMailSize;
const FRAME = 1024 * 1024;
const SEEN = { subject: "é", text: "bonjour", links: [{ url: "u", text: "" }] };

test("the largest mail fits", () => {
  const seen = {
    ...SEEN,
    text: "€".repeat(64_000),
    links: Array(256).fill({
      url: "x".repeat(8192),
      text: "\u0001".repeat(1000),
    }),
  };
  const { raw, truncated } = encode(new ArrayBuffer(25_000_000));
  const shown = fit(seen);
  const body = JSON.stringify({ raw, shown, truncated, lang: "fr" });
  assert.ok(Buffer.byteLength(body) < FRAME - 1024);
  assert.ok(raw.length <= 700_000);
  assert.equal(truncated, true);
  assert.ok(shown.links.length > 0);
});

test("an ordinary mail is left as it is", () => {
  assert.equal(fit(SEEN), SEEN);
  const bytes = Buffer.from("From: a@b.test\r\n\r\n\xff", "latin1");
  const { raw, truncated } = encode(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  assert.deepEqual(Buffer.from(raw, "base64"), bytes);
  assert.equal(truncated, false);
});
