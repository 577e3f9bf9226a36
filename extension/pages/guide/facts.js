/** What the person answered, as it is read out, printed and compared with what will be asked. */
import { LOCALES } from "../../shared/i18n.js";
import { chosen, given, situationOf } from "./flow.js";

/** @typedef {import("./data.d.ts").Guide} Guide */
/** @typedef {import("./flow.js").Story} Story */
/** @typedef {import("../../shared/i18n.js").Lang} Lang */

/**
 * A text of the data in the language of the page.
 * @param {object} thing
 * @param {string} key
 * @param {Lang} lang
 * @returns {any}
 */
export function say(thing, key, lang) {
  const texts = /** @type {Record<string, any>} */ (thing);
  return texts[lang === "en" ? `${key}_en` : key] ?? "";
}

/**
 * @param {string} typed "1 234,56", "1234.5 €"
 * @returns {number | null}
 */
export function readMoney(typed) {
  const digits = typed.replace(/[\s€]|euros?$/giu, "");
  const [, whole, cents] = /^(\d{1,3}(?:[.,]?\d{3})*|\d+)(?:[.,](\d{1,2}))?$/.exec(digits) ?? [];
  if (whole === undefined) return null;
  const sum = Number(`${whole.replace(/[.,]/g, "")}.${cents ?? "0"}`);
  return sum < 1e9 ? sum : null;
}

/**
 * @param {string} day ISO day
 * @param {Lang} lang
 */
export const longDay = (day, lang) =>
  new Intl.DateTimeFormat(LOCALES[lang], { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));

/**
 * @param {number} sum in euros
 * @param {Lang} lang
 */
export const euros = (sum, lang) =>
  new Intl.NumberFormat(LOCALES[lang], { style: "currency", currency: "EUR" }).format(sum);

/**
 * @param {Guide} guide
 * @param {Story} story
 * @param {string} id of a question
 * @param {Lang} lang
 * @returns {string} empty: not answered
 */
export function answerOf(guide, story, id, lang) {
  const question = guide.questions[id];
  const answer = story.answers[id];
  if (!question || answer === undefined || answer === "") return "";
  if (question.kind === "date") return longDay(String(answer), lang);
  if (question.kind === "money") return euros(Number(answer), lang);
  const ids = [answer].flat();
  const picked = (question.options ?? []).filter((option) => ids.includes(option.id));
  return picked.map((option) => say(option, "label", lang)).join(", ");
}

/**
 * @param {Guide} guide
 * @param {Story} story
 * @param {Lang} lang
 * @returns {{label: string, value: string}[]} an empty value is a line to fill in
 */
export function callSheet(guide, story, lang) {
  return chosen(guide, story, "questions").map((id) => ({
    label: say(/** @type {object} */ (guide.questions[id]), "short", lang),
    value: answerOf(guide, story, id, lang),
  }));
}

/**
 * @param {Guide} guide
 * @param {Story} story
 * @param {string} place
 * @param {Lang} lang
 * @returns {{id: string, label: string, value: string}[]} an empty value is still missing
 */
export function piecesOf(guide, story, place, lang) {
  const asked = chosen(guide, story, "questions");
  return (guide.pieces[place]?.pieces ?? []).map((piece) => {
    const answers = (piece.answers ?? []).filter((id) => asked.includes(id));
    const values = answers.map((id) => answerOf(guide, story, id, lang)).filter(Boolean);
    return { id: piece.id, label: say(piece, "label", lang), value: values[0] ?? "" };
  });
}

/**
 * What the letter can be begun with: answers only, in French, since the court reads it.
 * @param {Guide} guide
 * @param {Story} story
 * @returns {Record<string, string>}
 */
export function letterStart(guide, story) {
  const situation = situationOf(guide, story);
  if (!situation) return {};
  const asked = chosen(guide, story, "questions");
  const of = (/** @type {string} */ id) => (asked.includes(id) ? answerOf(guide, story, id, "fr") : "");
  const how = given(guide, story).has("paid:no") ? "" : of("how");
  return {
    offence: situation.offence,
    account: situation.call,
    happened_on: of("when"),
    amount: of("amount"),
    damage: how && `Moyen de paiement : ${how}.`,
  };
}
