/**
 * Reports between the click on "report" and the sending. The report page opens at once; meanwhile the daemon gets the
 * evidence, piece by piece. Nothing leaves the machine here: the daemon sends, and only what the person then agrees to.
 *
 * Evidence lies in memory until the daemon has it. What a report is about is kept through the worker's naps, so that a
 * new worker can begin it again, without a picture, and say so.
 */
import { api, isFirefox, quietly } from "../shared/browser.js";

/** @typedef {import("../shared/wire.d.ts").Reply} Reply */
/** @typedef {import("../shared/wire.d.ts").ReportBegin} ReportBegin */
/** @typedef {"screenshot" | "html" | "mail"} Name */
/** @typedef {Partial<Record<Name, Promise<string | null> | string | null>>} Evidence base64 */
/** @typedef {{ok: true, case: string} | {ok: false, error: import("../shared/wire.d.ts").WireError}} Begun */
/** @typedef {{evidence: Evidence | null, begun: Promise<Begun> | null}} Live */
/** @typedef {{begin: ReportBegin, evidence: Evidence, partial?: boolean}} Told partial: some of it was left out */

export const REPORT_PAGE = "pages/report/report.html";
const PIECE = 655_360; // characters of base64: 480 KiB, so that a frame stays below 1 MiB
const MOST_PIECES = 64;
const MOST_LIVE = 4;
const DEADLINE_MS = 10_000;
const LOOKUP_MS = 15_000;
/** A computer that is busy starts a daemon in some seconds; that it cannot be started is known at once. */
export const AWAKE_MS = 5_000;
const GONE = "report_unknown";
const REFUSED = /^evidence_|^invalid_base64$/;
const BROWSERS = ["Edg", "OPR", "Thunderbird", "Firefox", "Chrome"]; // the more telling names first

/** @param {string} agent */
export function browserOf(agent) {
  for (const name of BROWSERS) {
    const found = new RegExp(`\\b${name}/([\\d.]+)`).exec(agent);
    if (found) return `${name} ${found[1]}`;
  }
  return "";
}

/** @param {string} code */
const failed = (code) => ({ ok: /** @type {const} */ (false), error: { code, message: "", hint: "" } });

/**
 * An answer as our pages get it: they have words of their own for each code.
 * @param {Reply | Begun} reply
 * @returns {{ok: true, body: unknown} | {ok: false, code: string}}
 */
export const told = (reply) =>
  reply.ok ? { ok: true, body: "body" in reply ? reply.body : null } : { ok: false, code: reply.error.code };

/**
 * A report of a mail: its raw message as evidence, what is shown of it beside that or in its place.
 * @param {any} message
 * @returns {Told}
 */
export const mailReport = ({ raw, shown, truncated }) => ({
  begin: { what: "mail", ...(shown !== null && typeof shown === "object" && { shown }) },
  evidence: typeof raw === "string" ? { mail: raw } : {},
  partial: truncated === true,
});

