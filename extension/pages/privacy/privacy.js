/** What never leaves this computer, what may, and what did. */
import { language, localise } from "../../shared/i18n.js";
import { ask, box, button, byId, make } from "../../shared/page.js";
import { daemonReason } from "../../shared/reasons.js";
import { readSettings } from "../../shared/storage.js";
import { sure } from "../options/sure.js";
import { daysOf } from "./log.js";

/** @typedef {import("../../shared/wire-privacy.d.ts").EgressReply} EgressReply */
/** @typedef {{ok: true, body: EgressReply} | {ok: false, code: string} | null} Answer null: the background is gone */
/** @typedef {import("./log.js").Day} Day */

const MOST = 500; // as many lines as the daemon tells

const lang = await language();
const t = localise(document, lang);
document.title = `${t("privacyTitle")} — Guetteur`;

/**
 * @param {Day} day
 * @param {number} index
 */
function dayPart({ day, lines }, index) {
  const part = make("details", "", "day");
  part.open = index === 0;
  const list = document.createElement("ul");
  for (const { at, time, text } of lines) {
    const line = document.createElement("li");
    const when = make("time", time);
    when.dateTime = at; // "14 h 02" is no time to a machine
    line.append(when, make("span", text, "what"));
    list.append(line);
  }
  part.append(make("summary", day), list);
  return part;
}

/** @param {EgressReply} reply */
function logParts({ entries, kept_days: days, complete }) {
  if (entries.length === 0 && complete) return [make("p", t("privacyNothing"), "lead")];
  const partial = complete ? [] : [make("p", t("privacyPartial"), "note")];
  const clear = button(t("privacyClear"), () => check.ask(t("privacyClearAsk")), "button quiet");
  const check = sure({ yes: t("sureYes"), no: t("sureNo") }, forget, () => clear.focus());
  return [
    make("p", t("privacyLogKept", String(days)), "soft"),
    ...partial,
    ...(entries.length >= MOST ? [make("p", t("privacyMost", String(MOST)), "soft")] : []),
    ...daysOf(entries, t, lang).map(dayPart),
    box("clear", clear),
    check.root,
  ];
}

/** @param {Answer} answer */
function show(answer) {
  const log = byId("log", HTMLElement);
  if (answer?.ok) log.replaceChildren(...logParts(answer.body));
  else {
    const why = make("p", `${t("privacyAway")} ${daemonReason(answer?.code ?? "stopped", t)}`, "note");
    log.replaceChildren(why, button(t("popupRetry"), retry, "button primary"));
  }
  log.setAttribute("aria-busy", "false");
}

async function renew() {
  show(await ask("privacy.log"));
}

async function retry() {
  await renew();
  byId("log-title", HTMLElement).focus(); // where the button was, focus would be lost
}

async function forget() {
  /** @type {Answer} */
  const answer = await ask("privacy.clear");
  const refused = answer?.ok === false && answer.code === "not_cleared"; // all of it is still there
  byId("said", HTMLElement).textContent = answer?.ok ? t("privacyCleared") : refused ? t("notDeleted") : "";
  if (refused) await renew();
  else show(answer);
  byId("log-title", HTMLElement).focus(); // where the button was, focus would be lost
}

byId("age", HTMLElement).textContent = t((await readSettings()).ageLookups ? "privacyAgeOn" : "privacyAgeOff");
await renew();
document.body.dataset["ready"] = "true";
