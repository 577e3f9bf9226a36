/** What the pages of reports and the options may ask. */
import { AWAKE_MS, REPORT_PAGE, told } from "./report.js";

const REPORT = [REPORT_PAGE];
const BOTH = [REPORT_PAGE, "pages/reports/reports.html"];
const OPTIONS = ["pages/options/options.html"];
const DEADLINE_MS = 10_000;

/** @typedef {Pick<import("../shared/daemon.js").Daemon, "request" | "awake">} Asked */

/**
 * The parts of a message the daemon knows; what is not there is left out.
 * @param {any} message
 * @param {string[]} names
 */
const only = (message, names) =>
  Object.fromEntries(names.flatMap((name) => (message[name] === undefined ? [] : [[name, message[name]]])));

/**
 * @param {{daemon: Asked, language: () => Promise<string>}} parts
 */
function asking({ daemon, language }) {
  /**
   * @param {string} path
   * @param {object} body
   * @param {boolean} [spoken] the answer has sentences
   */
  return async (path, body, spoken = true) => {
    await daemon.awake(AWAKE_MS); // a person looks at it, and may have pressed "try again"
    return told(await daemon.request(path, { ...body, ...(spoken && { lang: await language() }) }, DEADLINE_MS));
  };
}

/**
 * The settings of channels: where there is an options page.
 * @param {Parameters<typeof asking>[0]} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function channelRoutes(parts) {
  const ask = asking(parts);
  return {
    "options.channels": { from: OPTIONS, run: () => ask("/v1/report/channels", {}) },
    "options.channel": {
      from: OPTIONS,
      run: ({ message }) => ask("/v1/report/channels", only(message, ["id", "value"])),
    },
  };
}

/**
 * @param {{reports: import("./report.js").Reports, daemon: Asked, language: () => Promise<string>}} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function reportRoutes({ reports, ...parts }) {
  const ask = asking(parts);

  /** @param {any} message */
  async function handOver({ id, case: given, channel }) {
    const number = given ?? (await reports.caseOf(id));
    if (number === null) return { ok: false, code: "report_unknown" };
    return ask("/v1/report/hand-over", { case: number, channel });
  }

  return {
    "report.preview": { from: REPORT, run: ({ message }) => reports.preview(String(message.id), message) },
    "report.send": { from: REPORT, run: ({ message }) => reports.send(String(message.id), message) },
    // The one setting that can be given there; the others are the options' alone.
    "report.need": {
      from: REPORT,
      run: ({ message }) => message.id === "email" && ask("/v1/report/channels", only(message, ["id", "value"])),
    },
    "report.handOver": { from: BOTH, run: ({ message }) => handOver(message) },
    "report.retract": {
      from: BOTH,
      run: ({ message }) => ask("/v1/report/retract", only(message, ["case", "channel"])),
    },
    "report.watch": { from: BOTH, run: ({ message }) => ask("/v1/report/watch", only(message, ["case", "on"])) },
    "report.receipts": {
      from: BOTH,
      run: ({ message }) => ask("/v1/report/receipts", only(message, ["case", "offset", "limit"])),
    },
    "report.bundle": {
      from: BOTH,
      run: ({ message }) => ask("/v1/report/bundle", only(message, ["case", "offset"]), false),
    },
    "report.campaigns": { from: BOTH, run: () => ask("/v1/report/campaigns", {}) },
  };
}
