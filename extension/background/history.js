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
   * A warning stands in a tab. It is the same one until a calm page takes its place (background/navigation.js).
   * @param {number} tabId
   * @param {URL} url
   * @param {"DANGER" | "CAUTION"} level
   * @param {Verdict | null} verdict
   */
  async shown(tabId, url, level, verdict) {
    const { state, daemon, wanted } = this.#parts;
    const host = hostOf(url);
    const warned = `${level} ${host}`;
    if (state.tab(tabId).warned === warned) return;
    await state.patch(tabId, { warned });
    if (!(await wanted())) return;
    const tab = await quietly(() => api.tabs.get(tabId));
    if (tab === undefined || tab.incognito) return;
    await daemon.request("/v1/history/add", { host, level, body: verdict?.body?.id ?? null });
  }
}
