/** Reads what the daemon said of a mail into known types, and names the texts a banner is made of. */
import { LEVELS, readBody, readReasons, text, webAddress } from "./verdict.js";

/** @typedef {import("./wire.d.ts").MailVerdict} MailVerdict */
/** @typedef {import("./wire.d.ts").MailLink} MailLink */

const MOST_LINKS = 1_000;

/**
 * @param {unknown} values
 * @returns {string[]}
 */
const texts = (values) => (Array.isArray(values) ? values.map(text).filter(Boolean) : []);

/**
 * @param {any} raw
 * @returns {MailLink}
 */
const readLink = (raw) => ({
  url: text(raw?.url),
  text: text(raw?.text),
  host: text(raw?.host),
  registrable_domain: text(raw?.registrable_domain) || null,
  // A link the daemon says nothing usable of is one it did not judge.
  level: LEVELS.includes(raw?.level) ? raw.level : "UNKNOWN",
  summary: text(raw?.summary),
  reasons: readReasons(raw?.reasons),
});

/**
 * @param {any} raw
 * @returns {MailVerdict["script"]}
 */
function readScript(raw) {
  if (raw === null || typeof raw !== "object") return null;
  return { id: text(raw.id), label: text(raw.label), advice: text(raw.advice), words: texts(raw.words) };
}

/**
 * @param {any} raw
 * @returns {MailVerdict["route"]}
 */
function readRoute(raw) {
  if (raw === null || typeof raw !== "object") return null;
  const url = /^tel:\+?[\d ]+$/.test(text(raw.url)) ? raw.url : webAddress(raw.url);
  return { id: text(raw.id), name: text(raw.name), text: text(raw.text), url };
}

/**
 * @param {any} raw
 * @returns {MailVerdict | null}
 */
export function readMailVerdict(raw) {
  if (raw === null || typeof raw !== "object" || !LEVELS.includes(raw.level)) return null;
  return {
    level: raw.level,
    summary: text(raw.summary),
    sender: text(raw.sender),
    sender_name: text(raw.sender_name),
    subject: text(raw.subject),
    body: readBody(raw.body),
    script: readScript(raw.script ?? null),
    reasons: readReasons(raw.reasons),
    todo: texts(raw.todo),
    route: readRoute(raw.route ?? null),
    links: (Array.isArray(raw.links) ? raw.links : []).slice(0, MOST_LINKS).map(readLink),
    list_version: typeof raw.list_version === "string" ? raw.list_version : null,
  };
}

/**
 * What is left to say below the level's word: a summary such as "Prudence : …" begins with it.
 * @param {string} word
 * @param {string} summary
 */
export function afterWord(word, summary) {
  if (word === "" || !summary.toLowerCase().startsWith(word.toLowerCase())) return summary;
  const rest = summary.slice(word.length).replace(/^[\s:.,]+/, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/**
 * @param {import("./i18n.js").Translate} t
 * @returns {import("./wire.d.ts").MailLabels}
 */
export const mailLabels = (t) => ({
  region: t("mailRegion"),
  levels: {
    DANGER: t("mailDanger"),
    CAUTION: t("mailCaution"),
    UNKNOWN: t("mailOrdinary"),
    NO_KNOWN_RISK: t("mailOrdinary"),
    OFFICIAL: t("mailOfficial"),
  },
  why: t("barWhy"),
  todo: t("mailTodo"),
  words: t("mailWords"),
  home: t("warningHome", "$1"),
  phones: t("warningPhones"),
  report: t("mailReport"),
  guide: t("guideOpen"),
  close: t("barClose"),
  cannotRead: t("mailCannotRead"),
  notChecked: t("mailNotChecked"),
  leads: t("mailLeads"),
  linkDanger: t("mailLinkDanger"),
  linkDangerTo: t("mailLinkDangerTo", "$1"),
  linkCaution: t("mailLinkCaution"),
  linkCautionTo: t("mailLinkCautionTo", "$1"),
});
