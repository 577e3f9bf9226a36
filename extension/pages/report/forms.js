/** What only the person can send: a form to open, with every text ready to paste. */
import { box, make, webLink } from "../../shared/page.js";
import { fits } from "./choice.js";
import { bullets, copyButton, fold, foreignBrief, line } from "./elements.js";

/** @typedef {import("../../shared/wire-report.d.ts").Recipient} Recipient */
/** @typedef {import("../../shared/wire-report.d.ts").FieldReply} FieldReply */
/** @typedef {import("./place.d.ts").Place} Place */

/**
 * @typedef {object} Form
 * @property {string} key makes its ids
 * @property {string} name
 * @property {string[]} about sentences
 * @property {FieldReply[]} fields
 * @property {string} link
 * @property {import("../../shared/wire-report.d.ts").QuestionReply[]} questions
 * @property {string[]} pieces
 * @property {() => void} opened
 */

/**
 * Only what a browser or a mail program opens.
 * @param {string} link
 */
export function openable(link) {
  if (!URL.canParse(link)) return null;
  return ["https:", "http:", "mailto:"].includes(new URL(link).protocol) ? link : null;
}

/**
 * @param {Form} form
 * @param {Place} place
 * @param {string} [className]
 */
function opener(form, { t }, className = "button") {
  const href = openable(form.link);
  if (href === null) return null;
  const isMail = href.startsWith("mailto:");
  const link = webLink(href, isMail ? t("reportWrite") : t("reportOpen", form.name), className);
  link.id = `open-${form.key}`;
  if (isMail) link.removeAttribute("target");
  else link.setAttribute("aria-describedby", "new-tab");
  link.addEventListener("click", form.opened);
  return link;
}

/**
 * @param {string} id
 * @param {FieldReply} field
 * @param {Place} place
 */
function pasteField(id, { label, value }, place) {
  const { t } = place;
  const copy = copyButton(id, t("reportCopy"), { value, label }, place);
  copy.setAttribute("aria-describedby", `${id}-label`);
  const name = make("p", label, "label");
  name.id = `${id}-label`;
  return box("paste", name, foreignBrief(`${id}-whole`, value, t, "pasted"), copy);
}

/**
 * @param {Form} form
 * @param {Place & {answers: Map<string, boolean>}} place
 * @param {(fit: boolean) => void} settled
 */
function questionList(form, { t, answers }, settled) {
  const fit = () => fits(form.key, form.questions.length, answers);
  const groups = form.questions.map(({ text, otherwise }, at) => {
    const key = `${form.key}-${at}`;
    const group = make("fieldset", "", "question");
    const advice = make("p", answers.get(key) === false ? otherwise : "", "advice");
    advice.setAttribute("role", "status");
    group.append(make("legend", text));
    for (const yes of [true, false]) {
      const radio = document.createElement("input");
      radio.type = "radio";
      radio.name = `question-${key}`;
      radio.id = `question-${key}-${yes ? "yes" : "no"}`;
      radio.checked = answers.get(key) === yes;
      radio.addEventListener("change", () => {
        answers.set(key, yes);
        advice.textContent = yes ? "" : otherwise;
        settled(fit());
      });
      const label = make("label", "", "tick");
      label.append(radio, make("span", t(yes ? "reportYes" : "reportNo")));
      group.append(label);
    }
    group.append(advice);
    return group;
  });
  settled(fit());
  return groups;
}

/**
 * @param {Form} form
 * @param {Place & {answers: Map<string, boolean>}} place
 * @param {{level: "h3" | "h5", main?: boolean}} look `main`: it is what the page asks for
 */
export function formCard(form, place, { level, main = false }) {
  const { t } = place;
  const card = box("form");
  card.setAttribute("role", "group");
  const head = make(level, form.name);
  head.id = `form-${form.key}`;
  card.setAttribute("aria-labelledby", head.id);
  const texts = form.fields
    .filter(({ value }) => value !== "")
    .map((field, at) => pasteField(`copy-${form.key}-${at}`, field, place));
  const link = opener(form, place, main ? "button primary" : "button");
  const send = box("send-it", ...(link ? [link] : []));
  const settled = (/** @type {boolean} */ fit) => {
    send.hidden = !fit;
  };
  const asked = questionList(form, place, settled);
  card.append(head, ...form.about.map((text) => line(text)));
  if (asked.length > 0) card.append(fold(`asks-${form.key}`, t("reportAsks", String(asked.length)), ...asked));
  if (form.pieces.length > 0) {
    card.append(fold(`pieces-${form.key}`, t("reportPieces", String(form.pieces.length)), bullets(form.pieces)));
  }
  if (texts.length > 0) {
    const paste = fold(`paste-${form.key}`, t("reportPaste", String(texts.length)), ...texts);
    paste.open = main;
    send.append(paste);
  }
  card.append(send);
  return card;
}
