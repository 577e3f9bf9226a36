/** Sheets to read out, to print, to hand to somebody. */
import { box, button, make, title, webLink } from "../../shared/page.js";
import { contactCard } from "./contacts.js";
import { callSheet, piecesOf, say } from "./facts.js";
import { chosen, situationOf } from "./flow.js";

/** @typedef {import("./guide.js").Place} Place */
/** @typedef {import("./screens.js").Screen} Screen */

/**
 * @param {string[]} texts
 * @param {"ul" | "ol"} [kind]
 */
function list(texts, kind = "ul") {
  const one = document.createElement(kind);
  one.append(...texts.map((text) => make("li", text)));
  return one;
}

/**
 * @param {string} name `who`, `call`, `relative`, `pieces:thesee`, `all`
 * @param {Place} place
 * @returns {Screen}
 */
export function sheetScreen(name, place) {
  const { t, guide, story } = place;
  const print = box(
    "row",
    button(t("guidePrint"), () => window.print(), "button primary"),
  );
  if (name !== "all") return [...sheet(name, place), print];
  const places = chosen(guide, story, "pieces").map((id) => `pieces:${id}`);
  const sheets = ["acts", "who", "call", ...places, "relative"].map((one) => {
    const [head, ...rest] = sheet(one, place);
    const text = head instanceof HTMLElement ? (head.textContent ?? "") : "";
    return box("sheet", make("h2", text), ...rest);
  });
  return [title(t("guideAllTitle")), print, ...sheets];
}

/**
 * @param {string} name
 * @param {Place} place
 * @returns {Screen}
 */
function sheet(name, place) {
  const [kind, id] = name.split(":");
  if (kind === "pieces") return piecesSheet(id ?? "", place);
  if (kind === "who") return whoSheet(place);
  if (kind === "call") return callScreen(place);
  if (kind === "acts") return actsSheet(place);
  return relativeSheet(place);
}

/** @param {Place} place @returns {Screen} */
function actsSheet(place) {
  return [title(place.t("guideActs")), actList(place)];
}

/** @param {Place} place */
function actList({ guide, story, lang, t }) {
  const acts = chosen(guide, story, "acts").map((id) => {
    const act = /** @type {import("./data.d.ts").Act} */ (guide.acts[id]);
    const mark = story.done.has(id) && !act.strict ? ` (${t("guideIsDone")})` : "";
    return `${say(act, "title", lang)}${mark}. ${say(act, "text", lang)}`;
  });
  return list(acts, "ol");
}

/** @param {Place} place @returns {Screen} */
function whoSheet(place) {
  const ids = chosen(place.guide, place.story, "contacts");
  return [title(place.t("guideWho")), ...ids.map((id) => contactCard(id, place))];
}

/** @param {Place} place @returns {Screen} */
function callScreen(place) {
  const { guide, story, lang, t } = place;
  const situation = situationOf(guide, story);
  const facts = make("dl", "", "facts");
  const add = (/** @type {string} */ term, /** @type {string} */ value) => {
    const detail = make("dd", value);
    if (!value) detail.append(make("span", "", "blank"));
    facts.append(make("dt", term), detail);
  };
  add(t("guideCallWhat"), situation ? say(situation, "call", lang) : "");
  for (const { label, value } of callSheet(guide, story, lang)) add(label, value);
  const done = chosen(guide, story, "acts").filter((id) => story.done.has(id) && !guide.acts[id]?.strict);
  if (done.length) {
    const said = done.map((id) => say(/** @type {object} */ (guide.acts[id]), "told", lang));
    add(t("guideCallDone"), said.join(", "));
  }
  add(t("guideCallAsk"), situation ? say(situation, "ask", lang) : "");
  add(t("guideCallNote"), "");
  return [title(t("guideCall")), make("p", t("guideCallLead")), facts];
}

/**
 * @param {string} id
 * @param {Place} place
 * @returns {Screen}
 */
function piecesSheet(id, place) {
  const { guide, story, lang, t, have } = place;
  const where = /** @type {import("./data.d.ts").Place} */ (guide.pieces[id]);
  const pieces = piecesOf(guide, story, id, lang);
  const status = make("p", "", "state");
  status.setAttribute("role", "status");
  const count = () => {
    const missing = pieces.filter((piece) => !piece.value && !have.has(`${id}:${piece.id}`)).length;
    status.textContent = missing ? t("guideMissing", String(missing), String(pieces.length)) : t("guideNoneMissing");
  };
  const group = make("fieldset", "", "choices");
  group.append(make("legend", t("guideHave"), "soft"));
  for (const piece of pieces) {
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.checked = piece.value !== "" || have.has(`${id}:${piece.id}`);
    tick.addEventListener("change", () => {
      have[tick.checked ? "add" : "delete"](`${id}:${piece.id}`);
      if (piece.value) tick.checked = true; // it is written beside it
      count();
    });
    const line = make("label", "", "tick");
    line.append(tick, piece.value ? t("guidePieceIs", piece.label, piece.value) : piece.label);
    group.append(line);
  }
  count();
  const link = make("p", "", "screen-only");
  link.append(webLink(where.url, t("guideOpenSite", new URL(where.url).host)));
  const unsure = where.checked === false ? [make("p", t("guideUnsureList"), "soft")] : [];
  return [
    title(say(where, "name", lang)),
    make("p", say(where, "text", lang)),
    status,
    group,
    ...unsure,
    make("p", say(where, "note", lang)),
    link,
  ];
}

/** @param {Place} place @returns {Screen} */
function relativeSheet(place) {
  const { guide, lang, t } = place;
  const { sheet: texts } = guide.relative;
  return [
    title(t("guideRelative")),
    make("p", say(texts, "lead", lang)),
    make("h2", t("guideDo")),
    list(say(texts, "do", lang)),
    make("h2", t("guideDont")),
    list(say(texts, "dont", lang)),
    make("h2", t("guideActs")),
    actList(place),
  ];
}
