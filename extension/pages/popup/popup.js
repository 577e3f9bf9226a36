/** What Guetteur says of the page in front, and whether it is working at all. */
import { api } from "../../shared/browser.js";
import { language, localise } from "../../shared/i18n.js";
import { ask, byId, make } from "../../shared/page.js";
import { daemonReason } from "../../shared/reasons.js";
import { showMail } from "./mail.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */

/** @type {Record<string, Key>} */
const LEVELS = {
  DANGER: "levelDanger",
  CAUTION: "levelCaution",
  UNKNOWN: "levelUnknown",
  NO_KNOWN_RISK: "levelNoKnownRisk",
  OFFICIAL: "levelOfficial",
};

const t = localise(document, await language());

/** The tab in front; `?tab=` when the popup is opened as a page of its own (tests, keyboards without toolbar). */
async function subject() {
  const given = Number(new URLSearchParams(location.search).get("tab"));
  if (given > 0) return given;
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab?.id ?? -1;
}

/** @param {any} now */
function showDaemon(now) {
  const away = now?.daemon.phase === "unreachable" || now === null;
  byId("unprotected", HTMLElement).hidden = !away;
  byId("reason", HTMLElement).textContent = daemonReason(now?.daemon.reason ?? "stopped", t);
  const daemon = byId("daemon", HTMLElement);
  daemon.hidden = away;
  daemon.textContent = t(now?.daemon.phase === "connected" ? "popupProtected" : "popupConnecting");
}

/** @param {any} lists the status answer's part on lists */
function listAge(lists) {
  if (!lists?.version) return t("popupListNone");
  const days = Math.max(0, Math.round(lists.age_days ?? 0));
  if (days === 0) return t("popupListToday");
  return days === 1 ? t("popupListYesterday") : t("popupListDays", String(days));
}

/** @param {any} now */
const isWorrying = ({ level }) => level === "DANGER" || level === "CAUTION";

/**
 * Whether the person's own word is why nothing is said of the page; a list speaks all the same.
 * @param {any} now
 */
const isQuieted = (now) => now.paused && (now.pausable || !isWorrying(now));

/** @param {any} now */
function showPage(now) {
  const level = byId("level", HTMLElement);
  const site = byId("site", HTMLElement);
  site.hidden = now.host === null;
  site.textContent = now.host ?? "";
  const key = LEVELS[now.level ?? ""];
  level.dataset["level"] = isQuieted(now) ? "" : (now.level ?? "");
  if (now.host === null) level.textContent = t("levelNotAPage");
  else if (isQuieted(now)) level.textContent = t("popupPaused", now.host);
  else if (key === undefined) level.textContent = t("levelNotChecked");
  else level.textContent = t(key, now.verdict?.body?.name ?? now.host);
  // For the other levels the sentence above already says it, and says its limits.
  const worrying = isWorrying(now) && !isQuieted(now);
  byId("summary", HTMLElement).textContent = worrying ? (now.verdict?.summary ?? "") : "";
  const reasons = byId("reasons", HTMLElement);
  const texts = worrying ? (now.verdict?.reasons ?? []) : [];
  reasons.replaceChildren(...texts.map((/** @type {any} */ reason) => make("li", reason.text)));
  reasons.hidden = texts.length === 0;
}

/** @param {any} now */
function showPause(now) {
  byId("pause-section", HTMLElement).hidden = now.host === null;
  if (now.host === null) return;
  byId("pause-sure", HTMLElement).hidden = true;
  const pause = byId("pause", HTMLButtonElement);
  // Offered where there is a warning that the person's word can end: not where lists name the site.
  pause.hidden = !isQuieted(now) && !now.pausable;
  pause.textContent = now.paused ? t("popupResume") : t(now.isPrivate ? "popupPausePrivate" : "popupPause");
  byId("pause-ask", HTMLElement).textContent = t("popupPauseAsk", now.host);
  const body = now.verdict?.body;
  byId("pause-real", HTMLElement).hidden = !body?.home_host;
  byId("pause-real", HTMLElement).textContent = t("popupPauseReal", body?.name ?? "", body?.home_host ?? "");
}

