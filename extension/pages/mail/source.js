/**
 * What a person drops or pastes, as the question the daemon is asked. Nothing is guessed: what is no mail is refused
 * by name, and pasted words without headers are sent as just that.
 */

import "../../content/mail-size.js";

/** @type {any} */
const size = /** @type {any} */ (globalThis).guetteurMailSize;

/** @typedef {import("../../shared/wire.d.ts").MailSeen} MailSeen */
/** @typedef {{raw: string, truncated: boolean} | {shown: MailSeen}} Question */
/** @typedef {"mail" | "text" | "outlook" | "other"} Kind */

export const MOST_BYTES = 25 * 1024 * 1024;

/** The limits of MailSeen. */
const MOST = { line: 1_000, text: 64_000, url: 8_192, links: 256, markup: 2_000_000 };

/** Half an emoji, left by a cut: no JSON. */
const HALF = /\p{Surrogate}/gu;
const HEADER = /^[A-Za-z][A-Za-z0-9-]*:/;
const KNOWN =
  /^(from|to|subject|date|received|return-path|message-id|mime-version|content-type|delivered-to|reply-to|authentication-results|dkim-signature|x-[a-z0-9-]+):/i;

/** How mail programs in French and English write the beginning of a message that is copied or forwarded. */
const WRITTEN = {
  from: /^(?:de|from|exp[ée]diteur|sender)\s?:\s*(.+)$/iu,
  subject: /^(?:objet|subject|sujet)\s?:\s*(.+)$/iu,
};
const WRITTEN_LINES = 12;

/**
 * Whether the words begin like the source of a message (RFC 5322): two known headers before the first empty line.
 * @param {string} text
 */
export function isSource(text) {
  const lines = text.replace(/^\s+/, "").slice(0, 65_536).split(/\r?\n/, 400);
  const first = lines[0] ?? "";
  if (!HEADER.test(first) && !first.startsWith("From ")) return false;
  const end = lines.indexOf("");
  return lines.slice(0, end < 0 ? lines.length : end).filter((line) => KNOWN.test(line)).length >= 2;
}

/**
 * What a file is, by its first bytes: names lie, or are missing.
 * @param {Uint8Array} bytes
 * @returns {Kind}
 */
export function kindOf(bytes) {
  const head = bytes.subarray(0, 65_536);
  // [MS-CFB]: the compound file Outlook saves by default.
  if ([0xd0, 0xcf, 0x11, 0xe0].every((byte, at) => head[at] === byte)) return "outlook";
  const text = new TextDecoder("latin1").decode(head);
  if (isSource(text)) return "mail";
  return head.length === 0 || head.includes(0) || text.startsWith("%PDF") ? "other" : "text";
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {Question} of the beginning, where headers and words are
 */
export const fromBytes = (bytes) => size.encode(bytes);

/**
 * The whole message, as evidence.
 * @param {ArrayBuffer} bytes
 * @returns {{raw: string, truncated: boolean}}
 */
export const evidenceOf = (bytes) => size.encode(bytes, size.MOST_WHOLE);

/** @param {string} text */
const line = (text) => text.replace(/\s+/g, " ").trim().slice(0, MOST.line).replace(HALF, "");

/** @param {string} text HTML */
const words = (text) =>
  text
    .replace(/<[^>]*>/g, " ")
    .replace(/&nbsp;/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");

/**
 * The links of what was copied: a webmail's words alone would lose where they lead. The clipboard's HTML is written by
 * the browser, so its quoting is regular; it is only searched, never made into elements.
 * @param {string} markup
 * @returns {{url: string, text: string}[]}
 */
export function linksOf(markup) {
  const found = [];
  const anchors = markup.slice(0, MOST.markup).matchAll(/<a\s[^>]*?\bhref="(https?:[^"]+)"[^>]*>(.*?)<\/a>/gis);
  for (const [, url, text] of anchors) {
    const address = words(url ?? "");
    if (address.length <= MOST.url) found.push({ url: address, text: line(words(text ?? "")) });
    if (found.length === MOST.links) break;
  }
  return found;
}

/**
 * @param {string} said `Name <address>`, or either of them
 * @returns {{name: string, address: string}}
 */
function mailbox(said) {
  const address = /[^\s<>()[\]"']+@[^\s<>()[\]"']+/u.exec(said);
  if (address === null) return { name: line(said), address: "" };
  return { name: line(said.slice(0, address.index).replace(/[<([\]"']+/g, " ")), address: line(address[0]) };
}

/**
 * @param {string} text as pasted: the source of a message, or words copied from one
 * @param {{url: string, text: string}[]} [links] that were copied with the words
 * @returns {Question}
 */
export function fromText(text, links = []) {
  const start = text.replace(/^[\s\uFEFF]+/, "");
  if (isSource(start)) return fromBytes(new TextEncoder().encode(start).buffer);
  const top = start.split(/\r?\n/, WRITTEN_LINES);
  const written = (/** @type {RegExp} */ pattern) =>
    top.map((one) => pattern.exec(one.trim())?.[1]).find((one) => one !== undefined) ?? "";
  const { name, address } = mailbox(written(WRITTEN.from));
  return {
    shown: size.fit({
      from_name: name,
      from_address: address,
      reply_to: [],
      to: [],
      subject: line(written(WRITTEN.subject)),
      text: start.slice(0, MOST.text).replace(HALF, ""),
      links,
      attachments: [],
      signed_by: "",
      mailed_by: "",
      unverified: false,
    }),
  };
}
