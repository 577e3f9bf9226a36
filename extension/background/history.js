/**
 * The warnings that were shown, given to the daemon where the person wants them kept: each once, however often it is
 * said again, and nothing of a private window.
 */
import { api, quietly } from "../shared/browser.js";
import { hostOf } from "../shared/address.js";

/** @typedef {import("../shared/wire.d.ts").Verdict} Verdict */

export class History {
  #parts;

  /**
   * @param {{
   *   state: Pick<import("./state.js").SessionState, "tab" | "patch">,
   *   daemon: Pick<import("../shared/daemon.js").Daemon, "request">,
   *   wanted: () => Promise<boolean>,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * A warning stands in a tab. It is the same one until a calm page of another site takes its place
   * (background/navigation.js), unless it grows graver.
   * @param {number} tabId
   * @param {URL} url
   * @param {"DANGER" | "CAUTION"} level
   * @param {Verdict | null} verdict
   */
  async shown(tabId, url, level, verdict) {
    const { state, daemon, wanted } = this.#parts;
    const host = hostOf(url);
    const tab = await quietly(() => api.tabs.get(tabId));
    if (tab === undefined || tab.incognito) return; // of a tab that was closed nothing is written down again
    const { warned } = state.tab(tabId);
    if (warned === `${level} ${host}` || warned === `DANGER ${host}`) return;
    await state.patch(tabId, { warned: `${level} ${host}` });
    if (!(await wanted())) return;
    await daemon.request("/v1/history/add", { host, level, body: verdict?.body?.id ?? null });
  }
}
