/**
 * Which pages are covered, and when.
 *
 * Firefox holds the request itself until the answer. Chromium cannot: there the check starts with the request, on every
 * hop, and content/hold.js keeps the page invisible until the answer. In both, an answer that comes late still covers.
 */
import { api, quietly } from "../shared/browser.js";
import { checkable, hostOf } from "../shared/address.js";
import { graver } from "../shared/verdict.js";
import { Present, shownBy } from "./present.js";
import { isBlocked } from "./rules.js";
import { within } from "./within.js";

/** @typedef {import("../shared/wire.d.ts").Outcome} Outcome */

const PATIENCE_MS = 300; // longer, and people would turn the extension off; strict mode waits
const WAKING_PATIENCE_MS = 1_000; // until the relay has started, once after each sleep
const STRICT_PATIENCE_MS = 5_000;
const LATE_MS = 2_000; // then the page counts as not checked until the answer is there
const BLOCKED = /ERR_BLOCKED_BY_CLIENT|NS_ERROR_ABORT/; // Chromium's word, Firefox's word

export class Navigation {
  #present = new Present();
  #parts;

  /**
   * @param {{
   *   state: import("./state.js").SessionState,
   *   checker: import("./checker.js").Checker,
   *   permits: import("./permits.js").Permits,
   *   covering: import("./covering.js").Covering,
   *   daemon: import("../shared/daemon.js").Daemon,
   *   strict: () => boolean,
   *   onSettled: (tabId: number) => void,
   *   onPassed: (tabId: number, url: URL, verdict: import("../shared/wire.d.ts").Verdict) => void,
   *   onShown: (tab: chrome.tabs.Tab, url: URL) => void,
   *   onBar: (tabId: number, url: URL, verdict: import("../shared/wire.d.ts").Verdict) => void,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * A request for a tab's page, each redirect included.
   * @param {number} tabId
   * @param {string} requestId
   * @param {string} address
   * @returns {Promise<"cover" | "pass">} within the patience; covers later all the same
   */
  async request(tabId, requestId, address) {
    const url = checkable(address);
    if (url === null || tabId < 0) return "pass";
    this.#present.requested(tabId, requestId, url);
    const judged = this.#guard(tabId, url);
    if (this.#parts.daemon.state.phase === "unreachable") return "pass";
    const patience = this.isWaking ? WAKING_PATIENCE_MS : PATIENCE_MS;
    return (await within(judged, this.#parts.strict() ? STRICT_PATIENCE_MS : patience)) ?? "pass";
  }

  /** Whether no daemon has answered yet since this worker woke, and none is known to be away. */
  get isWaking() {
    return this.#parts.daemon.state.phase === "connecting";
  }

  /**
   * @param {number} tabId
   * @param {URL} url
   * @returns {Promise<"cover" | "pass">}
   */
  async #guard(tabId, url) {
    const { checker, permits, covering } = this.#parts;
    const checking = checker.check(url.href);
    await permits.ready;
    if (await permits.allows(tabId, hostOf(url))) return "pass";
    const outcome = await checking;
    if (!("verdict" in outcome) || outcome.verdict.level !== "DANGER") return "pass";
    if ((await permits.allows(tabId, hostOf(url), outcome.verdict)) || !(await this.#present.isPresent(tabId, url)))
      return "pass";
    await covering.cover(tabId, url, outcome.verdict);
    return "cover";
  }

  /**
   * The page a tab now shows: remember its level, mark it, cover it if nothing did so before.
   * @param {number} tabId
   * @param {string | undefined} address
   * @param {Outcome} [known] when the answer is already here
   * @returns {Promise<"cover" | "pass">}
   */
  async settle(tabId, address, known) {
    const url = checkable(address);
    if (url === null) return "pass";
    const { checker, permits, covering, state } = this.#parts;
    const checking = known ?? checker.check(url.href);
    await permits.ready;
    if (known === undefined && (await within(/** @type {Promise<Outcome>} */ (checking), LATE_MS)) === null) {
      await this.#late(tabId, url);
    }
    const outcome = await checking;
    if (!(await this.#present.isPresent(tabId, url))) return "pass";
    const before = state.tab(tabId);
    const named = "verdict" in outcome ? outcome.verdict : undefined;
    const shown = shownBy(before, url);
    const verdict = shown && named ? graver(shown.verdict, named) : (named ?? shown?.verdict);
    const permitted = await permits.allows(tabId, hostOf(url), verdict);
    if (shown?.verdict.level === "DANGER" && !permitted) {
      // The warning of it stands already, or is on its way, whatever the page calls itself meanwhile.
      if (await this.#present.isShown(tabId, url)) await covering.cover(tabId, new URL(shown.url), shown.verdict);
      return "cover";
    }
    if (named === undefined && (await this.#wasDanger(tabId, url))) {
      // Where the warning stands already it is left as it is.
      if (await this.#present.isShown(tabId, url)) await covering.cover(tabId, url, before.verdict ?? null);
      return "cover";
    }
    if (verdict?.level === "DANGER" && !permitted) {
      await covering.cover(tabId, url, verdict);
      return "cover";
    }
    // A page that its name alone does not give away may be warned of again, once it is described.
    const isCalm = verdict !== undefined && verdict.level !== "CAUTION" && !before.warned?.endsWith(` ${hostOf(url)}`);
    await state.patch(tabId, {
      url: url.href,
      level: verdict?.level,
      verdict,
      degraded: "degraded" in outcome && verdict === undefined ? outcome.degraded : undefined,
      ...(verdict?.level !== "DANGER" && { good: url.href }),
      ...(before.good && hostOf(new URL(before.good)) !== hostOf(url) && { earlier: before.good }),
      ...(before.left !== url.href && { left: undefined }),
      ...(isCalm && { warned: undefined }),
    });
    this.#parts.onSettled(tabId);
    if (verdict?.level === "CAUTION" && !permitted) await this.#showBar(tabId, url, verdict);
    // A sweep over tabs that were open before is no visit.
    if (named !== undefined && known === undefined) this.#parts.onPassed(tabId, url, named);
    return "pass";
  }

  /**
   * No answer yet: nothing that was said of the page before it may stand for this one.
   * @param {number} tabId
   * @param {URL} url
   */
  async #late(tabId, url) {
    const { state } = this.#parts;
    const before = state.tab(tabId);
    if (before.url === url.href && before.level !== undefined) return;
    if (!(await this.#present.isPresent(tabId, url))) return;
    const verdict = shownBy(before, url)?.verdict;
    const degraded = verdict === undefined ? "timeout" : undefined;
    await state.patch(tabId, { url: url.href, level: verdict?.level, verdict, degraded });
    this.#parts.onSettled(tabId);
  }

  /**
   * @param {number} tabId
   * @param {URL} url
   * @param {import("../shared/wire.d.ts").Verdict} verdict
   */
  async #showBar(tabId, url, verdict) {
    if (this.#parts.state.tab(tabId).barClosed === hostOf(url)) return;
    this.#parts.onBar(tabId, url, verdict);
    await quietly(() => api.scripting.executeScript({ target: { tabId }, files: ["content/ui.js", "content/bar.js"] }));
  }

  /**
   * The page a tab shows was described, and judged by that: cover it, or say more than its name did.
   * @param {number} tabId
   * @param {URL} url what it was called then
   * @param {import("../shared/wire.d.ts").Verdict} verdict
   * @param {{tab?: chrome.tabs.Tab, documentId?: string}} sender
   * @returns {Promise<boolean>} false: nothing came of it, and the page may be described again
   */
  async settlePage(tabId, url, verdict, { tab, documentId }) {
    const { permits, covering, state } = this.#parts;
    if (await permits.allows(tabId, hostOf(url), verdict)) return true;
    if (!(await this.#present.isSpeaking(tabId, url, documentId))) return false;
    const before = state.tab(tabId);
    if (verdict.level === "DANGER") {
      // The last moment at which it can be seen; the covering does not wait. Never once any covering of this tab has
      // begun: what stands there may be our warning.
      const isCovered = before.level === "DANGER";
      if (tab !== undefined && !isCovered) this.#parts.onShown(tab, url);
      // Its name alone had raised no alarm, so it stands among the pages "leave" would go back to.
      const good = before.good && hostOf(new URL(before.good)) !== hostOf(url) ? before.good : before.earlier;
      await state.patch(tabId, { good, page: { url: url.href, verdict } });
      await covering.cover(tabId, url, verdict);
      return true;
    }
    // A calmer description of a page whose warning is on its way takes nothing back.
    if (before.verdict === undefined || before.level === "DANGER") return false;
    if (checkable(before.url)?.origin !== url.origin) return false;
    const graverOne = before.url === url.href ? verdict : graver(verdict, before.verdict);
    await state.patch(tabId, { page: { url: url.href, verdict }, level: graverOne.level, verdict: graverOne });
    this.#parts.onSettled(tabId);
    if (graverOne.level === "CAUTION") await this.#showBar(tabId, url, graverOne);
    return true;
  }

  /**
   * Another document stands in the tab: what the one before it showed is over.
   * @param {number} tabId
   * @param {string} address
   */
  async committed(tabId, address) {
    await this.#parts.state.ready;
    if (this.#parts.state.tab(tabId).page) await this.#parts.state.patch(tabId, { page: undefined });
    return this.settle(tabId, address);
  }

  /**
   * content/hold.js asks whether its page may be seen.
   * @param {chrome.runtime.MessageSender} sender a top-level page, checked by the router
   * @returns {Promise<{show: boolean}>}
   */
  async hold(sender) {
    const tabId = sender.tab?.id ?? -1;
    const url = checkable(sender.url);
    if (url === null) return { show: true };
    if (sender.documentLifecycle === "prerender") {
      // Nobody looks at it yet, and the tab shows another page: answer, cover nothing. It asks again when shown.
      return { show: !(await this.#isWarnedOf(tabId, url, this.#parts.checker.check(url.href))) };
    }
    const checking = this.#parts.checker.check(url.href); // settle shares this question while it is under way
    const settled = this.settle(tabId, url.href);
    if (this.#parts.daemon.state.phase === "unreachable") return { show: !(await this.#wasDanger(tabId, url)) };
    // A page that comes back from memory asks before the tab says that it shows it.
    return { show: (await settled) !== "cover" && !(await this.#isWarnedOf(tabId, url, checking)) };
  }

  /**
   * @param {number} tabId
   * @param {URL} url
   * @param {Promise<Outcome>} checking asked by the caller: what was never answered would be asked again
   */
  async #isWarnedOf(tabId, url, checking) {
    const outcome = await checking;
    await this.#parts.permits.ready;
    if (!("verdict" in outcome)) return this.#wasDanger(tabId, url);
    if (outcome.verdict.level !== "DANGER") return false;
    return !(await this.#parts.permits.allows(tabId, hostOf(url), outcome.verdict));
  }

  /**
   * The last that was known of the page a tab shows, by its name, its content or our own list: no answer is not a
   * better one.
   * @param {number} tabId
   * @param {URL} url
   */
  async #wasDanger(tabId, url) {
    const { permits, state } = this.#parts;
    await state.ready;
    const before = state.tab(tabId);
    if (before.level !== "DANGER" || before.url !== url.href) return false;
    return !(await permits.allows(tabId, hostOf(url), before.verdict));
  }

  /**
   * A request for a page ended in an error: maybe our list's rule refused it, maybe somebody else's.
   * @param {number} tabId
   * @param {string} address
   * @param {string} error the browser's name for it
   */
  async failed(tabId, address, error) {
    const url = checkable(address);
    if (url === null || tabId < 0 || !BLOCKED.test(error)) return;
    const { checker, permits, covering } = this.#parts;
    await permits.ready;
    if (await permits.allows(tabId, hostOf(url))) return;
    const outcome = await within(checker.check(url.href), PATIENCE_MS);
    const verdict =
      outcome !== null && "verdict" in outcome && outcome.verdict.level === "DANGER" ? outcome.verdict : null;
    if (verdict !== null || (await isBlocked(hostOf(url)))) await covering.cover(tabId, url, verdict);
  }

  /** Checks the tabs that were open before us. */
  async sweep() {
    const tabs = await api.tabs.query({});
    const open = tabs.flatMap((tab) => {
      const url = checkable(tab.pendingUrl || tab.url);
      return url === null || tab.id === undefined ? [] : [{ tabId: tab.id, url }];
    });
    for (let start = 0; start < open.length; start += 256) {
      const part = open.slice(start, start + 256);
      const outcomes = await this.#parts.checker.checkAll(part.map(({ url }) => url.href));
      await Promise.all(part.map(({ tabId, url }, index) => this.settle(tabId, url.href, outcomes[index])));
    }
  }

  /** @param {number} tabId */
  forget(tabId) {
    this.#present.forget(tabId);
  }
}
