/** Opened mails: who may ask about them, what the daemon says, and where their links lead. */
import { api, quietly } from "../shared/browser.js";
import { checkable, hostOf } from "../shared/address.js";
import { mailLabels, readMailVerdict } from "../shared/mail.js";
import { guideFor } from "./guide.js";
import { mailReport } from "./report.js";
import { tellTabs } from "./telltabs.js";

/** @typedef {import("../shared/wire.d.ts").MailLink} MailLink */
/** @typedef {import("../shared/wire.d.ts").Verdict} Verdict */
/** @typedef {import("../shared/wire.d.ts").MailOutcome} MailOutcome */
/** @typedef {chrome.runtime.MessageSender} Sender */

const PATIENCE_MS = 5_000;

/**
 * What the warning page needs, out of what was said of a link.
 * @param {MailLink} link
 * @returns {Verdict}
 */
export const verdictOfLink = ({ url, host, registrable_domain, summary, reasons }) => ({
  level: "DANGER",
  url,
  host,
  registrable_domain: registrable_domain ?? "",
  body: null,
  summary,
  reasons,
  list_version: null,
  doubted: false,
  age_would_help: false,
  excepted: false,
  exceptable: false,
});

export class Mail {
  #parts;

  /**
   * @param {{
   *   state: import("./state.js").SessionState,
   *   consents: import("./consents.js").Consents,
   *   checker: import("./checker.js").Checker,
   *   covering: import("./covering.js").Covering,
   *   reports: import("./report.js").Reports,
   *   daemon: import("../shared/daemon.js").Daemon,
   *   language: () => Promise<string>,
   *   translate: () => Promise<import("../shared/i18n.js").Translate>,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * By where the asking document really is, in the browser's word.
   * @param {Sender} sender
   * @returns {Promise<{host: string, webmail: string} | null>} null: nobody agreed to it
   */
  async #mayRead(sender) {
    const url = checkable(sender.url);
    if (url === null) return null;
    const host = hostOf(url);
    const consent = await this.#parts.consents.of(host, sender.tab?.incognito === true);
    return consent?.on === true ? { host, webmail: consent.webmail } : null;
  }

  async #labels() {
    return mailLabels(await this.#parts.translate());
  }

  /**
   * A message was found in a page.
   * @param {number} tabId
   * @param {Sender} sender
   */
  async begin(tabId, sender) {
    const mailFound = await this.#mayRead(sender);
    if (mailFound === null) return null;
    await this.#parts.state.patch(tabId, { mailFound });
    return { labels: await this.#labels() };
  }

  /**
   * @param {any} message
   * @param {number} tabId
   * @param {Sender} sender
   * @returns {Promise<(MailOutcome & {labels: import("../shared/wire.d.ts").MailLabels}) | null>} null: not agreed to
   */
  async check({ page, raw, shown, truncated }, tabId, sender) {
    if (typeof page !== "string" || !(await this.#mayRead(sender))) return null;
    const { daemon, state, language } = this.#parts;
    const question = { ...(typeof raw === "string" && { raw }), shown, truncated: truncated === true };
    const [labels, lang] = await Promise.all([this.#labels(), language()]);
    const reply = await daemon.request("/v1/check/mail", { ...question, lang }, PATIENCE_MS);
    if (!reply.ok) return { degraded: reply.error.code, labels };
    const verdict = readMailVerdict(reply.body);
    if (verdict === null) return { degraded: "bad_answer", labels };
    await state.ready;
    await state.patch(tabId, { mail: { page, verdict } });
    return { verdict, labels };
  }

  /**
   * A message of this page cannot be read. Said of each one, in a webmail that was redesigned, it would be noise.
   * @param {number} tabId
   * @param {Sender} sender
   * @returns {Promise<boolean>} whether to say so: once, until the tab shows another host
   */
  async cannotRead(tabId, sender) {
    const found = await this.#mayRead(sender);
    if (found === null) return false;
    const { state } = this.#parts;
    await state.ready;
    const top = checkable(sender.tab?.url);
    const host = top === null ? found.host : hostOf(top); // in a frame, too: it is the tab that leaves
    if (state.tab(tabId).cannotRead === host) return false;
    await state.patch(tabId, { cannotRead: host });
    return true;
  }

  /**
   * The message is no longer shown, or its document is gone.
   * @param {number} tabId
   * @param {string} page only if it is the one that spoke last
   */
  async gone(tabId, page) {
    const { state } = this.#parts;
    await state.ready;
    const { mail } = state.tab(tabId);
    if (mail?.page === page) await state.patch(tabId, { mail: undefined });
  }

  /**
   * A dangerous link was clicked: the warning page opens in a tab of its own, so that the mail stays.
   * @param {number} tabId
   * @param {any} message
   * @param {Sender} sender
   * @returns {Promise<boolean>}
   */
  async open(tabId, { page, url: address }, sender) {
    const { state, checker, covering } = this.#parts;
    await state.ready;
    const { mail } = state.tab(tabId);
    const links = mail?.page === page ? (mail?.verdict.links ?? []) : [];
    const link = links.find((one) => one.level === "DANGER" && one.url === address);
    const url = checkable(link?.url);
    if (link === undefined || url === null || !(await this.#mayRead(sender))) return false;
    const outcome = await checker.check(url.href);
    const own = "verdict" in outcome && outcome.verdict.level === "DANGER" ? outcome.verdict : null;
    const where = { url: "about:blank", openerTabId: tabId, windowId: /** @type {number} */ (sender.tab?.windowId) };
    const tab = await quietly(() => api.tabs.create(where));
    if (tab?.id === undefined) return false;
    await state.patch(tab.id, { back: tabId });
    await covering.cover(tab.id, url, own ?? verdictOfLink(link));
    return true;
  }

  /**
   * Another page stands in the tab.
   * @param {number} tabId
   * @param {string} address
   */
  async left(tabId, address) {
    const { state } = this.#parts;
    await state.ready;
    const { mail, mailFound, cannotRead } = state.tab(tabId);
    if (mail ?? mailFound) await state.patch(tabId, { mail: undefined, mailFound: undefined });
    const url = checkable(address);
    if (cannotRead && (url === null || hostOf(url) !== cannotRead)) await state.patch(tabId, { cannotRead: undefined });
  }

  /** The daemon answers again: messages that nobody could judge meanwhile are looked at once more. */
  async again() {
    const { state } = this.#parts;
    await state.ready;
    await tellTabs({ type: "mail.again" }, ({ id = -1 }) => state.tab(id).mailFound !== undefined);
  }

  /**
   * What was said of the mail that is open, where the person agreed that it is read.
   * @param {number} tabId
   * @param {any} message
   * @param {Sender} sender
   */
  async #openMail(tabId, { page }, sender) {
    const { state } = this.#parts;
    await state.ready;
    const { mail } = state.tab(tabId);
    return mail !== undefined && mail.page === page && (await this.#mayRead(sender)) ? mail.verdict : null;
  }

  /**
   * @param {number} tabId
   * @param {any} message
   * @param {Sender} sender
   */
  async report(tabId, message, sender) {
    const { reports } = this.#parts;
    await reports.once(tabId, async () => {
      if ((await this.#openMail(tabId, message, sender)) !== null) await reports.open(mailReport(message), sender.tab);
    });
  }

  /**
   * The guide, at what this kind of mail calls for. It is not web-accessible: only we can open it.
   * @param {number} tabId
   * @param {any} message
   * @param {Sender} sender
   */
  async guide(tabId, message, sender) {
    const verdict = await this.#openMail(tabId, message, sender);
    if (verdict === null) return;
    const url = await guideFor(verdict.script?.id, this.#parts.daemon);
    const windowId = sender.tab?.windowId;
    await quietly(() => api.tabs.create({ url, ...(windowId !== undefined && { windowId }) }));
  }
}
