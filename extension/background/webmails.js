/** The webmails there are adapters for, as the background knows them: name and addresses. */
import "../content/adapters/roundcube.js";
import "../content/adapters/sogo.js";
import "../content/adapters/gmail.js";
import "../content/adapters/outlook.js";
import "../content/adapters/yahoo.js";
import "../content/adapters/orange.js";
import "../content/adapters/sfr.js";
import "../content/adapters/zimbra.js";
import "../content/adapters/laposte.js";
import "../content/adapters/proton.js";
import "../content/adapters/gmx.js";
import "../content/adapters/bluemind.js";

/** @typedef {import("../shared/wire.d.ts").MailAdapter} MailAdapter */

/** @type {readonly MailAdapter[]} */
export const WEBMAILS = /** @type {any} */ (globalThis).guetteurAdapters;

const SCHEMES = "(?:https?)";

/**
 * A match pattern as a regular expression over addresses.
 * @param {string} pattern
 */
export function patternToRegExp(pattern) {
  const parts = /^(\*|https?):\/\/(\*|\*\.[^/*]+|[^/*]+)(\/.*)$/.exec(pattern);
  if (parts === null) throw new TypeError(`not a match pattern: ${pattern}`);
  const [, scheme = "", host = "", path = ""] = parts;
  const escaped = (/** @type {string} */ text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  const hosts = host === "*" ? "[^/]+" : escaped(host).replace(/^\*\\\./, "(?:[^/]+\\.)?");
  const port = "(?::\\d+)?";
  return new RegExp(
    `^${scheme === "*" ? SCHEMES : scheme}://${hosts}${port}${escaped(path).replace(/\*/g, ".*")}$`,
    "i",
  );
}

const PATTERNS = WEBMAILS.flatMap((webmail) =>
  webmail.matches.map((pattern) => ({
    webmail,
    expression: patternToRegExp(pattern),
    // On anybody's server.
    anywhere: /^[^/]+:\/\/\*\//.test(pattern),
    // All of that host is this webmail; elsewhere the address alone does not say so.
    exact: /^[^/]+:\/\/[^*/]+\//.test(pattern),
  })),
);

/**
 * Which webmails an address may be, those known by their own host first.
 * @param {string} address
 * @returns {{webmail: MailAdapter, anywhere: boolean, exact: boolean}[]}
 */
export function webmailsAt(address) {
  const found = PATTERNS.filter(({ expression }) => expression.test(address));
  const own = found.filter(({ anywhere }) => !anywhere);
  const seen = new Set();
  return (own.length > 0 ? own : found).filter(({ webmail }) => !seen.has(webmail.id) && seen.add(webmail.id));
}

/**
 * @param {string} id
 * @returns {MailAdapter | undefined}
 */
export const webmailNamed = (id) => WEBMAILS.find((webmail) => webmail.id === id);

/** @param {string} id */
export const adapterFile = (id) => `content/adapters/${id}.js`;

/**
 * What runs in the pages of a webmail.
 * @param {string} id
 */
export const scriptsFor = (id) => [
  "content/ui.js",
  "content/banner.js",
  "content/links.js",
  "content/mailtools.js",
  "content/mail-size.js",
  "content/mail-raw.js",
  adapterFile(id),
  "content/mail.js",
];
