/** The reports that were sent, the latest first. */
import { box, make } from "../../shared/page.js";
import { caseParts, sentReceipts, stateLine } from "../report/case.js";
import { bullets, fold, foreign, foreignBrief, line, LINE, repaint } from "../report/elements.js";
import { cut } from "../report/words.js";

/** @typedef {import("../../shared/wire-report.d.ts").CaseReply} CaseReply */
/** @typedef {import("../report/place.d.ts").Kept} Kept */

/**
 * @param {CaseReply} one
 * @param {Kept["t"]} t
 */
function summary(one, t) {
  const states = sentReceipts(one).map((receipt) => stateLine(receipt, t));
  const forms = one.receipts.filter(({ kind, state }) => kind === "form" && state !== "retracted").length;
  if (forms > 0) states.push(t(forms === 1 ? "reportsForm" : "reportsForms", String(forms)));
  if (one.watch !== null && one.watch.state !== "off") states.push(one.watch.text);
  return bullets(states);
}

/**
 * @param {CaseReply} first
 * @param {Kept} place of this case alone
 * @returns {{card: HTMLElement, show: (now: CaseReply) => void}} `show` says anew what became of it, in the same card
 */
export function caseCard(first, place) {
  const { t, words } = place;
  let one = first;
  const card = make("article", "", "case");
  card.id = `case-${one.case}`;
  card.dataset["case"] = one.case;
  const head = make("h3", "");
  head.id = `head-${one.case}`;
  head.tabIndex = -1;
  const [short, look] = [cut(one.title, LINE), one.url === null ? "" : "address"];
  head.append(foreign(short ?? one.title, look));
  card.setAttribute("aria-labelledby", head.id);
  const about = make("p", t("reportsSentAt", one.kind_label, words.moment(one.sent_at)), "soft");
  let brief = summary(one, t);
  const inside = box("inside");
  const details = fold(`details-${one.case}`, t("reportsDetails"), inside);
  details.className = "all";
  // Built when it is looked at: fifty reports have a thousand lines.
  details.addEventListener("toggle", () => {
    if (!details.open) inside.replaceChildren();
    else if (inside.childElementCount === 0) inside.replaceChildren(...detailParts(one, place));
  });
  card.append(head);
  if (short !== null) card.append(fold(`title-${one.case}`, t("reportWhole"), foreign(one.title, look)));
  card.append(about, brief, details);
  const show = (/** @type {CaseReply} */ now) => {
    one = now;
    const next = summary(one, t);
    brief.replaceWith(next);
    brief = next;
    if (details.open) repaint(inside, detailParts(one, place));
  };
  return { card, show };
}

/**
 * @param {CaseReply} one
 * @param {Kept} place
 */
function detailParts(one, place) {
  const { t, words } = place;
  /** @type {HTMLElement[]} */
  const parts = [line(t("reportsFoundAt", words.moment(one.found_at)))];
  if (one.url !== null) {
    parts.push(make("p", t("reportAddressSent"), "soft"), foreignBrief(`url-${one.case}`, one.url, t, "address"));
  }
  if (one.campaign !== null) parts.push(line(one.campaign.text));
  return [...parts, ...caseParts(one, place)];
}

/**
 * How many are shown of how many.
 * @param {number} shown
 * @param {number} total
 * @param {Kept["t"]} t
 */
export const countLine = (shown, total, t) =>
  total === 1 ? t("reportsOne") : t(shown < total ? "reportsSome" : "reportsAll", String(total), String(shown));
