/**
 * Reads blocklists/guide/*.toml, refuses what breaks its rules (blocklists/guide/README.md) and writes it as the module
 * the guide page imports: the page then needs neither network nor daemon.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";

/** @typedef {import("../pages/guide/data.d.ts").Guide} Guide */

const EXTENSION = join(dirname(fileURLToPath(import.meta.url)), "..");
const FOLDER = join(EXTENSION, "../blocklists/guide");
const FILES = ["acts", "calendar", "contacts", "pieces", "questions", "relative", "situations"];
const KINDS = ["choice", "many", "date", "money"];
const MOST_ACT = 150;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
/** The keys whose value is read by a person. */
const TEXTS = [
  "ask",
  "call",
  "told",
  "do",
  "dont",
  "help",
  "label",
  "lead",
  "link",
  "name",
  "note",
  "price",
  "say",
  "short",
  "strict_title",
  "text",
  "title",
  "urgent",
];

/**
 * @param {boolean} fine
 * @param {string} where
 * @param {string} what
 */
function must(fine, where, what) {
  if (!fine) throw new Error(`blocklists/guide: ${where}: ${what}`);
}

/**
 * Dates as they are written, and no line that begins with a French colon.
 * @param {any} value
 * @returns {any}
 */
function plain(value) {
  if (typeof value === "string") return value.replace(/ ([:;?!»])/g, "\u00a0$1").replace(/« /g, "«\u00a0");
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/**
 * Both languages or neither, and a source.
 * @param {any} value
 * @param {string} where
 * @param {any} above what its file or its table says of source and date
 */
function checkTexts(value, where, above) {
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) return value.forEach((one, at) => checkTexts(one, `${where}[${at}]`, above));
  const origin = value.source === undefined ? above : value;
  for (const [key, one] of Object.entries(value)) {
    checkTexts(one, `${where}.${key}`, origin);
    if (!TEXTS.includes(key)) continue;
    const other = value[`${key}_en`];
    must(typeof one === typeof other && other.length > 0, `${where}.${key}`, "is not there in both languages");
    must(!Array.isArray(one) || one.length === other.length, `${where}.${key}`, "differs in length");
    must(typeof origin?.source === "string", `${where}.${key}`, "has no source");
    must(origin.checked === false || DAY.test(origin.checked), `${where}.${key}`, "has no day it was checked");
  }
}

/** @param {Guide} guide */
function checkContacts({ contacts, calendar }) {
  for (const [id, one] of Object.entries(contacts)) {
    const where = `contacts.${id}`;
    must(!one.url || one.url.startsWith("https://"), where, "its address is not https");
    must(!(one.always && one.hours), where, "is open always and at hours");
    for (const { days, from, to } of one.hours ?? []) {
      must(days.length > 0 && days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7), where, "days");
      must(CLOCK.test(from) && CLOCK.test(to) && from < to, where, "its hours are no hours of one day");
    }
    must(!one.hours || ["open", "closed", "unknown"].includes(one.holidays ?? ""), where, "holidays");
  }
  must(
    calendar.fixed.every((day) => DAY.test(`2024-${day}`)),
    "calendar.fixed",
    "is no list of days",
  );
}

/** @param {Guide} guide */
function checkQuestions({ questions }) {
  for (const [id, one] of Object.entries(questions)) {
    must(KINDS.includes(one.kind), `questions.${id}`, "is of no known kind");
    const ids = (one.options ?? []).map((option) => option.id);
    must(["choice", "many"].includes(one.kind) === ids.length > 1, `questions.${id}`, "options");
    must(new Set(ids).size === ids.length, `questions.${id}`, "has an option twice");
  }
}

/** @param {Guide} guide */
function checkSituations(guide) {
  const answers = new Set(
    Object.entries(guide.questions).flatMap(([id, one]) => (one.options ?? []).map((option) => `${id}:${option.id}`)),
  ).add("earlier:yes");
  for (const [id, one] of Object.entries(guide.situations)) {
    const parts = /** @type {const} */ (["questions", "acts", "contacts", "pieces"]);
    for (const part of parts) {
      const asked = one.questions.map((question) => question.id);
      for (const use of one[part]) {
        const where = `situations.${id}.${part}.${use.id}`;
        must(use.id in guide[part], where, "is not there");
        for (const answer of (use.if ?? []).flat()) {
          must(answers.has(answer), where, `${answer} is no answer`);
          const question = answer.split(":")[0] ?? "";
          must(question === "earlier" || asked.includes(question), where, `${answer} is never asked here`);
        }
      }
    }
    must(!one.urgent_contact || one.urgent_contact in guide.contacts, `situations.${id}`, "urgent_contact");
    must((one.strict === undefined) === (one.strict_title === undefined), `situations.${id}`, "strict_title");
  }
  for (const [id, one] of Object.entries(guide.acts)) {
    must(!one.contact || one.contact in guide.contacts, `acts.${id}`, "its contact is not there");
    must((one.page === undefined) === (one.link === undefined), `acts.${id}`, "a page has a link");
    must(!one.page || existsSync(join(EXTENSION, one.page)), `acts.${id}`, "its page is not there");
    must((one.told === undefined) === (one.strict === true), `acts.${id}`, "is done, or strict");
    must(one.text.length <= MOST_ACT && one.text_en.length <= MOST_ACT, `acts.${id}`, "is too long");
  }
  for (const [id, one] of Object.entries(guide.pieces)) {
    must(one.url.startsWith("https://"), `pieces.${id}`, "its address is not https");
    for (const piece of one.pieces)
      for (const answer of piece.answers ?? []) must(answer in guide.questions, `pieces.${id}`, answer);
  }
}

/**
 * @param {unknown} raw what the files say, by name
 * @returns {Guide}
 */
export function checkGuide(raw) {
  const files = plain(raw);
  for (const [name, file] of Object.entries(files)) checkTexts(file, name, undefined);
  const entries = (/** @type {object} */ file) =>
    Object.fromEntries(Object.entries(file).filter(([key]) => key !== "source" && key !== "checked"));
  const guide = /** @type {Guide} */ (
    Object.fromEntries(Object.entries(files).map(([name, file]) => [name, name === "calendar" ? file : entries(file)]))
  );
  checkContacts(guide);
  checkQuestions(guide);
  checkSituations(guide);
  return guide;
}

/** @returns {Record<string, unknown>} */
export function readFiles() {
  return Object.fromEntries(FILES.map((name) => [name, parse(readFileSync(join(FOLDER, `${name}.toml`), "utf8"))]));
}

/** What pages/guide/data.js becomes. */
export function stampGuide() {
  const guide = checkGuide(readFiles());
  return `/** Written by build.mjs from blocklists/guide/. */\nexport const guide = ${JSON.stringify(guide, null, 1)};\n`;
}
