/** What went wrong, in words a person can act on. */
import { box, make, title } from "../../shared/page.js";
import { daemonReason, isAway } from "../../shared/reasons.js";
import { button, copyButton, foreign, line } from "./elements.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */
/** @typedef {import("../../shared/i18n.js").Translate} Translate */

/** @type {Record<string, Key>} */
const SENTENCES = {
  report_unknown: "reportUnknown",
  credential_invalid: "reportEmailWrong",
  credentials_unwritable: "reportNotKept",
  credentials_unreadable: "reportNotKept",
  bundle_unwritable: "reportNoRoom",
  outbox_unwritable: "reportNoRoom",
  outbox_unreadable: "reportFileUnreadable",
  outbox_newer: "reportFileNewer",
  nothing_queued: "reportTooLate",
  too_busy: "reportBusy",
  timeout: "reportBusy",
  daemon_timeout: "reportBusy",
};

/**
 * @param {string | null} code null: the background does not answer
 * @param {Translate} t
 */
export function sentence(code, t) {
  if (code === null) return t("reportAway");
  const known = Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  if (known) return t(known);
  return isAway(code) ? daemonReason(code, t) : t("reportOtherTrouble", code);
}

/**
 * @param {string | null} code
 * @param {string} address what was to be reported, or empty
 * @param {{t: Translate, say: (text: string) => void, retry: () => void}} place
 */
export function troubleParts(code, address, { t, say, retry }) {
  const unknown = code === "report_unknown";
  const parts = [title(t(unknown ? "reportUnknownTitle" : "reportTroubleTitle")), line(sentence(code, t))];
  if (!unknown) parts.push(line("", button("retry", t("popupRetry"), retry, "button primary")));
  if (address) {
    const what = { value: address, label: t("reportAddress") };
    const copy = copyButton("copy-address", t("reportCopyAddress"), what, { t, say });
    parts.push(box("paste", make("p", t("reportAddressKept")), foreign(address, "address"), copy));
  }
  return parts;
}
