/** The few choices there are, and what is installed. */
import { api } from "../../shared/browser.js";
import { language, localise } from "../../shared/i18n.js";
import { ask, byId, make } from "../../shared/page.js";
import { readSettings, writeSettings } from "../../shared/storage.js";

const lang = await language();
const t = localise(document, lang);
document.title = t("optionsTitle");

/**
 * @param {string} host
 * @param {string} since ISO date
 */
function exceptionLine(host, since) {
  const line = document.createElement("li");
  const name = make("span", host, "address");
  const day = new Date(since).toLocaleDateString(lang === "fr" ? "fr-FR" : "en-GB", { dateStyle: "long" });
  const remove = make("button", t("optionsRemove", host), "button quiet");
  remove.type = "button";
  remove.addEventListener("click", async () => {
    await ask("options.resume", { host });
    await showExceptions();
  });
  name.append(make("span", ` ${t("optionsSince", day)}`, "soft"));
  line.append(name, remove);
  return line;
}

async function showExceptions() {
  const entries = Object.entries((await readSettings()).exceptions).sort(([a], [b]) => a.localeCompare(b));
  byId("exceptions", HTMLElement).replaceChildren(...entries.map(([host, since]) => exceptionLine(host, since)));
  byId("no-exceptions", HTMLElement).hidden = entries.length > 0;
}

async function showAbout() {
  byId("extension-version", HTMLElement).textContent = t("optionsExtensionVersion", api.runtime.getManifest().version);
  const now = await ask("options.get");
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
await showExceptions();
await showAbout();
document.body.dataset["ready"] = "true";
