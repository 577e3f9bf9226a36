/** The popup's part on mail: the same words as on the opened message, and whether messages are read here at all. */
import { api } from "../../shared/browser.js";
import { afterWord, mailLabels } from "../../shared/mail.js";
import { ask, byId, make } from "../../shared/page.js";

const TOLD = ["DANGER", "CAUTION", "OFFICIAL"];

/**
 * @param {import("../../shared/wire.d.ts").MailVerdict | null} verdict
 * @param {import("../../shared/i18n.js").Translate} t
 */
function showVerdict(verdict, t) {
  byId("mail", HTMLElement).hidden = verdict === null;
  if (verdict === null) return;
  const told = TOLD.includes(verdict.level);
  const level = byId("mail-level", HTMLElement);
  level.dataset["level"] = verdict.level;
  const word = told ? mailLabels(t).levels[verdict.level] : "";
  level.textContent = word;
  byId("mail-summary", HTMLElement).textContent = afterWord(word, verdict.summary);
  const worrying = told && verdict.level !== "OFFICIAL";
  const fill = (/** @type {string} */ id, /** @type {string[]} */ texts) => {
    byId(id, HTMLElement).replaceChildren(...texts.map((text) => make("li", text)));
    for (const part of [id, `${id}-title`]) byId(part, HTMLElement).hidden = texts.length === 0;
  };
  fill("mail-reasons", worrying ? verdict.reasons.map(({ text }) => text) : []);
  fill("mail-todo", worrying ? verdict.todo : []);
}

/**
 * @param {any} webmail
 * @param {import("../../shared/i18n.js").Translate} t
 */
function showSwitch(webmail, t) {
  byId("mail-here", HTMLElement).hidden = webmail === null;
  if (webmail === null) return;
  const works = webmail.on === true && webmail.permitted;
  const state = byId("mail-state", HTMLElement);
  if (webmail.on === true && !webmail.permitted) state.textContent = t("popupMailForbidden");
  else state.textContent = t(works ? "popupMailOn" : "popupMailOff", webmail.name);
  byId("mail-switch", HTMLElement).textContent = t(works ? "popupMailStop" : "mailAskYes");
}

/**
 * @param {number} tabId
 * @param {import("../../shared/i18n.js").Translate} t
 * @returns {Promise<void>}
 */
export async function showMail(tabId, t) {
  const now = await ask("popup.mail", { tabId });
  showVerdict(now?.verdict ?? null, t);
  showSwitch(now?.webmail ?? null, t);
  byId("mail-switch", HTMLButtonElement).onclick = async () => {
    const { on, permitted, host } = now.webmail;
    const start = on !== true || !permitted;
    // At once, while the click still counts; the answer is heard by the background, should the popup close over it.
    if (start && !permitted) void api.permissions.request({ origins: [`*://${host}/*`] }).catch(() => undefined);
    await ask("popup.mailSwitch", { tabId, on: start });
    await showMail(tabId, t);
    byId("mail-switch", HTMLButtonElement).focus();
  };
}
