/** Why the daemon does not answer, in words a person can act on. */

/** @typedef {import("./i18n.js").Key} Key */

const REASONS = ["not_installed", "forbidden", "stopped", "silent"];

/** The relay's codes that mean one of the above to a person. @type {Record<string, string>} */
const SAME_AS = {
  unreachable: "stopped",
  timeout: "silent",
  daemon_unreachable: "stopped",
  daemon_start_failed: "stopped",
  daemon_start_timeout: "silent",
  daemon_timeout: "silent",
};

/**
 * Whether an answer's code, the extension's or the relay's, means that nobody answered.
 * @param {string | null} code null or empty: the background does not answer either
 */
export const isAway = (code) =>
  !code || code.startsWith("daemon_") || Object.hasOwn(SAME_AS, code) || REASONS.includes(code);

/**
 * @param {string} reason of DaemonState
 * @param {import("./i18n.js").Translate} t
 */
export function daemonReason(reason, t) {
  const code = (Object.hasOwn(SAME_AS, reason) && SAME_AS[reason]) || reason;
  return REASONS.includes(code) ? t(/** @type {Key} */ (`reason_${code}`)) : t("reason_other", code);
}

/**
 * The browsers' sentences, which are not API, reduced to what a person can act on.
 * @param {string} message
 */
export function reasonOf(message) {
  if (/not found|no such native application/i.test(message)) return "not_installed";
  if (/forbidden|not allowed|permission/i.test(message)) return "forbidden";
  return "stopped";
}