/** 128 bits: nobody guesses the number of somebody else's report. */
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Reports {
  #agent;
  #daemon;
  #language;
  #state;
  /** @type {Map<string, Live>} */ #live = new Map();
  /** Tabs in which a report begins. @type {Set<number>} */ #beginning = new Set();

  /**
   * @param {{
   *   agent: string,
   *   daemon: Pick<import("../shared/daemon.js").Daemon, "request" | "awake">,
   *   language: () => Promise<string>,
   *   state: Pick<import("./state.js").SessionState, "ready" | "report" | "keepReport" | "reports">,
   * }} parts
   */
  constructor({ agent, daemon, language, state }) {
    this.#agent = agent;
    this.#daemon = daemon;
    this.#language = language;
    this.#state = state;
    void this.#tidy();
  }

  /**
   * One report of a tab at a time: whoever presses again while its page opens gets that one.
   * @param {number} tabId
   * @param {() => Promise<void>} begin
   */
  async once(tabId, begin) {
    if (this.#beginning.has(tabId)) return;
    this.#beginning.add(tabId);
    try {
      await begin();
    } finally {
      this.#beginning.delete(tabId);
    }
  }

  /**
   * Begins a report and opens its page.
   * @param {Told} told
   * @param {Partial<chrome.tabs.Tab>} [tab] where the person was
   * @param {Promise<unknown> | null} [first] what the page waits for; the daemon loads what it needs meanwhile
   */
  async open({ begin, evidence, partial = false }, tab = {}, first = null) {
    await this.#state.ready;
    const id = newId();
    this.#live.set(id, { evidence, begun: null });
    for (const [oldest, live] of this.#live) {
      if (this.#live.size <= MOST_LIVE) break;
      live.evidence = null;
      this.#live.delete(oldest);
    }
    const draft = { begin, partial, private: tab.incognito === true };
    await this.#state.keepReport(id, draft);
    void this.#begun(id);
    if (first !== null) await first;
    const where = { url: `${api.runtime.getURL(REPORT_PAGE)}#${id}` };
    const near = tab.windowId === undefined ? {} : { windowId: tab.windowId, openerTabId: tab.id };
    const opened = await quietly(() => api.tabs.create(/** @type {any} */ ({ ...where, ...near })));
    // A window without tabs (a message of its own): any other, but a private page stays among private ones.
    const shown = opened ?? (draft.private ? undefined : await quietly(() => api.tabs.create(where)));
    const [now, page] = [this.#state.report(id), shown?.id];
    if (page === undefined || now === undefined) return this.#forget(id);
    await this.#state.keepReport(id, { ...now, page });
    // Closed before it was known whose page it is: nobody told us.
    if ((await quietly(() => api.tabs.get(page))) === undefined) await this.#forget(id);
  }

  /**
   * @param {string} id
   * @param {{kind?: unknown, exact?: unknown, lookups?: unknown}} choices
   */
  async preview(id, { kind, exact, lookups }) {
    await this.#state.ready;
    const draft = this.#state.report(id);
    if (draft === undefined) return told(failed(GONE));
    if (draft.sent) return { ...told(failed("report_sent")), case: draft.case };
    const address = draft.begin.url ?? ""; // so that it can be kept by hand
    for (let tries = 0; ; tries++) {
      const begun = await this.#begun(id);
      if (!begun.ok) return { ...told(begun), address };
      const asked = {
        case: begun.case,
        lang: await this.#language(),
        ...(typeof kind === "string" && { kind }),
        exact: exact === true,
        lookups: lookups === true && !draft.private, // what is asked is noted on the disk
      };
      const reply = await this.#ask("preview", asked, lookups ? LOOKUP_MS : DEADLINE_MS);
      if (!reply.ok && reply.error.code === GONE && tries === 0) {
        await this.#beginAgain(id); // the daemon was started anew
        continue;
      }
      if (!reply.ok) return { ...told(reply), address };
      const now = this.#state.report(id);
      return { ok: true, preview: reply.body, private: draft.private, partial: now?.partial === true };
    }
  }

  /**
   * @param {string} id
   * @param {{channels?: unknown, again?: unknown, watch?: unknown}} choices
   */
  async send(id, { channels, again, watch }) {
    const number = await this.caseOf(id);
    if (number === null) return told(failed(GONE));
    const asked = { case: number, channels, again: again === true, watch: watch === true };
    const reply = await this.#ask("send", { ...asked, lang: await this.#language() }, LOOKUP_MS);
    const draft = this.#state.report(id);
    if (reply.ok && draft) await this.#state.keepReport(id, { ...draft, sent: true });
    return told(reply);
  }

  /**
   * The daemon's number of a report that was previewed.
   * @param {unknown} id
   * @returns {Promise<string | null>}
   */
  async caseOf(id) {
    await this.#state.ready;
    return (typeof id === "string" && this.#state.report(id)?.case) || null;
  }

  /**
   * Its page was closed: nothing of it is kept.
   * @param {number} tabId
   */
  async tabClosed(tabId) {
    await this.#state.ready;
    for (const [id, { page }] of this.#state.reports()) {
      if (page === tabId) await this.#forget(id);
    }
  }

  /** @param {string} id */
  async #forget(id) {
    const live = this.#live.get(id);
    if (live) live.evidence = null;
    this.#live.delete(id);
    await this.#state.keepReport(id, undefined);
  }

  /** What an earlier worker kept for pages that are gone. */
  async #tidy() {
    await this.#state.ready;
    for (const [id, { page, private: isPrivate }] of [...this.#state.reports()]) {
      // Both halves of a split (private) Chromium share what is kept, and each sees its own tabs alone.
      if (!isFirefox() && isPrivate !== api.extension.inIncognitoContext) continue;
      const tab = page === undefined ? undefined : await quietly(() => api.tabs.get(page));
      if (tab === undefined) await this.#forget(id);
    }
  }

  /**
   * One beginning, however many ask for it; after a failure the next one tries again.
   * @param {string} id
   * @returns {Promise<Begun>}
   */
  async #begun(id) {
    const live = this.#live.get(id) ?? { evidence: null, begun: null };
    this.#live.set(id, live);
    const begun = (live.begun ??= this.#begin(id, live));
    const answer = await begun;
    if (!answer.ok && live.begun === begun) live.begun = null;
    return answer;
  }

  /** @param {string} id */
  async #beginAgain(id) {
    const live = this.#live.get(id);
    if (live) live.begun = null;
    const draft = this.#state.report(id);
    if (draft) await this.#state.keepReport(id, { ...draft, case: undefined });
  }

  /**
   * @param {string} id
   * @param {Live} live
   * @returns {Promise<Begun>}
   */
  async #begin(id, live) {
    const draft = this.#state.report(id);
    if (draft === undefined) return failed(GONE);
    if (draft.case !== undefined) return { ok: true, case: draft.case };
    const about = { ...draft.begin, browser: browserOf(this.#agent), lang: await this.#language() };
    const reply = await this.#ask("begin", about, DEADLINE_MS);
    if (!reply.ok) return reply;
    const number = /** @type {any} */ (reply.body)?.case;
    if (typeof number !== "string") return failed("bad_answer");
    let partial = draft.partial === true || live.evidence === null;
    for (const [name, coming] of Object.entries(live.evidence ?? {})) {
      const data = await coming;
      const taken = data ? await this.#hand(number, name, data) : failed("evidence_missing");
      if (!taken.ok && !REFUSED.test(taken.error.code)) return taken;
      partial ||= !taken.ok;
    }
    live.evidence = null; // the daemon has it
    const now = this.#state.report(id);
    if (now) await this.#state.keepReport(id, { ...now, case: number, partial });
    return { ok: true, case: number };
  }

  /**
   * @param {string} number
   * @param {string} name
   * @param {string} data
   * @returns {Promise<Reply>} of the last piece, or the first that failed
   */
  async #hand(number, name, data) {
    const parts = Math.ceil(data.length / PIECE);
    if (parts > MOST_PIECES) return failed("evidence_too_large");
    /** @type {Reply} */
    let reply = failed("bad_answer");
    for (let part = 0; part < parts; part++) {
      const piece = { case: number, name, part, parts, data: data.slice(part * PIECE, (part + 1) * PIECE) };
      reply = await this.#ask("evidence", piece, DEADLINE_MS);
      if (!reply.ok) break;
    }
    return reply;
  }

  /**
   * Whoever presses "try again" does not wait for the next attempt of its own accord.
   * @param {"begin" | "evidence" | "preview" | "send"} call
   * @param {object} body
   * @param {number} ms
   * @returns {Promise<Reply>}
   */
  async #ask(call, body, ms) {
    await this.#daemon.awake(AWAKE_MS);
    return this.#daemon.request(`/v1/report/${call}`, body, ms);
  }
}
