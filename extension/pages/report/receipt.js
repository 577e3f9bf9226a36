/** After sending, on the same page. */
import { ask, make, title, webLink } from "../../shared/page.js";
import { caseParts, outcome, sentReceipts, stateLine } from "./case.js";
import { bullets, foreignBrief, line } from "./elements.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */
/** @typedef {import("../../shared/wire-report.d.ts").CaseReply} CaseReply */
/** @typedef {import("./place.d.ts").Kept} Kept */

/** @type {Record<ReturnType<typeof outcome>, [Key, Key]>} title and first sentence */
const HEADS = {
  sent: ["reportSent", "reportSentLead"],
  waiting: ["reportWaiting", "reportWaitingLead"],
  failed: ["reportFailed", "reportFailedLead"],
  retracted: ["reportRetracted", "reportRetractedLead"],
  forms: ["reportPrepared", "reportPreparedLead"],
};

/**
 * @param {CaseReply} one
 * @param {Kept} place
 */
export function receiptParts(one, place) {
  const { t } = place;
  const [head, lead] = HEADS[outcome(one)];
  const links = [
    webLink("/pages/guide/guide.html", t("reportGuide")),
    webLink("/pages/reports/reports.html", t("reportAll")),
  ];
  return [
    title(t(head)),
    foreignBrief("reported", one.title, t, "address"),
    line(t(lead)),
    ...caseParts(one, place),
    ...(one.campaign === null ? [] : [line(one.campaign.text)]),
    make("h2", t("reportNext")),
    bullets(links),
  ];
}

/**
 * What changed at which place, to be read out.
 * @param {CaseReply} before
 * @param {CaseReply} after
 * @param {import("../../shared/i18n.js").Translate} t
 */
export function news(before, after, t) {
  const told = new Map(sentReceipts(before).map(({ channel, text }) => [channel, text]));
  const changed = sentReceipts(after).filter(({ channel, text }) => told.get(channel) !== text);
  const sentences = changed.map((receipt) => stateLine(receipt, t));
  if (after.watch !== null && after.watch.text !== before.watch?.text) sentences.push(after.watch.text);
  return sentences.join(" ");
}

/**
 * @param {string} id
 * @returns {Promise<{one: CaseReply} | {code: string | null}>} code null: the background is gone
 */
export async function readCase(id) {
  const answer = await ask("report.receipts", { case: id });
  if (answer === null || answer.ok !== true) return { code: answer?.code ?? null };
  const one = answer.body.cases.find((/** @type {CaseReply} */ each) => each.case === id);
  return one ? { one } : { code: "report_unknown" };
}