/**
 * @param {any} lists
 * @param {boolean} rulesFailed the browser's own rules could not be brought up to them
 */
function renewalNote(lists, rulesFailed) {
  const running = lists?.running;
  if (running) {
    const share = running.total > 0 ? Math.floor((100 * running.done) / running.total) : null;
    return share === null ? t("popupRenewing") : t("popupRenewingShare", String(share));
  }
  if (lists?.error?.code === "clock_wrong") return t("popupClockWrong");
  if (lists?.error) return t("popupRenewFailed");
  return lists?.version && rulesFailed ? t("popupRulesFailed") : "";
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {any} status */
async function showLists(status) {
  const lists = status?.lists;
  // With a wrong clock no age can be told.
  byId("list", HTMLElement).hidden = !status || lists?.error?.code === "clock_wrong";
  byId("list", HTMLElement).textContent = listAge(lists);
  byId("stale", HTMLElement).hidden = lists?.stale !== true;
  const rulesFailed = (await api.storage.local.get("rulesFailed"))["rulesFailed"] === true;
  const note = byId("renewing", HTMLElement);
  const text = renewalNote(lists, rulesFailed);
  if (note.textContent !== text) note.textContent = text; // written again, it would be read out again
  const isRunning = Boolean(lists?.running);
  // Lists are renewed by themselves; the button is for when that has not worked for a while.
  byId("renew", HTMLElement).hidden = isRunning || lists?.source !== true || (!lists.stale && !lists.error);
  clearTimeout(timer);
  if (isRunning) timer = setTimeout(() => void follow(), 700);
}

const tabId = await subject();
/** @type {any} */
let now = null;

/** While the lists are renewed: what is said of the page is left as it is, for who reads it or answers it. */
async function follow() {
  const fresh = await ask("popup.get", { tabId });
  if (fresh?.status?.lists.running) await showLists(fresh.status);
  else await show(fresh);
}

/** @param {any} fresh */
async function show(fresh) {
  showDaemon(fresh);
  await showLists(fresh?.status);
  // A question that is open is not taken from under the person's hand.
  if (fresh === null || !byId("pause-sure", HTMLElement).hidden) return;
  now = fresh;
  showPage(now);
  showPause(now);
  await showMail(tabId, t);
  document.body.dataset["ready"] = "true";
}

async function refresh() {
  await show(await ask("popup.get", { tabId }));
}

/** @param {boolean} on */
async function pause(on) {
  const result = await ask("popup.pause", { tabId, host: now.host, on });
  showPause(now); // the question is answered
  await refresh();
  // The page takes the warning's place meanwhile, and for a moment the tab shows neither.
  for (let tries = 0; tries < 20 && result?.done && now?.paused !== on; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await refresh();
  }
  const failed = byId("pause-failed", HTMLElement);
  if (!result?.done) failed.textContent = t("popupPauseFailed");
  else failed.textContent = result.kept ? "" : t("popupPauseNotKept");
  byId("pause", HTMLElement).focus();
}

byId("pause", HTMLButtonElement).addEventListener("click", () => {
  if (now.paused) return void pause(false);
  byId("pause", HTMLButtonElement).hidden = true;
  byId("pause-sure", HTMLElement).hidden = false;
  byId("pause-ask", HTMLElement).focus();
  byId("pause-sure", HTMLElement).scrollIntoView({ block: "end" });
});
byId("pause-cancel", HTMLButtonElement).addEventListener("click", () => {
  showPause(now);
  byId("pause", HTMLButtonElement).focus();
});
byId("pause-confirm", HTMLButtonElement).addEventListener("click", () => void pause(true));
byId("report", HTMLButtonElement).addEventListener("click", () => void ask("popup.report", { tabId }));
byId("renew", HTMLButtonElement).addEventListener("click", () => {
  byId("renew", HTMLElement).hidden = true;
  byId("renewing", HTMLElement).textContent = t("popupRenewing");
  void ask("popup.renew").then(refresh);
  setTimeout(() => void refresh(), 300);
});
byId("retry", HTMLButtonElement).addEventListener("click", async () => {
  await ask("popup.retry");
  setTimeout(() => void refresh(), 1_000);
});
await refresh();
