/** The first page: what Guetteur does, what it needs, what a warning looks like. One screen at a time. */
import { api, isFirefox, quietly } from "../../shared/browser.js";
import { language, localise } from "../../shared/i18n.js";
import { ask, button, byId, make } from "../../shared/page.js";
import { daemonReason } from "../../shared/reasons.js";

const SCREENS = 3;
const ALL_PAGES = { origins: ["<all_urls>"] };

const t = localise(document, await language());
document.title = t("welcomeTabTitle");

/** The address names the screen, so that the browser's own "back" goes back one. */
const screen = () => Math.min(SCREENS, Math.max(1, Number.parseInt(location.hash.slice(1), 10) || 1));

function show() {
  const now = screen();
  for (let one = 1; one <= SCREENS; one++) byId(`screen-${one}`, HTMLElement).hidden = one !== now;
  byId("step", HTMLElement).textContent = t("welcomeStep", String(now));
  byId("back", HTMLElement).hidden = now === 1;
  byId("next", HTMLElement).textContent = t(now === SCREENS ? "welcomeEnd" : "welcomeNext");
  document.body.dataset["screen"] = String(now);
  window.scrollTo(0, 0);
  byId(`title-${now}`, HTMLElement).focus({ preventScroll: true });
}

/** Closes this tab; a window that has no other one would close with it. */
async function end() {
  const tabs = await api.tabs.query({ currentWindow: true });
  if (tabs.length <= 1) await api.tabs.create({});
  const own = await api.tabs.getCurrent();
  if (own?.id !== undefined) await api.tabs.remove(own.id);
}

async function showDaemon() {
  const place = byId("daemon", HTMLElement);
  const answer = await ask("welcome.daemon");
  place.dataset["state"] = answer?.ok ? "good" : "care";
  if (answer?.ok) {
    place.replaceChildren(make("p", t("welcomeReady")));
    return;
  }
  const code = answer?.code ?? "stopped";
  /** @type {("helpInstall" | "helpRestart")[]} */
  const order = code === "not_installed" ? ["helpInstall", "helpRestart"] : ["helpRestart", "helpInstall"];
  const steps = document.createElement("ol");
  steps.append(...order.map((key) => make("li", t(key))));
  place.replaceChildren(
    make("h2", t("welcomeAway")),
    make("p", daemonReason(code, t)),
    steps,
    button(t("popupRetry"), async () => {
      await showDaemon();
      byId("title-1", HTMLElement).focus({ preventScroll: true }); // where the button was, focus would be lost
    }),
  );
}

/** @param {boolean} [asked] the person was just asked, and this is what came of it */
async function showPages(asked = false) {
  const granted = (await quietly(() => api.permissions.contains(ALL_PAGES))) === true;
  byId("pages", HTMLElement).dataset["state"] = granted ? "good" : "care";
  byId("pages-ask", HTMLElement).hidden = granted;
  const otherwise = asked ? "welcomePagesRefused" : "welcomePagesOff";
  byId("pages-said", HTMLElement).textContent = t(granted ? "welcomePagesOn" : otherwise);
  // The button that was pressed is hidden.
  if (asked && granted) byId("title-2", HTMLElement).focus({ preventScroll: true });
}

async function showPrivate() {
  const allowed = await quietly(() => api.extension.isAllowedIncognitoAccess());
  const how = isFirefox() ? "welcomePrivateFirefox" : "welcomePrivateChromium";
  byId("private", HTMLElement).textContent = t(allowed === true ? "welcomePrivateOn" : how);
}

byId("back", HTMLButtonElement).addEventListener("click", () => {
  location.hash = String(screen() - 1);
});
byId("next", HTMLButtonElement).addEventListener("click", () => {
  if (screen() === SCREENS) void end();
  else location.hash = String(screen() + 1);
});
byId("pages-ask", HTMLButtonElement).addEventListener("click", () => {
  // At once, while the click still counts.
  void quietly(() => api.permissions.request(ALL_PAGES)).then(() => showPages(true));
});
window.addEventListener("hashchange", show);
byId("daemon", HTMLElement).append(make("p", t("welcomeAsking")));
show();
await Promise.all([showDaemon(), showPages(), showPrivate()]);
document.body.dataset["ready"] = "true";
