/** What left this computer, in words, day by day. Nothing here touches the page. */
import { LOCALES } from "../../shared/i18n.js";
import { harmless } from "../report/words.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */
/** @typedef {import("../../shared/i18n.js").Lang} Lang */
/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {import("../../shared/wire-privacy.d.ts").EgressEntryReply} EgressEntryReply */
/** @typedef {{day: string, lines: {at: string, time: string, text: string}[]}} Day */

/** @type {Record<string, Key>} */
const WHAT = {
  lists: "privacyWhatLists",
  age: "privacyWhatAge",
  report: "privacyWhatReport",
  lookup: "privacyWhatLookup",
  watch: "privacyWhatWatch",
  timestamp: "privacyWhatStamp",
};

/** @type {Record<string, Key>} */
const OUTCOMES = { refused: "privacyRefused", failed: "privacyFailed" };

/**
 * @param {Record<string, Key>} known
 * @param {string} id
 */
const keyOf = (known, id) => (Object.hasOwn(known, id) ? known[id] : undefined);

/**
 * As a person writes it: `14 h 02` in French, `14:02` in English.
 * @param {string} iso
 * @param {Lang} lang
 */
export function hour(iso, lang) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const minutes = String(at.getMinutes()).padStart(2, "0");
  return lang === "fr"
    ? `${at.getHours()}\u00a0h\u00a0${minutes}`
    : `${String(at.getHours()).padStart(2, "0")}:${minutes}`;
}

/**
 * @param {EgressEntryReply} entry
 * @param {Translate} t
 * @param {Lang} lang
 */
export function lineOf({ purpose, to, what, outcome, count, last_at: at }, t, lang) {
  const key = keyOf(WHAT, purpose);
  const thing = key === undefined ? harmless(what) : t(key, harmless(what));
  const where = to === "dns" ? t("privacyLineDns", thing) : t("privacyLine", harmless(to), thing);
  const end = keyOf(OUTCOMES, outcome);
  const times = count > 1 ? [t("privacyTimes", String(count))] : [];
  return { at, time: hour(at, lang), text: [where, ...(end === undefined ? [] : [t(end)]), ...times].join(", ") };
}

/**
 * @param {EgressEntryReply[]} entries the latest first
 * @param {Translate} t
 * @param {Lang} lang
 * @returns {Day[]} the latest first, in the person's own time
 */
export function daysOf(entries, t, lang) {
  const days = new Intl.DateTimeFormat(LOCALES[lang], { dateStyle: "full" });
  /** @type {Map<string, Day["lines"]>} */
  const found = new Map();
  for (const entry of entries) {
    const at = new Date(entry.last_at); // what the daemon puts them in order by
    const day = Number.isNaN(at.getTime()) ? "" : days.format(at);
    found.set(day, [...(found.get(day) ?? []), lineOf(entry, t, lang)]);
  }
  return [...found].map(([day, lines]) => ({ day: day.charAt(0).toUpperCase() + day.slice(1), lines }));
}
