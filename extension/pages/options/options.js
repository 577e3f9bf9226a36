/** The few choices there are, and what is installed. */
import { api } from "../../shared/browser.js";
import { language, localise } from "../../shared/i18n.js";
import { ask, byId, make } from "../../shared/page.js";
import { readSettings, writeSettings } from "../../shared/storage.js";
import { showChannels } from "./channels.js";
import { showMailHosts } from "./mail.js";

/** @typedef {import("../../shared/wire.d.ts").Exception} Exception */

const lang = await language();
const t = localise(document, lang);
document.title = t("optionsTitle");

/**
 * @param {string} host
 * @param {string} since ISO date
 */
function exceptionLine(host, since) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  const day = new Date(since).toLocaleDateString(lang === "fr" ? "fr-FR" : "en-GB", { dateStyle: "long" });
  const remove = make("button", t("optionsRemove", host), "button quiet");
  remove.type = "button";
  remove.addEventListener("click", async () => {
    remove.disabled = true;
    await ask("options.resume", { host });
    await showExceptions();
    // Where the button was, focus would be lost.
    byId("exceptions-title", HTMLElement).focus();
  });
  name.append(make("span", host, "address"), make("span", ` ${t("optionsSince", day)}`, "soft"));
  line.append(name, remove);
  return line;
}

async function showExceptions() {
  const answer = await ask("options.exceptions");
  const entries = answer?.exceptions ?? [];
  byId("exceptions", HTMLElement).replaceChildren(
    ...entries.map((/** @type {Exception} */ one) => exceptionLine(one.host, one.added_at)),
  );
  const none = byId("no-exceptions", HTMLElement);
  none.hidden = entries.length > 0;
  byId("some-exceptions", HTMLElement).hidden = entries.length === 0;
  none.textContent = t(answer === null ? "optionsExceptionsAway" : "optionsNoExceptions");
}

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
  const lists = now?.status?.lists;
  const list = byId("list-version", HTMLElement);
  list.hidden = !lists?.version;
  if (lists?.version)
    list.textContent = t("optionsListVersion", lists.version, Number(lists.hosts).toLocaleString(lang));
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
await showExceptions();
await showAbout();
await showChannels(t);
// Links lead here before there is anything to show.
if (location.hash === "#channels") byId("channels", HTMLElement).scrollIntoView();
document.body.dataset["ready"] = "true";
