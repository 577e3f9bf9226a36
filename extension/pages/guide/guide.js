/** The guide for after the fact. It asks nobody, keeps nothing, and works with the network cable pulled. */
import { language, localise } from "../../shared/i18n.js";
import { byId } from "../../shared/page.js";
import { phoneLink, refresh } from "./contacts.js";
import { guide } from "./data.js";
import { say } from "./facts.js";
import { again, newStory, readHash, situationOf, steps, strict } from "./flow.js";
import { letterScreen, newLetter } from "./letter.js";
import { actScreen, endScreen, questionScreen, startScreen } from "./screens.js";
import { sheetScreen } from "./sheets.js";

/**
 * @typedef {object} Place what a screen is built from
 * @property {import("./data.d.ts").Guide} guide
 * @property {import("./flow.js").Story} story
 * @property {import("./letter.js").Letter} letter
 * @property {Set<string>} have pieces the person ticked
 * @property {import("../../shared/i18n.js").Lang} lang
 * @property {import("../../shared/i18n.js").Translate} t
 * @property {(situation: string) => void} choose
 * @property {() => void} next
 * @property {(step: string) => void} go
 * @property {() => void} restart
 */

const REFRESH_MS = 30_000;

const lang = await language();
const t = localise(document, lang);
const screen = byId("screen", HTMLElement);

/** @type {Place} */
const place = {
  guide,
  story: readHash(location.hash, guide),
  letter: newLetter(),
  have: new Set(),
  lang,
  t,
  choose,
  next,
  go,
  restart,
};
/** Where the person has been; the browser's own "back" walks it too. */
let trail = ["start"];
let at = 0;

/** @param {string} situation */
function choose(situation) {
  if (place.story.situation !== situation) {
    // Who tells of a second scam has met one before; who only corrects a slip has not.
    const told = trail.some((step) => step === "end" || step.startsWith("act:"));
    place.story = told ? again(place.story) : newStory(place.story.earlier);
    place.letter = newLetter();
  }
  place.story.situation = situation;
  next();
}

function next() {
  const all = steps(guide, place.story);
  go(all[all.indexOf(/** @type {any} */ (trail[at])) + 1] ?? "end");
}

/** @param {string} step */
function go(step) {
  trail = [...trail.slice(0, at + 1), step];
  at += 1;
  history.pushState({ at }, "");
  show();
}

function restart() {
  place.story = again(place.story);
  place.letter = newLetter();
  place.have.clear();
  go("start");
}

/** @param {string} step */
function build(step) {
  const id = step.slice(step.indexOf(":") + 1);
  if (step.startsWith("question:")) return questionScreen(id, place);
  if (step.startsWith("act:")) return actScreen(id, place);
  if (step.startsWith("sheet:")) return sheetScreen(id, place);
  if (step.startsWith("letter:")) return letterScreen(Number(id), place);
  return step === "end" ? endScreen(place) : startScreen(place);
}

/**
 * Counts questions and acts apart: a long way to go would frighten, and the answers change it.
 * @param {string} step
 */
function showProgress(step) {
  const [kind] = step.split(":");
  const alike = steps(guide, place.story).filter((one) => one.startsWith(`${kind}:`));
  const done = alike.indexOf(/** @type {any} */ (step)) + 1;
  byId("progress", HTMLElement).hidden = done === 0;
  if (done === 0) return;
  const text = kind === "act" ? "guideAct" : "guideStep";
  byId("step", HTMLElement).textContent = t(text, String(done), String(alike.length));
  const bar = byId("bar", HTMLProgressElement);
  bar.max = alike.length;
  bar.value = done;
}

/** @param {string} step */
function showWarnings(step) {
  const situation = situationOf(guide, place.story);
  const grave = situation !== null && step !== "start" && strict(guide, place.story);
  byId("strict", HTMLElement).hidden = !grave;
  if (grave) {
    byId("strict-title", HTMLElement).textContent = say(situation, "strict_title", lang);
    byId("strict-text", HTMLElement).textContent = say(situation, "strict", lang);
  }
  const urgent = situation !== null && step.startsWith("question:") && !grave;
  byId("urgent", HTMLElement).hidden = !urgent;
  if (!urgent) return;
  byId("urgent-text", HTMLElement).textContent = say(situation, "urgent", lang);
  const contact = guide.contacts[situation.urgent_contact ?? ""];
  byId("urgent-call", HTMLElement).replaceChildren(...(contact?.phone ? [phoneLink(contact.phone)] : []));
}

function show() {
  const step = trail[at] ?? "start";
  document.body.dataset["step"] = step;
  byId("back", HTMLElement).hidden = at === 0;
  showProgress(step);
  showWarnings(step);
  screen.replaceChildren(...build(step));
  scrollTo(0, 0);
  const head = screen.querySelector("h1");
  // Read out with the question it stands above.
  if (!byId("urgent", HTMLElement).hidden) head?.setAttribute("aria-describedby", "urgent-text urgent-call");
  else if (!byId("strict", HTMLElement).hidden) head?.setAttribute("aria-describedby", "strict-title strict-text");
  head?.focus({ preventScroll: true });
}

byId("back", HTMLButtonElement).addEventListener("click", () => history.back());
window.addEventListener("popstate", ({ state }) => {
  at = Math.min(Number(state?.at ?? 0), trail.length - 1);
  show();
});
setInterval(() => refresh(screen, place), REFRESH_MS);

history.replaceState({ at: 0 }, "");
if (place.story.situation) next();
else show();
document.body.dataset["ready"] = "true";
