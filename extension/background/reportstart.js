/** Where a report of a page begins: the popup, the bar above a doubtful page, the warning page. */
import { api, quietly } from "../shared/browser.js";
import { checkable } from "../shared/address.js";
import { WARNING_PAGE } from "./covering.js";
import { within } from "./within.js";

const POPUP = ["pages/popup/popup.html"];
const WARNING = [WARNING_PAGE];
const CONTENT = ["content"];
const ASIDE_MS = 300;
const PICTURE_MS = 1_500; // longer, and the person would think that nothing happens

/**
 * @param {{
 *   state: import("./state.js").SessionState,
 *   trail: import("./trail.js").Trail,
 *   capture: import("./capture.js").Capture,
 *   reports: import("./report.js").Reports,
 * }} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function reportStart({ state, trail, capture, reports }) {
  /**
   * @param {number} tabId
   * @param {URL} url
   * @returns {import("../shared/wire.d.ts").ReportBegin}
   */
  const about = (tabId, url) => ({ what: "page", url: url.href, ...trail.of(tabId, url) });

  /**
   * What we put above the page is no part of it.
   * @param {number} tabId
   * @param {boolean} on
   */
  const setAside = (tabId, on) => quietly(() => api.tabs.sendMessage(tabId, { type: "bar.aside", on }, { frameId: 0 }));

  /**
   * A page that stands open. Its picture is taken before the report page takes its place in front.
   * @param {chrome.tabs.Tab} tab
   * @param {URL} url
   */
  async function shown(tab, url) {
    const { windowId, active } = tab;
    const tabId = /** @type {number} */ (tab.id);
    const doubtful = state.tab(tabId).level === "CAUTION";
    if (doubtful) await within(setAside(tabId, true), ASIDE_MS);
    const evidence = capture.take({ id: tabId, windowId, active }, url);
    const pictured = within(evidence.screenshot, PICTURE_MS);
    if (doubtful) void pictured.then(() => setAside(tabId, false));
    await reports.open({ begin: about(tabId, url), evidence: { ...evidence } }, tab, pictured);
  }

  /** @param {chrome.tabs.Tab} tab that shows the warning page */
  async function covered(tab) {
    const tabId = /** @type {number} */ (tab.id);
    const url = checkable(state.tab(tabId).cover?.url);
    if (url === null) return;
    await reports.open({ begin: about(tabId, url), evidence: { ...capture.kept(tabId, url) } }, tab);
  }

  /** @param {chrome.tabs.Tab | undefined} tab */
  async function report(tab) {
    await state.ready;
    if (tab?.id === undefined) return;
    if (tab.url === api.runtime.getURL(WARNING_PAGE)) return covered(tab);
    const url = checkable(tab.url);
    if (url !== null) await shown(tab, url);
  }

  /** @param {number} tabId */
  const reportTab = (tabId) => reports.once(tabId, async () => report(await quietly(() => api.tabs.get(tabId))));

  return {
    "popup.report": { from: POPUP, run: ({ message }) => reportTab(Number(message.tabId)) },
    "bar.report": { from: CONTENT, run: ({ tabId }) => reportTab(tabId) },
    "warning.report": { from: WARNING, run: ({ tabId }) => reportTab(tabId) },
  };
}
