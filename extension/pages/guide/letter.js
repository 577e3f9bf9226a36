/** The complaint letter: five short screens, all of them optional, then a PDF made on this computer. */
import { ask, box, button, make, title } from "../../shared/page.js";
import { bundleAnnexes, sha256 } from "./bundle.js";
import { letterStart } from "./facts.js";
import { label } from "./screens.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */
/** @typedef {import("./guide.js").Place} Place */
/** @typedef {import("./screens.js").Screen} Screen */
/** @typedef {import("./bundle.js").Annex} Annex */
/** @typedef {{values: Record<string, string>, annexes: Annex[]}} Letter */
/** @typedef {[name: string, text: Key, kind?: "text" | "lines"]} Field */

const MOST = { line: 300, text: 20_000, note: 2_000, lines: 30, annexes: 100, file: 256 * 1024 * 1024 };
/** Half an emoji, left by a cut: no JSON. */
const HALF = /\p{Surrogate}/gu;

/** @type {{title: Key, fields: Field[]}[]} */
const PARTS = [
  {
    title: "guideLetterYou",
    fields: [
      ["name", "guideLetterName"],
      ["born_on", "guideLetterBornOn"],
      ["born_in", "guideLetterBornIn"],
      ["nationality", "guideLetterNationality"],
      ["occupation", "guideLetterOccupation"],
      ["address", "guideLetterAddress"],
      ["phone", "guideLetterPhone"],
      ["email", "guideLetterEmail"],
    ],
  },
  {
    title: "guideLetterFacts",
    fields: [
      ["account", "guideLetterAccount", "text"],
      ["happened_on", "guideLetterDate"],
      ["happened_in", "guideLetterPlace"],
    ],
  },
  {
    title: "guideLetterWhoDid",
    fields: [
      ["author", "guideLetterAuthor"],
      ["author_traces", "guideLetterTraces", "text"],
      ["witnesses", "guideLetterWitnesses", "lines"],
    ],
  },
  {
    title: "guideLetterDamage",
    fields: [
      ["amount", "guideLetterAmount"],
      ["damage", "guideLetterLost", "text"],
      ["proofs", "guideLetterProofs", "lines"],
    ],
  },
  {
    title: "guideLetterLast",
    fields: [
      ["court", "guideLetterCourt"],
      ["written_in", "guideLetterWritten"],
    ],
  },
];

/** @returns {Letter} */
export const newLetter = () => ({ values: {}, annexes: [] });

/**
 * What is asked of the daemon: nothing that was left blank, nothing longer than it takes.
 * @param {Letter} letter
 */
export function letterAnswers({ values }) {
  /** @type {Record<string, string | string[] | boolean>} */
  const answers = {};
  const cut = (/** @type {string} */ text, /** @type {number} */ most) => text.slice(0, most).replace(HALF, "");
  for (const [name, , kind] of [.../** @type {Field[]} */ (PARTS.flatMap(({ fields }) => fields)), ["offence"]]) {
    const value = (values[String(name)] ?? "").trim();
    if (!value) continue;
    const most = name === "account" ? MOST.text : kind === "text" ? MOST.note : MOST.line;
    const lines = value.split("\n").filter((line) => line.trim());
    answers[String(name)] =
      kind === "lines" ? lines.slice(0, MOST.lines).map((line) => cut(line, MOST.line)) : cut(value, most);
  }
  if (values["civil_party"]) answers["civil_party"] = values["civil_party"] === "yes";
  return answers;
}

/**
 * @param {number} part
 * @param {Place} place
 * @returns {Screen}
 */
export function letterScreen(part, place) {
  const { t, letter, go } = place;
  for (const [name, value] of Object.entries(letterStart(place.guide, place.story))) letter.values[name] ??= value;
  const { title: head, fields } = PARTS[part] ?? /** @type {typeof PARTS[0]} */ (PARTS[0]);
  const last = part === PARTS.length - 1;
  /** @type {HTMLElement[]} */
  const screen = [
    title(t(head)),
    make("p", t("guideLetterPart", String(part + 1), String(PARTS.length)), "soft"),
    make("p", t("guideLetterBlank")),
    ...fields.map((field) => fieldOf(field, place)),
  ];
  if (head === "guideLetterDamage") screen.push(...annexPart(place));
  if (!last) {
    const on = button(t("guideContinue"), () => go(`letter:${part + 1}`), "button primary");
    return [...screen, box("row", on)];
  }
  return [...screen, civilParty(place), ...finish(place)];
}

