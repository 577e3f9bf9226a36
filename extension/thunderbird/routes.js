/** What the display script and the popup of Thunderbird may ask. */
import { mailLabels, readMailVerdict } from "../shared/mail.js";
import { guideFor } from "../background/guide.js";
import { mailReport } from "../background/report.js";
import "../content/mail-size.js";

/** @type {any} */
const size = /** @type {any} */ (globalThis).guetteurMailSize;

/** @typedef {import("../shared/wire.d.ts").MailOutcome} MailOutcome */
/** @typedef {import("../shared/wire.d.ts").MailSeen} MailSeen */

const MESSAGE = ["content"];
const POPUP = ["thunderbird/status.html"];
const DEADLINE_MS = 10_000;

/**
 * `messenger` is the MailExtension API, of which no types are installed.
 * @param {{
 *   messenger: any,
 *   daemon: import("../shared/daemon.js").Daemon,
 *   reports: import("../background/report.js").Reports,
 *   language: () => Promise<string>,
 *   translate: () => Promise<import("../shared/i18n.js").Translate>,
 * }} parts
 * @returns {Record<string, import("../background/router.js").Route>}
 */
export function makeRoutes({ messenger, daemon, reports, language, translate }) {
  /**
   * The one message a tab shows; null when it shows none, or several.
   * @param {number} tabId
   */
  async function displayed(tabId) {
    try {
      const { messages } = await messenger.messageDisplay.getDisplayedMessages(tabId);
      return messages.length === 1 ? messages[0] : null;
    } catch {
      return null; // a tab that shows no mail at all
    }
  }

  /**
   * The message as it came, or its beginning; null when it is not on this computer (offline, headers only).
   * @param {any} header
   * @param {number} most bytes
   * @returns {Promise<{raw: string, truncated: boolean} | null>} base64
   */
  async function rawOf({ id }, most) {
    try {
      /** @type {File} */
      const file = await messenger.messages.getRaw(id);
      const bytes = await file.slice(0, most + 1).arrayBuffer(); // one more, so that "cut" is known
      return bytes.byteLength > 0 ? size.encode(bytes, most) : null;
    } catch {
      return null;
    }
  }

  /**
   * @param {any} header
   * @param {Partial<MailSeen>} shown what its document shows
   * @returns {Promise<MailSeen>}
   */
  async function seen(header, shown) {
    const [author] = await messenger.messengerUtilities.parseMailboxString(header.author);
    return {
      from_name: (author?.name ?? "").slice(0, 1_000),
      from_address: (author?.email ?? "").slice(0, 1_000),
      reply_to: [],
      to: [],
      subject: String(header.subject ?? "").slice(0, 1_000),
      text: String(shown.text ?? ""),
      links: Array.isArray(shown.links) ? shown.links : [],
      attachments: [],
      signed_by: "",
      mailed_by: "",
      unverified: false,
    };
  }

  /**
   * @param {number} tabId
   * @param {Partial<MailSeen> | null} shown null: whoever asks does not show the links
   * @returns {Promise<MailOutcome | null>} null: no message is open
   */
  async function judge(tabId, shown) {
    const header = await displayed(tabId);
    try {
      return header && (await ask(header, shown));
    } catch {
      return { degraded: "failed" }; // the message went away meanwhile; silence would say that all is well
    }
  }

  /**
   * @param {any} header
   * @param {Partial<MailSeen> | null} shown
   * @returns {Promise<MailOutcome>}
   */
  async function ask(header, shown) {
    const raw = await rawOf(header, size.MOST_RAW);
    const question = { ...raw, ...(shown || !raw ? { shown: await seen(header, shown ?? {}) } : {}) };
    const reply = await daemon.request("/v1/check/mail", { ...question, lang: await language() }, DEADLINE_MS);
    if (!reply.ok) return { degraded: reply.error.code };
    const verdict = readMailVerdict(reply.body);
    return verdict ? { verdict } : { degraded: "bad_answer" };
  }

  /**
   * @param {number} tabId
   * @param {any} shown
   */
  async function check(tabId, shown) {
    const t = await translate();
    const texts = {
      title: t("tbLinkTitle"),
      leads: t("tbLinkLeads"),
      calm: t("tbLinkCalm"),
      risk: t("tbLinkRisk"),
      stay: t("tbLinkStay"),
      open: t("tbLinkOpen"),
    };
    return { outcome: await judge(tabId, shown ?? {}), labels: mailLabels(t), texts };
  }

  /** @param {unknown} url */
  async function open(url) {
    if (typeof url !== "string" || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return;
    await messenger.windows.openDefaultBrowser(url);
  }

  /**
   * @param {number} tabId
   * @param {any} shown
   * @param {chrome.tabs.Tab | undefined} tab
   */
  async function report(tabId, shown, tab) {
    const header = await displayed(tabId);
    if (header === null) return;
    const raw = await rawOf(header, size.MOST_WHOLE);
    await reports.open(mailReport({ ...raw, shown: await seen(header, shown ?? {}) }), tab);
  }

  /** @param {unknown} script */
  const guide = async (script) => messenger.tabs.create({ url: await guideFor(script, daemon) });

  return {
    "tb.check": { from: MESSAGE, run: ({ message, tabId }) => check(tabId, message.shown) },
    "tb.open": { from: MESSAGE, run: ({ message }) => open(message.url) },
    "tb.report": {
      from: MESSAGE,
      run: ({ message, tabId, sender }) => reports.once(tabId, () => report(tabId, message.shown, sender.tab)),
    },
    "tb.guide": { from: MESSAGE, run: ({ message }) => guide(message.script) },
    "tb.status": {
      from: POPUP,
      run: async ({ message }) => {
        const outcome = await judge(Number(message.tabId), null);
        const status = await daemon.request("/v1/status", null, 2_000);
        return { daemon: daemon.state, status: status.ok ? status.body : null, outcome };
      },
    },
    "tb.retry": { from: POPUP, run: () => daemon.retry() },
  };
}
