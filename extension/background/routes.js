/** What the pages and content scripts may ask, and who may ask it. */
import { api, quietly } from "../shared/browser.js";
import { checkable, hostOf } from "../shared/address.js";
import { language } from "../shared/i18n.js";
import { readSettings } from "../shared/storage.js";
import { WARNING_PAGE } from "./covering.js";
import { exceptions } from "./exceptions.js";
import { letterRoutes } from "./letter.js";
import { mailFileRoutes } from "./mailfile.js";
import { privacyRoutes } from "./privacyroutes.js";
import { channelRoutes, reportRoutes } from "./reportroutes.js";
import { reportStart } from "./reportstart.js";

const WARNING = [WARNING_PAGE];
const RENEWAL_MS = 600_000;
const POPUP = ["pages/popup/popup.html"];
const OPTIONS = ["pages/options/options.html"];
const CONTENT = ["content"];

/**
 * @param {{
 *   state: import("./state.js").SessionState,
 *   permits: import("./permits.js").Permits,
 *   covering: import("./covering.js").Covering,
 *   navigation: import("./navigation.js").Navigation,
 *   pages: import("./pages.js").Pages,
 *   checker: import("./checker.js").Checker,
 *   daemon: import("../shared/daemon.js").Daemon,
 *   trail: import("./trail.js").Trail,
 *   capture: import("./capture.js").Capture,
 *   reports: import("./report.js").Reports,
 *   translate: () => Promise<import("../shared/i18n.js").Translate>,
 * }} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function makeRoutes(parts) {
  const { state, permits, covering, navigation, pages, checker, daemon, reports, translate } = parts;
  /** @param {number} tabId */
  const home = (tabId) => covering.goHome(tabId);

  /** @param {number} tabId */
  async function popup(tabId) {
    const status = await daemon.request("/v1/status", null, 2_000);
    // Only now: within that time the tab may have gone elsewhere.
    const tab = await quietly(() => api.tabs.get(tabId));
    const known = state.tab(tabId);
    const onWarning = tab?.url === api.runtime.getURL(WARNING_PAGE);
    const covered = onWarning ? known.cover : undefined;
    // Between "I know this site" and the page itself the warning still stands there.
    const url = checkable(covered?.url ?? (onWarning ? known.url : tab?.url));
    const judged = known.url === url?.href ? known : {};
    const verdict = covered ? covered.verdict : (judged.verdict ?? null);
    const isPaused = url !== null && (await permits.isPausedIn(tabId, hostOf(url)));
    return {
      // Who has not answered just now protects nobody, whatever was known before.
      daemon: status.ok ? daemon.state : { phase: "unreachable", reason: daemon.state.reason || status.error.code },
      status: status.ok ? status.body : null,
      host: url === null ? null : hostOf(url),
      url: url?.href ?? null,
      covered: covered !== undefined,
      level: covered ? "DANGER" : (judged.level ?? null),
      degraded: judged.degraded ?? null,
      verdict,
      paused: isPaused || verdict?.excepted === true,
      pausable: verdict?.exceptable === true,
      isPrivate: tab?.incognito === true,
    };
  }

  /** @param {number} tabId */
  async function bar(tabId) {
    const { verdict } = state.tab(tabId);
    if (verdict?.level !== "CAUTION") return null;
    const t = await translate();
    return {
      label: t("barLabel"),
      sentence: verdict.summary || t("barSentence"),
      home: verdict.body?.home_host ? t("barHome") : null,
      homeHost: verdict.body?.home_host ?? null,
      why: t("barWhy"),
      report: t("mailReport"),
      close: t("barClose"),
      reasons: verdict.reasons.map((reason) => reason.text),
    };
  }

  /**
   * @param {string} host
   * @param {boolean} on
   * @param {boolean} isPrivate a private window leaves nothing on disk; what is there already may go
   * @returns {Promise<{done: boolean, kept: boolean}>}
   */
  async function except(host, on, isPrivate) {
    const session = on ? isPrivate : permits.isPaused(host);
    if (session) await permits.pausePrivately(host, on);
    const answer = on && isPrivate ? null : await exceptions(daemon, on ? "add" : "remove", host);
    checker.forget();
    return { done: session || answer !== null, kept: answer?.kept ?? true };
  }

  /** @param {any} message */
  async function pause({ tabId, host, on }) {
    if (typeof host !== "string" || host === "") return null;
    const tab = await quietly(() => api.tabs.get(tabId));
    const result = await except(host, on === true, tab?.incognito === true);
    if (!result.done) return result;
    const { cover } = state.tab(tabId);
    // What the page showed was judged before the person spoke.
    await state.patch(tabId, { page: undefined });
    if (on && cover?.host === host && tab?.url === api.runtime.getURL(WARNING_PAGE)) {
      const outcome = await checker.check(cover.url);
      const verdict = "verdict" in outcome ? outcome.verdict : undefined;
      await state.patch(tabId, { cover: undefined, url: cover.url, level: verdict?.level, verdict });
      await quietly(() => api.tabs.update(tabId, { url: cover.url }));
    } else if (on) void quietly(() => api.tabs.sendMessage(tabId, { type: "bar.gone" })); // a page that hangs never answers
    // Other tabs may show the site too, and the popup shows what is true now.
    await quietly(() => navigation.sweep());
    return result;
  }

  return {
    ...mailFileRoutes({ daemon, language, reports }),
    ...reportRoutes({ daemon, language, reports }),
    ...channelRoutes({ daemon, language }),
    ...reportStart(parts),
    ...letterRoutes({ daemon }),
    ...privacyRoutes({ daemon }),
    "hold.ask": { from: CONTENT, run: ({ sender }) => navigation.hold(sender) },
    "hold.waking": { from: CONTENT, run: () => navigation.isWaking },
    "page.begin": { from: CONTENT, run: ({ tabId, sender }) => pages.begin(tabId, sender.url) },
    "page.seen": {
      from: CONTENT,
      run: ({ message, tabId, sender }) => pages.seen(tabId, sender, message.page),
    },
    "bar.data": { from: CONTENT, run: ({ tabId }) => bar(tabId) },
    "bar.home": { from: CONTENT, run: ({ tabId }) => home(tabId) },
    "bar.close": {
      from: CONTENT,
      run: ({ tabId, sender }) => {
        const url = checkable(sender.url);
        return url && state.patch(tabId, { barClosed: hostOf(url) });
      },
    },
    "warning.get": { from: WARNING, run: ({ tabId }) => state.tab(tabId).cover ?? null },
    "warning.home": { from: WARNING, run: ({ tabId }) => home(tabId) },
    "warning.leave": { from: WARNING, run: ({ tabId }) => covering.leave(tabId) },
    "warning.proceed": { from: WARNING, run: ({ tabId }) => covering.proceed(tabId) },
    "popup.get": { from: POPUP, run: ({ message }) => popup(Number(message.tabId)) },
    "popup.pause": { from: POPUP, run: ({ message }) => pause(message) },
    "popup.retry": { from: POPUP, run: () => daemon.retry() },
    "popup.renew": { from: POPUP, run: async () => (await daemon.request("/v1/lists/sync", {}, RENEWAL_MS)).ok },
    "options.get": {
      from: OPTIONS,
      run: async () => {
        const status = await daemon.request("/v1/status", null, 2_000);
        return { settings: await readSettings(), daemon: daemon.state, status: status.ok ? status.body : null };
      },
    },
    "options.exceptions": { from: OPTIONS, run: () => exceptions(daemon, "list") },
    "options.except": {
      from: OPTIONS,
      run: async ({ message, sender }) => {
        const result = await except(String(message.host), message.on === true, sender.tab?.incognito === true);
        if (result.done) await quietly(() => navigation.sweep());
        return result;
      },
    },
  };
}
