/** One report that was sent: what became of it at each place, and what can still be done. */
import { box, make } from "../../shared/page.js";
import { bundlePart } from "./bundle.js";
import { alertLine, bullets, button, fold, foreign, line, names, tick } from "./elements.js";
import { formCard } from "./forms.js";

/** @typedef {import("../../shared/wire-report.d.ts").CaseReply} CaseReply */
/** @typedef {import("../../shared/wire-report.d.ts").ReceiptReply} ReceiptReply */
/** @typedef {import("./place.d.ts").Kept} Kept */

/** On the way: nobody has it yet. */
const UNDER_WAY = ["queued", "sending"];
const TAKEN = ["sent", "accepted", "known", "gone"];

/** @param {CaseReply} one */
export const sentReceipts = ({ receipts }) => receipts.filter(({ kind }) => kind !== "form");

/**
 * What became of it at one place; many a sentence names the place itself.
 * @param {Pick<ReceiptReply, "name" | "text">} receipt
 * @param {import("../../shared/i18n.js").Translate} t
 */
export const stateLine = ({ name, text }, t) => (text.includes(name) ? text : `${t("reportStateOf", name)} ${text}`);

/**
 * @param {CaseReply} one
 * @returns {"forms" | "sent" | "waiting" | "retracted" | "failed"}
 */
export function outcome(one) {
  const states = sentReceipts(one).map(({ state }) => state);
  if (states.length === 0) return "forms";
  if (states.some((state) => TAKEN.includes(state))) return "sent";
  if (states.some((state) => UNDER_WAY.includes(state))) return "waiting";
  return states.every((state) => state === "retracted") ? "retracted" : "failed";
}

/**
 * Whether it may read otherwise later without anybody's doing: a place that accepted a report goes on looking at it.
 * @param {Pick<CaseReply, "watch"> & {receipts: Pick<ReceiptReply, "kind" | "state">[]}} one
 */
export const mayChange = ({ receipts, watch }) =>
  receipts.some(({ kind, state }) => kind !== "form" && [...UNDER_WAY, "accepted"].includes(state)) ||
  (watch !== null && watch.on && watch.state !== "closed");

/**
 * @param {ReceiptReply} receipt
 * @param {string} caseId
 * @param {Kept} place
 * @param {HTMLElement} wrong
 */
function receiptLine(receipt, caseId, place, wrong) {
  const { t, words } = place;
  const key = `${caseId}-${receipt.channel}`;
  const item = box("receipt");
  item.dataset["channel"] = receipt.channel;
  item.dataset["state"] = receipt.state;
  const state = make("p", "", "state");
  state.append(make("span", stateLine(receipt, t)));
  item.append(state);
  const details = [words.moment(receipt.at)];
  if (receipt.wait_until !== null) details.push(t("reportNextTry", words.moment(receipt.wait_until)));
  const about = make("p", details.filter(Boolean).join(" · "), "soft");
  if (receipt.reference && !receipt.text.includes(receipt.reference))
    about.append(" · ", t("reportNumber"), " ", foreign(receipt.reference));
  item.append(about);
  if (receipt.retractable) {
    const back = button(
      `retract-${key}`,
      t("reportRetract"),
      async () => {
        wrong.textContent = await place.act("report.retract", { case: caseId, channel: receipt.channel });
      },
      "button quiet",
    );
    back.setAttribute("aria-label", t("reportRetractFrom", receipt.name));
    item.append(back);
  }
  if (receipt.steps.length > 1) {
    const steps = receipt.steps.map(({ at, text }) => t("reportStep", words.moment(at), text));
    item.append(fold(`steps-${key}`, t("reportSteps"), bullets(steps)));
  }
  return item;
}

/**
 * @param {CaseReply} one
 * @param {Kept} place
 */
function formsPart(one, place) {
  const { t, level } = place;
  const forms = one.receipts.filter(({ kind, state }) => kind === "form" && state !== "retracted");
  if (forms.length === 0) return [];
  const cards = [];
  for (const { channel, name, fields, link } of forms) {
    const opened = () => void place.act("report.handOver", { case: one.case, channel }); // it opens all the same
    const key = `${one.case}-${channel}`;
    const form = { key, name, about: [], fields, link, questions: [], pieces: [], opened };
    cards.push(formCard(form, { ...place, answers: new Map() }, { level: level === "h2" ? "h3" : "h5" }));
  }
  const how = line(t("reportFormsWhy"));
  if (outcome(one) === "forms") return [make(level, t("reportFormsLeft")), how, ...cards];
  return [fold(`forms-${one.case}`, t("reportFormsToo", names(forms)), how, ...cards)];
}

/**
 * @param {CaseReply} one
 * @param {Kept} place
 * @param {HTMLElement} wrong
 */
function watchPart({ case: id, watch }, { t, words, level, act }, wrong) {
  if (watch === null) return [];
  /** @type {HTMLElement[]} */
  const parts = [make(level, t("reportWatchTitle"))];
  if (watch.state !== "off") parts.push(make("p", watch.text, "watched"));
  if (watch.checked_at !== null) parts.push(make("p", t("reportWatchLast", words.moment(watch.checked_at)), "soft"));
  if (watch.state === "closed" && !watch.on) return parts;
  parts.push(
    tick(`watch-${id}`, t("reportWatch"), watch.on, async (on) => {
      wrong.textContent = await act("report.watch", { case: id, on });
      const box = document.getElementById(`watch-${id}`);
      if (wrong.textContent && box instanceof HTMLInputElement) box.checked = !on;
    }),
    make("p", t("reportWatchHow"), "soft"),
  );
  return parts;
}

/**
 * @param {CaseReply} one
 * @param {Kept} place
 */
export function caseParts(one, place) {
  const wrong = alertLine(`wrong-${one.case}`);
  // Made once: what it says while the file is read must outlast a change of the receipts.
  if (one.bundle !== null) place.evidence ??= bundlePart(one, place);
  const receipts = sentReceipts(one).map((receipt) => receiptLine(receipt, one.case, place, wrong));
  return [
    ...(receipts.length > 0 ? [bullets(receipts, "plain receipts")] : []),
    wrong,
    ...formsPart(one, place),
    ...watchPart(one, place, wrong),
    ...(place.evidence ? [place.evidence] : []),
  ];
}
