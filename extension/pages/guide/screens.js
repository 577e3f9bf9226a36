/** The screens that follow one another: what happened, a question, an act, the end. */
import { box, button, make, title, webLink } from "../../shared/page.js";
import { contactCard } from "./contacts.js";
import { euros, readMoney, say } from "./facts.js";
import { chosen, situationOf } from "./flow.js";
import { inParis } from "./hours.js";

/** @typedef {import("./data.d.ts").Question} Question */
/** @typedef {import("./guide.js").Place} Place */
/** @typedef {(HTMLElement | string)[]} Screen its first element is the title */

/**
 * @param {Place} place
 * @returns {Screen}
 */
export function startScreen({ guide, story, lang, t, choose }) {
  const choices = Object.entries(guide.situations).map(([id, situation]) => {
    const one = button(say(situation, "label", lang), () => choose(id));
    if (story.situation === id) one.setAttribute("aria-current", "true");
    return one;
  });
  return [
    title(t("guideTitle")),
    make("p", t("guideFault")),
    box("choices", ...choices),
    make("p", t("guidePrivate"), "soft"),
  ];
}

/**
 * @param {string} id
 * @param {Place} place
 * @returns {Screen}
 */
export function questionScreen(id, place) {
  const { guide, story, lang, t, next } = place;
  const question = /** @type {Question} */ (guide.questions[id]);
  const answer = (/** @type {string | string[]} */ value) => {
    story.answers[id] = value;
    next();
  };
  const skip = button(
    t("guideUnknown"),
    () => {
      delete story.answers[id];
      next();
    },
    "button quiet",
  );
  const help = say(question, "help", lang);
  const head = [title(say(question, "text", lang)), ...(help ? [make("p", help, "soft")] : [])];
  const body = BODIES[question.kind](id, question, place, answer);
  if (question.kind === "choice") return [...head, ...body, box("row", skip)];
  return [...head, ...body.slice(0, -1), box("row", ...body.slice(-1), skip)];
}

/** @typedef {(id: string, question: Question, place: Place, answer: (value: string | string[]) => void) => Screen} Body */

/** By kind; of the last three, the last element is the button that goes on. @type {Record<Question["kind"], Body>} */
const BODIES = { choice: choiceBody, many: manyBody, date: dateBody, money: moneyBody };

/** @type {Body} */
function choiceBody(id, question, { story, lang }, answer) {
  const choices = (question.options ?? []).map((option) => {
    const one = button(say(option, "label", lang), () => answer(option.id));
    if (story.answers[id] === option.id) one.setAttribute("aria-current", "true");
    return one;
  });
  return [box("choices", ...choices)];
}

/** @type {Body} */
function manyBody(id, question, { story, lang, t }, answer) {
  const group = make("fieldset", "", "choices");
  group.setAttribute("aria-labelledby", "title");
  const ticks = (question.options ?? []).map((option) => {
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.value = option.id;
    tick.checked = story.answers[id]?.includes(option.id) ?? false;
    const line = make("label", "", "tick");
    line.append(tick, say(option, "label", lang));
    group.append(line);
    return tick;
  });
  const read = () => ticks.filter((tick) => tick.checked).map((tick) => tick.value);
  return [group, button(t("guideContinue"), () => answer(read()), "button primary")];
}

/** @type {Body} */
function dateBody(id, _question, { story, t }, answer) {
  const today = inParis(new Date()).day;
  const yesterday = new Date(Date.parse(`${today}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  const field = input("date", String(story.answers[id] ?? ""));
  field.max = today;
  const quick = box(
    "choices",
    button(t("guideToday"), () => answer(today)),
    button(t("guideYesterday"), () => answer(yesterday)),
  );
  const go = () => (field.value && field.value <= today ? answer(field.value) : field.focus());
  onEnter(field, go);
  return [quick, label(t("guideOtherDay"), field), button(t("guideContinue"), go, "button primary")];
}

/** @type {Body} */
function moneyBody(id, _question, { story, lang, t }, answer) {
  const known = story.answers[id];
  const field = input("text", known === undefined ? "" : euros(Number(known), lang));
  field.inputMode = "decimal";
  field.maxLength = 20;
  const status = make("p", "", "status");
  status.setAttribute("role", "status");
  const go = () => {
    const sum = readMoney(field.value);
    if (sum !== null) return answer(String(sum));
    status.textContent = t("guideBadMoney");
    field.focus();
  };
  onEnter(field, go);
  return [label(t("guideEuros"), field), status, button(t("guideContinue"), go, "button primary")];
}

/**
 * @param {string} type
 * @param {string} value
 */
function input(type, value) {
  const field = document.createElement("input");
  field.type = type;
  field.value = value;
  field.className = "brief";
  field.autocomplete = "off"; // the browser must not remember it either
  return field;
}

/**
 * @param {string} text
 * @param {HTMLElement} field
 */
export function label(text, field) {
  const line = make("label", "", "field");
  line.append(make("span", text), field);
  return line;
}

/**
 * @param {HTMLElement} field
 * @param {() => unknown} run
 */
function onEnter(field, run) {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") run();
  });
}

/**
 * @param {string} id
 * @param {Place} place
 * @returns {Screen}
 */
export function actScreen(id, place) {
  const { guide, story, lang, t, next } = place;
  const act = /** @type {import("./data.d.ts").Act} */ (guide.acts[id]);
  const mark = (/** @type {boolean} */ done) => () => {
    story.done[done ? "add" : "delete"](id);
    next();
  };
  /** @type {HTMLElement[]} */
  const screen = [title(say(act, "title", lang), act.strict ? "alarm" : ""), make("p", say(act, "text", lang))];
  if (act.contact) screen.push(contactCard(act.contact, place));
  if (act.page) screen.push(box("screen-only", webLink(`/${act.page}`, say(act, "link", lang))));
  const done = act.strict ? t("guideUnderstood") : t("guideDone");
  const row = box("row", button(done, mark(true), "button primary"));
  if (!act.strict) row.append(button(t("guideLater"), mark(false), "button quiet"));
  return [...screen, row];
}

/**
 * @param {Place} place
 * @returns {Screen}
 */
export function endScreen({ guide, story, lang, t, go, restart }) {
  const left = chosen(guide, story, "acts").filter((id) => !story.done.has(id));
  const acts = left.map((id) =>
    button(say(/** @type {object} */ (guide.acts[id]), "title", lang), () => go(`act:${id}`)),
  );
  const pieces = chosen(guide, story, "pieces").map((id) => {
    const name = say(/** @type {object} */ (guide.pieces[id]), "name", lang);
    return button(t("guidePieces", name), () => go(`sheet:pieces:${id}`));
  });
  const situation = situationOf(guide, story);
  return [
    title(t("guideEnd")),
    make("p", t("guideFault")),
    ...(left.length ? [make("h2", t("guideLeft")), box("choices", ...acts)] : [make("p", t("guideAllDone"), "done")]),
    make("h2", t("guideSheets")),
    box(
      "choices",
      button(t("guideWho"), () => go("sheet:who")),
      button(t("guideCall"), () => go("sheet:call")),
      ...pieces,
      ...(situation ? [button(t("guideLetter"), () => go("letter:0"))] : []),
      button(t("guideRelative"), () => go("sheet:relative")),
      button(t("guideAll"), () => go("sheet:all")),
    ),
    box("row", button(t("guideAgain"), restart, "button quiet")),
  ];
}
