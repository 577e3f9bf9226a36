/**
 * Puts the parts together and registers every listener in the first turn: a worker that is woken by an event must
 * already be listening for it when this file has run.
 */
import { api, isFirefox, quietly } from "../shared/browser.js";
import { Daemon, HOST_NAME } from "../shared/daemon.js";
import { language, translator } from "../shared/i18n.js";
import { readSettings } from "../shared/storage.js";
import { checkable } from "../shared/address.js";
import { markFor, showMark } from "./badge.js";
import { Checker } from "./checker.js";
import { Capture } from "./capture.js";
import { Consents } from "./consents.js";
import { Covering, WARNING_PAGE } from "./covering.js";
import { Followup } from "./followup.js";
import { History } from "./history.js";
import { Mail } from "./mail.js";
import { MailOffer } from "./mailoffer.js";
import { mailRoutes } from "./mailroutes.js";
import { Navigation } from "./navigation.js";
import { Pages } from "./pages.js";
import { Permits } from "./permits.js";
import { Reports } from "./report.js";
import { makeRouter } from "./router.js";
import { makeRoutes } from "./routes.js";
import { refreshList } from "./rules.js";
import { SessionState } from "./state.js";
import { Trail } from "./trail.js";
import { welcome } from "./welcome.js";

const RETRY_ALARM = "retry";
const LIST_ALARM = "list";
const WEB = { url: [{ schemes: ["http", "https"] }] };

/** @type {any} */
const PAGES = { urls: ["http://*/*", "https://*/*"], types: ["main_frame"] };

let strictMode = false;
// Read each time: Chromium loses a change made in the moment a worker starts, and then sentences came in two languages.
const translate = async () => translator(await language());

async function readChoices() {
  strictMode = (await readSettings()).strictMode;
}

// Not the wall clock: set back by a year, it would put the next try off and keep an old verdict for as long.
const steadily = () => performance.now();

const daemon = new Daemon({
  connect: () => api.runtime.connectNative(HOST_NAME),
  lastError: () => api.runtime.lastError?.message ?? "",
  now: steadily,
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (handle) => clearTimeout(handle),
});
const state = new SessionState(/** @type {any} */ (api.storage.session));
const permits = new Permits(state);
const checker = new Checker(daemon, language, steadily);
const covering = new Covering(state, permits);
// Read each time, like the language; it is seldom asked.
const history = new History({ state, daemon, wanted: async () => (await readSettings()).history });
/** @type {typeof covering.onCovered} */
covering.onCovered = (tabId, url, verdict) => void quietly(() => history.shown(tabId, url, "DANGER", verdict));
const trail = new Trail(state, () => Date.now());
const capture = new Capture(steadily);
const reports = new Reports({ agent: navigator.userAgent, daemon, language, state });
const navigation = new Navigation({
  state,
  checker,
  permits,
  covering,
  daemon,
  strict: () => strictMode,
  onSettled: mark,
  onPassed: (tabId, url, verdict) => void quietly(() => followup.passed(tabId, url, verdict)),
  onShown: (tab, url) => capture.keep(tab, url),
  onBar: (tabId, url, verdict) => void quietly(() => history.shown(tabId, url, "CAUTION", verdict)),
});

/** @type {Followup} */
const followup = new Followup({
  checker,
  // Read each time, since a worker that a page just woke knows nothing yet; it is seldom asked.
  mayAskAge: async () => (await readSettings()).ageLookups,
  settle: (tabId, address, outcome) => navigation.settle(tabId, address, outcome),
});

const pages = new Pages({ checker, permits, navigation, daemon });
const consents = new Consents(state);
const mail = new Mail({ state, consents, checker, covering, reports, daemon, language, translate });
const offer = new MailOffer({ state, consents, daemon, translate });

/** @param {number} tabId */
async function mark(tabId) {
  const [tab] = await Promise.all([quietly(() => api.tabs.get(tabId)), state.ready]);
  const known = state.tab(tabId);
  const shown = checkable(tab?.url)?.href;
  // What was said of the page before it must not stand, for a moment, for the one that is shown now.
  const isOther = shown !== undefined && known.url !== undefined && known.url !== shown;
  await showMark(markFor(isOther ? {} : known, daemon.state), tabId, await translate());
}

async function markAll() {
  const [t, tabs] = await Promise.all([translate(), api.tabs.query({}), state.ready]);
  await showMark(markFor({}, daemon.state), null, t);
  await Promise.all(tabs.map((tab) => (tab.id === undefined ? undefined : mark(tab.id))));
}

async function updateList() {
  // Both halves of a split (private) Chromium share the rules; one of them keeps them.
  if (!api.extension.inIncognitoContext && (await quietly(() => refreshList(daemon)))) checker.forget();
}

checker.onNewLists = () => {
  checker.forget();
  void updateList();
  void quietly(() => navigation.sweep()); // a page that is open may have come onto the list
};

