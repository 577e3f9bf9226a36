/** Thunderbird: the message in front is judged when its display script asks. Listeners are there in the first turn. */
import { letterRoutes } from "../background/letter.js";
import { mailFileRoutes } from "../background/mailfile.js";
import { Reports } from "../background/report.js";
import { reportRoutes } from "../background/reportroutes.js";
import { makeRouter } from "../background/router.js";
import { SessionState } from "../background/state.js";
import { api, quietly } from "../shared/browser.js";
import { Daemon, HOST_NAME } from "../shared/daemon.js";
import { language, translator } from "../shared/i18n.js";
import { makeRoutes } from "./routes.js";

const daemon = new Daemon({
  connect: () => api.runtime.connectNative(HOST_NAME),
  lastError: () => api.runtime.lastError?.message ?? "",
  now: () => performance.now(), // not the wall clock: set back by a year, it would put the next try off for as long
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (handle) => clearTimeout(handle),
});
const state = new SessionState(/** @type {any} */ (api.storage.session));
const reports = new Reports({ agent: navigator.userAgent, daemon, language, state });

api.runtime.onMessage.addListener(
  makeRouter(
    // A message's document has the address of its store (mailbox:, imap:, news: …); one from the web is an article.
    { id: api.runtime.id, base: api.runtime.getURL(""), content: /^(?!https?:)/ },
    {
      ...makeRoutes({
        messenger: /** @type {any} */ (globalThis).messenger,
        daemon,
        reports,
        language,
        translate: async () => translator(await language()),
      }),
      ...letterRoutes({ daemon }),
      ...mailFileRoutes({ daemon, language, reports }),
      ...reportRoutes({ daemon, language, reports }),
    },
    state.ready,
  ),
);

api.tabs.onRemoved.addListener((tabId) => void quietly(() => reports.tabClosed(tabId)));

/** Thunderbird gives our scripts to messages that are opened from now on; those that are open already get them here. */
async function joinOpenMessages() {
  const [{ js }] = /** @type {any} */ (api.runtime.getManifest()).message_display_scripts;
  const files = js.map((/** @type {string} */ path) => new URL(path, api.runtime.getURL("")).pathname);
  for (const { id } of await api.tabs.query({})) {
    if (id !== undefined) void quietly(() => api.scripting.executeScript({ target: { tabId: id }, files }));
  }
}

api.runtime.onStartup.addListener(() => daemon.start());
api.runtime.onInstalled.addListener(() => {
  daemon.start();
  void quietly(joinOpenMessages);
});
