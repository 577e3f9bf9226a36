/**
 * The page on which a mail can be dropped asks here. What it sends came from a person's disk and goes no further, unless
 * they report it.
 */
import { readMailVerdict } from "../shared/mail.js";
import { mailReport } from "./report.js";

const PAGE = ["pages/mail/mail.html"];
/** A message of full size is read, unpacked and judged; nobody's page waits for it. */
const DEADLINE_MS = 30_000;

/**
 * @param {{
 *   daemon: import("../shared/daemon.js").Daemon,
 *   language: () => Promise<string>,
 *   reports: import("./report.js").Reports,
 * }} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function mailFileRoutes({ daemon, language, reports }) {
  /**
   * @param {any} message
   * @returns {Promise<import("../shared/wire.d.ts").MailOutcome>}
   */
  async function judge({ raw, truncated, shown }) {
    const asked = typeof raw === "string" ? { raw, truncated: truncated === true } : { shown };
    const reply = await daemon.request("/v1/check/mail", { ...asked, lang: await language() }, DEADLINE_MS);
    if (!reply.ok) return { degraded: reply.error.code };
    const verdict = readMailVerdict(reply.body);
    return verdict ? { verdict } : { degraded: "bad_answer" };
  }

  return {
    "mail.file": { from: PAGE, run: ({ message }) => judge(message) },
    "mail.fileReport": {
      from: PAGE,
      run: ({ message, sender, tabId }) => reports.once(tabId, () => reports.open(mailReport(message), sender.tab)),
    },
  };
}
