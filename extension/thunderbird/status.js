/** What Guetteur says of the message in front, and whether it is working at all. */
import { api } from "../shared/browser.js";
import { language, localise } from "../shared/i18n.js";
import { ask, byId, make } from "../shared/page.js";
import { daemonReason } from "../shared/reasons.js";

const t = localise(document, await language());

/** The tab in front; `?tab=` when the popup is opened as a page of its own. */
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
  byId("stale", HTMLElement).hidden = now?.status?.lists?.stale !== true;
}

/** @param {any} now */
function showMail(now) {
  const verdict = now?.outcome?.verdict;
  const speaks = ["DANGER", "CAUTION", "OFFICIAL"].includes(verdict?.level);
  const level = byId("level", HTMLElement);
  level.dataset["level"] = speaks ? verdict.level : "";
  if (!now?.outcome) level.textContent = t("tbNoMail");
  else if (!verdict) level.textContent = t("tbNotChecked");
  else level.textContent = speaks ? verdict.summary : t("mailPageCalm");
  const reasons = byId("reasons", HTMLElement);
  const texts = speaks ? verdict.reasons : [];
  reasons.replaceChildren(...texts.map((/** @type {any} */ reason) => make("li", reason.text)));
  reasons.hidden = texts.length === 0;
}

const tabId = await subject();

async function refresh() {
  const now = await ask("tb.status", { tabId });
  showDaemon(now);
  showMail(now);
  document.body.dataset["ready"] = "true";
}

byId("retry", HTMLButtonElement).addEventListener("click", async () => {
  await ask("tb.retry");
  setTimeout(() => void refresh(), 1_000);
});
// A link of a popup would open in the browser; the pages are ours.
for (const id of ["page", "reports"]) {
  const link = byId(id, HTMLAnchorElement);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    void api.tabs.create({ url: link.href });
    close();
  });
}
await refresh();