/**
 * @param {Field} field
 * @param {Place} place
 */
function fieldOf([name, text, kind], { t, letter }) {
  const field = document.createElement(kind ? "textarea" : "input");
  if (field instanceof HTMLTextAreaElement) field.rows = name === "account" ? 9 : 3;
  field.maxLength = name === "account" ? MOST.text : kind ? MOST.note : MOST.line;
  field.name = name;
  field.autocomplete = "off"; // the browser must not remember it either
  field.value = letter.values[name] ?? "";
  field.addEventListener("input", () => {
    letter.values[name] = field.value;
  });
  return label(t(text), field);
}

/** @param {Place} place */
function civilParty({ t, letter }) {
  const group = make("fieldset", "", "choices");
  group.append(make("legend", t("guideLetterCivil")));
  /** @type {[string, Key][]} */
  const choices = [
    ["yes", "guideYes"],
    ["no", "guideNo"],
    ["", "guideLetterUndecided"],
  ];
  for (const [value, text] of choices) {
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "civil_party";
    radio.checked = (letter.values["civil_party"] ?? "") === value;
    radio.addEventListener("change", () => {
      letter.values["civil_party"] = value;
    });
    const line = make("label", "", "tick");
    line.append(radio, t(text));
    group.append(line);
  }
  return group;
}

/** @param {Place} place @returns {HTMLElement[]} */
function annexPart({ t, letter }) {
  const field = document.createElement("input");
  field.type = "file";
  field.multiple = true;
  const list = document.createElement("ul");
  const status = make("p", "", "status");
  status.setAttribute("role", "status");
  const show = () => list.replaceChildren(...letter.annexes.map(({ name }) => make("li", name, "address")));
  field.addEventListener("change", async () => {
    const files = [...(field.files ?? [])];
    const found = await Promise.all(files.map(annexesOf));
    field.value = "";
    const added = found.flatMap((one) => (Array.isArray(one) ? one : []));
    const room = MOST.annexes - letter.annexes.length;
    letter.annexes.push(...added.slice(0, room));
    if (found.includes("altered")) status.textContent = t("guideLetterAltered");
    else if (found.includes("large") || added.length > room) status.textContent = t("guideLetterTooBig");
    else status.textContent = t("guideLetterAdded", String(letter.annexes.length));
    show();
  });
  show();
  const help = make("p", t("guideLetterBundle"), "soft");
  help.id = "annexes-help";
  field.setAttribute("aria-describedby", help.id);
  return [label(t("guideLetterAnnexes"), field), help, status, list];
}

/**
 * Names and hashes: the file itself goes nowhere. Of a sealed report also what it holds.
 * @param {File} file
 * @returns {Promise<Annex[] | "large" | "altered">}
 */
async function annexesOf(file) {
  if (file.size > MOST.file) return "large";
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const name = file.name.slice(0, MOST.line).replace(HALF, "");
    return (await bundleAnnexes(name, bytes)) ?? [{ name, sha256: await sha256(bytes), note: "" }];
  } catch {
    return []; // gone, or not readable
  }
}

/** @param {Place} place @returns {HTMLElement[]} */
function finish({ t, letter, go }) {
  const status = make("p", "", "status");
  status.setAttribute("role", "status");
  const result = make("p", "", "number");
  const write = async () => {
    result.replaceChildren();
    status.textContent = t("guideLetterWriting");
    const reply = await ask("letter.write", { answers: letterAnswers(letter), annexes: letter.annexes });
    if (typeof reply?.pdf !== "string") {
      status.textContent = t("guideLetterAway");
      return;
    }
    const bytes = Uint8Array.from(atob(reply.pdf), (char) => char.charCodeAt(0));
    const link = make("a", t("guideLetterSave"), "button primary");
    link.id = "save-letter";
    link.href = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    link.download = String(reply.name);
    result.append(link);
    status.textContent = t("guideLetterReady");
    link.focus();
  };
  return [
    box(
      "row",
      button(t("guideLetterWrite"), write, "button primary"),
      button(t("guideBackToEnd"), () => go("end"), "button quiet"),
    ),
    status,
    result,
  ];
}
