/** The sites the person knows, as the daemon keeps them: one list for every browser on this computer. */
import { readExceptions } from "../shared/verdict.js";

/** @typedef {import("../shared/wire.d.ts").Exceptions} Exceptions */

/**
 * @param {import("../shared/daemon.js").Daemon} daemon
 * @param {"list" | "add" | "remove"} action
 * @param {string} [host]
 * @returns {Promise<Exceptions | null>} all of them after the change; null: the daemon is not there, or refused
 */
export async function exceptions(daemon, action, host = "") {
  const reply = await daemon.request("/v1/exceptions", { action, host });
  return reply.ok ? readExceptions(reply.body) : null;
}
