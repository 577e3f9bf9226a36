/** The few choices there are, and what is installed. */
import { api } from "../../shared/browser.js";
import { language, localise } from "../../shared/i18n.js";
import { ask, byId } from "../../shared/page.js";
import { readSettings, writeSettings } from "../../shared/storage.js";
import { showChannels } from "./channels.js";
import { showExceptions } from "./exceptions.js";
import { showHistory } from "./history.js";
import { showLists } from "./lists.js";
import { showMailHosts } from "./mail.js";

const lang = await language();
const t = localise(document, lang);
document.title = t("optionsTitle");

/** @param {any} store the status answer's part on what is kept */
function showStore(store) {
  const note = byId("store-note", HTMLElement);
  if (store?.ok === false) note.textContent = t("optionsNotKept");
  else if (store?.error?.code === "store_damaged") note.textContent = t("optionsLost");
  note.hidden = note.textContent === "";
}

async function showAbout() {
  byId("extension-version", HTMLElement).textContent = t("optionsExtensionVersion", api.runtime.getManifest().version);
  const now = await ask("options.get");
  showStore(now?.status?.store);
  const version = now?.status?.version;
  byId("daemon-version", HTMLElement).textContent = version
    ? t("optionsDaemonVersion", version)
    : t("optionsDaemonNone");
}

const settings = await readSettings();
const choice = byId("lang", HTMLSelectElement);
choice.value = settings.lang;
choice.addEventListener("change", async () => {
  await writeSettings({ lang: /** @type {"auto" | "fr" | "en"} */ (choice.value) });
  location.reload();
});
const strict = byId("strict", HTMLInputElement);
strict.checked = settings.strictMode;
strict.addEventListener("change", () => writeSettings({ strictMode: strict.checked }));
const age = byId("age", HTMLInputElement);
age.checked = settings.ageLookups;
age.addEventListener("change", () => writeSettings({ ageLookups: age.checked }));
await showMailHosts(t);
await showExceptions(t, lang);
await showHistory(t, lang);
await showAbout();
await showLists(t, lang);
await showChannels(t);
// Links lead here before there is anything to show.
if (location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView();
document.body.dataset["ready"] = "true";
