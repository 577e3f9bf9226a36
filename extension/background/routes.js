/** What the pages and content scripts may ask, and who may ask it. */
import { api, quietly } from "../shared/browser.js";
import { checkable, hostOf } from "../shared/address.js";
import { readSettings } from "../shared/storage.js";
import { WARNING_PAGE } from "./covering.js";

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
 *   daemon: import("../shared/daemon.js").Daemon,
 *   translate: () => Promise<import("../shared/i18n.js").Translate>,
 * }} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function makeRoutes({ state, permits, covering, navigation, daemon, translate }) {
  /** @param {number} tabId */
  const home = (tabId) => covering.goHome(tabId);

  /** @param {number} tabId */
  async function popup(tabId) {
    await permits.ready;
    const tab = await quietly(() => api.tabs.get(tabId));
    const known = state.tab(tabId);
    const covered = tab?.url === api.runtime.getURL(WARNING_PAGE) ? known.cover : undefined;
    const url = checkable(covered?.url ?? tab?.url);
    const status = await daemon.request("/v1/status", null, 2_000);
    return {
      daemon: daemon.state,
      status: status.ok ? status.body : null,
      host: url === null ? null : hostOf(url),
      url: url?.href ?? null,
      covered: covered !== undefined,
      level: covered ? "DANGER" : (known.level ?? null),
      degraded: known.degraded ?? null,
      verdict: covered ? covered.verdict : known.url === url?.href ? (known.verdict ?? null) : null,
      paused: url !== null && permits.isPaused(hostOf(url)),
      isPrivate: tab?.incognito === true,
    };
  }

  /** @param {number} tabId */
  async function bar(tabId) {
    await state.ready;
    const { verdict } = state.tab(tabId);
    if (verdict?.level !== "CAUTION") return null;
    const t = await translate();
    return {
      label: t("barLabel"),
      sentence: verdict.summary || t("barSentence"),
      home: verdict.body?.home_host ? t("barHome") : null,
      homeHost: verdict.body?.home_host ?? null,
      why: t("barWhy"),
      close: t("barClose"),
      reasons: verdict.reasons.map((reason) => reason.text),
    };
  }

  /** @param {any} message */
  async function pause({ tabId, host, on }) {
    if (typeof host !== "string" || host === "") return;
    await permits.ready;
    const tab = await quietly(() => api.tabs.get(tabId));
    await permits.pause(host, on === true, tab?.incognito === true);
    const { cover } = state.tab(tabId);
    if (on && cover?.host === host && tab?.url === api.runtime.getURL(WARNING_PAGE)) {
      await quietly(() => api.tabs.update(tabId, { url: cover.url }));
    }
  }

  return {
    "hold.ask": { from: CONTENT, run: ({ sender }) => navigation.hold(sender) },
    "bar.data": { from: CONTENT, run: ({ tabId }) => bar(tabId) },
    "bar.home": { from: CONTENT, run: ({ tabId }) => home(tabId) },
    "bar.close": {
      from: CONTENT,
      run: ({ tabId, sender }) => {
        const url = checkable(sender.url);
        return url && state.patch(tabId, { barClosed: hostOf(url) });
      },
    },
    "warning.get": { from: WARNING, run: ({ tabId }) => state.ready.then(() => state.tab(tabId).cover ?? null) },
    "warning.home": { from: WARNING, run: ({ tabId }) => state.ready.then(() => home(tabId)) },
    "warning.leave": { from: WARNING, run: ({ tabId }) => state.ready.then(() => covering.leave(tabId)) },
    "warning.proceed": { from: WARNING, run: ({ tabId }) => state.ready.then(() => covering.proceed(tabId)) },
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
    "options.resume": { from: OPTIONS, run: ({ message }) => permits.pause(String(message.host), false, false) },
  };
}