/** @param {import("../shared/wire.d.ts").DaemonState} now */
function onState({ phase }) {
  void quietly(markAll);
  if (phase === "connected") {
    void quietly(() => pages.again());
    void quietly(() => navigation.sweep());
    void quietly(() => mail.again());
    void updateList();
  }
}
daemon.onState = onState;

/**
 * @param {any} details
 * @returns {any}
 */
function onRequest(details) {
  if (details.documentLifecycle === "prerender") {
    void checker.check(checkable(details.url)?.href ?? details.url);
    return undefined;
  }
  void quietly(() => trail.request(details)); // whatever becomes of it, the page is judged
  const judged = navigation.request(details.tabId, details.requestId, details.url);
  if (!isFirefox()) return undefined;
  return judged.then((verdict) => (verdict === "cover" ? { cancel: true } : {}));
}

api.webRequest.onBeforeRequest.addListener(onRequest, PAGES, /** @type {any} */ (isFirefox() ? ["blocking"] : []));

api.webRequest.onResponseStarted.addListener((details) => {
  if (/** @type {any} */ (details).documentLifecycle !== "prerender") void quietly(() => trail.ended(details));
}, PAGES);

api.webRequest.onErrorOccurred.addListener((details) => {
  void quietly(() => trail.ended(details));
  void quietly(() => navigation.failed(details.tabId, details.url, details.error));
}, PAGES);

// The second net: pages that came without a request (worker, back-forward cache, history, activation of a prerender).
api.webNavigation.onCommitted.addListener((details) => {
  if (details.frameId !== 0 || /** @type {any} */ (details).documentLifecycle === "prerender") return;
  void quietly(() => trail.committed(details.tabId, details.url));
  void quietly(() => navigation.committed(details.tabId, details.url));
  void quietly(() => mail.left(details.tabId, details.url));
}, WEB);

api.webNavigation.onCompleted.addListener(({ tabId, frameId, url }) => {
  void quietly(() => offer.visited(tabId, frameId, url));
}, WEB);

api.webNavigation.onHistoryStateUpdated.addListener((details) => {
  if (details.frameId !== 0) return;
  void quietly(() => trail.moved(details.tabId, details.url));
  void quietly(() => navigation.settle(details.tabId, details.url));
  void quietly(() => offer.visited(details.tabId, 0, details.url));
}, WEB);

api.tabs.onUpdated.addListener((tabId, change) => {
  if (change.url === undefined && change.status === undefined) return;
  void quietly(async () => {
    if (change.url !== undefined && checkable(change.url) !== null) {
      await navigation.settle(tabId, change.url);
    } else if (change.url !== undefined && change.url !== api.runtime.getURL(WARNING_PAGE)) {
      await state.ready;
      const nothing = { url: undefined, level: undefined, verdict: undefined, degraded: undefined, warned: undefined };
      await state.patch(tabId, nothing);
    }
    await mark(tabId); // Chromium wipes a tab's badge when it navigates
  });
});

api.tabs.onRemoved.addListener((tabId) => {
  navigation.forget(tabId);
  covering.forget(tabId);
  followup.forget(tabId);
  capture.forget(tabId);
  void quietly(() => reports.tabClosed(tabId));
  void quietly(() => permits.ready.then(() => permits.tabClosed(tabId)));
});

api.runtime.onMessage.addListener(
  makeRouter(
    { id: api.runtime.id, base: api.runtime.getURL("") },
    {
      ...makeRoutes({
        ...{ state, permits, covering, navigation, pages, checker, daemon, translate },
        ...{ trail, capture, reports },
      }),
      ...mailRoutes({ state, mail, offer, consents }),
    },
    state.ready,
  ),
);

// The person let us into a site again, in the popup or in the browser's own settings.
api.permissions.onAdded.addListener(() => void quietly(() => consents.runOpen()));

api.alarms.onAlarm.addListener(({ name }) => {
  if (name === RETRY_ALARM) {
    daemon.start();
    daemon.retry();
  } else if (name === LIST_ALARM) void updateList();
});

api.storage.onChanged.addListener((changes, area) => {
  if (area !== "local") return;
  if (changes.strictMode) void readChoices();
  if (changes.mailHosts) void quietly(() => consents.register()); // a private window may have taken it back
  if (changes.lang) {
    checker.forget();
    void quietly(markAll);
  }
});

// Registering these is what wakes the worker at start, so that the tabs a session restore opens are swept.
api.runtime.onStartup.addListener(() => daemon.start());
api.runtime.onInstalled.addListener(({ reason }) => {
  daemon.start();
  void quietly(() => welcome(reason));
  void quietly(() => consents.runOpen());
});

void readChoices();
void quietly(() => consents.register());
void quietly(() => api.alarms.create(RETRY_ALARM, { periodInMinutes: 1 }));
void quietly(() => api.alarms.create(LIST_ALARM, { periodInMinutes: 30 }));
daemon.start();
