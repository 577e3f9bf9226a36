/** Where the guide for after the fact begins, for whoever holds a mail of a certain kind. */
import { api } from "../shared/browser.js";

const EARLIER_MS = 1_000;
/** By the script of the mail. @type {Record<string, string>} */
const SITUATIONS = { sextortion: "blackmail", recovery: "recovery", summons: "recovery", "bank-adviser": "recovery" };

/**
 * @param {unknown} script its id
 * @param {Pick<import("../shared/daemon.js").Daemon, "request">} daemon
 * @returns {Promise<string>} address of the guide page
 */
export async function guideFor(script, daemon) {
  const reply = await daemon.request("/v1/report/receipts", { limit: 1 }, EARLIER_MS);
  const before = reply.ok && /** @type {any} */ (reply.body)?.total > 0; // who was caught once is tried again
  const begin = Object.hasOwn(SITUATIONS, String(script)) ? SITUATIONS[String(script)] : "clicked";
  return api.runtime.getURL(`pages/guide/guide.html#${begin}${before ? ",earlier" : ""}`);
}
