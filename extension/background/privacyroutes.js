/** What the pages on privacy, the options and the first page may ask of what the daemon keeps and fetches. */
import { AWAKE_MS, told } from "./report.js";

const PRIVACY = ["pages/privacy/privacy.html"];
const OPTIONS = ["pages/options/options.html"];
const WELCOME = ["pages/welcome/welcome.html"];
const DEADLINE_MS = 10_000;

/**
 * @param {{daemon: Pick<import("../shared/daemon.js").Daemon, "request" | "awake">}} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function privacyRoutes({ daemon }) {
  /**
   * @param {string} path
   * @param {object | null} [body]
   */
  async function ask(path, body = null) {
    await daemon.awake(AWAKE_MS); // a person looks at it, and may have pressed "try again"
    return told(await daemon.request(path, body, DEADLINE_MS));
  }

  return {
    "privacy.log": { from: PRIVACY, run: () => ask("/v1/egress") },
    "privacy.clear": { from: PRIVACY, run: () => ask("/v1/egress/clear", {}) },
    "options.history": { from: OPTIONS, run: () => ask("/v1/history") },
    "options.forget": {
      from: OPTIONS,
      run: ({ message }) => ask("/v1/history/clear", { ids: message.ids ?? null }),
    },
    "options.sources": { from: OPTIONS, run: () => ask("/v1/lists/sources") },
    "welcome.daemon": { from: WELCOME, run: () => ask("/v1/status") },
  };
}
