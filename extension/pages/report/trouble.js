/** What went wrong, in words a person can act on. */
import { make } from "../../shared/page.js";
import { daemonReason } from "../../shared/reasons.js";
import { box, button, foreign, line, title } from "./elements.js";

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
  nothing_queued: "reportTooLate",
  too_busy: "reportBusy",
  timeout: "reportBusy",
  daemon_timeout: "reportBusy",
};

/** Codes that mean that nobody answers. */
const AWAY = [
  "not_installed",
  "forbidden",
  "stopped",
  "silent",
  "daemon_unreachable",
  "daemon_start_failed",
  "daemon_start_timeout",
];

/**
 * @param {string | null} code null: the background does not answer
 * @param {Translate} t
 */
export function sentence(code, t) {
  if (code === null) return t("reportAway");
  if (AWAY.includes(code)) return daemonReason(code, t);
  const known = Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  return known ? t(known) : t("reportOtherTrouble", code);
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
    const copy = button("copy-address", t("reportCopyAddress"), async () => {
      await navigator.clipboard.writeText(address);
      copy.textContent = t("reportCopied");
      say(t("reportCopiedWhat", t("reportAddress")));
    });
    parts.push(box("paste", make("p", t("reportAddressKept")), foreign(address, "address"), copy));
  }
  return parts;
}
