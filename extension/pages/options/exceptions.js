/** The options' part on sites the person knows: seen, taken back, put back, added by name. */
import { checkable, hostOf } from "../../shared/address.js";
import { LOCALES } from "../../shared/i18n.js";
import { ask, byId, make, once } from "../../shared/page.js";
import { sure } from "./sure.js";

/** @typedef {import("../../shared/i18n.js").Lang} Lang */
/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {import("../../shared/wire.d.ts").Exception} Exception */

/**
 * The host a person means, who may type or paste a whole address.
 * @param {string} typed
 * @returns {string | null} null: that is none
 */
export function hostTyped(typed) {
  const text = typed.trim();
  const url = /\s/.test(text) ? null : checkable(/^https?:\/\//i.test(text) ? text : `http://${text}`);
  const host = url === null || url.username !== "" ? "" : hostOf(url);
  return /^[^.]+(\.[^.]+)+$/.test(host) ? host : null;
}

/**
 * @param {Translate} t
 * @param {Lang} lang
 */
export async function showExceptions(t, lang) {
  const title = byId("exceptions-title", HTMLElement);
  const said = byId("exceptions-said", HTMLElement);
  const undo = byId("exceptions-undo", HTMLButtonElement);
  const host = byId("exception-host", HTMLInputElement);
  const fault = byId("exception-fault", HTMLElement);

  /**
   * @param {string} name
   * @param {boolean} on
   */
  async function change(name, on) {
    const result = await ask("options.except", { host: name, on });
    if (result?.done !== true) said.textContent = t("popupPauseFailed");
    else if (on && result.kept === false) said.textContent = t("popupPauseNotKept");
    else said.textContent = t(on ? "optionsAgain" : "optionsNoLonger", name);
    undo.hidden = on || result?.done !== true;
    undo.dataset["host"] = name;
    await list();
    // Where the button was, focus would be lost.
    (undo.hidden ? title : undo).focus();
  }

  /** @param {Exception} one */
  function lineOf({ host: name, added_at: since }) {
    const day = new Date(since).toLocaleDateString(LOCALES[lang], { dateStyle: "long" });
    const about = document.createElement("span");
    about.append(make("span", name, "address"), make("span", ` ${t("optionsSince", day)}`, "soft"));
    const remove = make("button", t("optionsRemove", name), "button quiet");
    remove.type = "button";
    remove.addEventListener("click", () => {
      remove.disabled = true;
      void change(name, false);
    });
    const line = document.createElement("li");
    line.append(about, remove);
    return line;
  }

  async function list() {
    const answer = await ask("options.exceptions");
    /** @type {Exception[]} */
    const entries = answer?.exceptions ?? [];
    byId("exceptions", HTMLElement).replaceChildren(...entries.map(lineOf));
    const none = byId("no-exceptions", HTMLElement);
    none.hidden = entries.length > 0;
    byId("some-exceptions", HTMLElement).hidden = entries.length === 0;
    none.textContent = t(answer === null ? "optionsExceptionsAway" : "optionsNoExceptions");
    byId("exception-add", HTMLElement).hidden = answer === null;
  }

  /** @param {string} text empty: nothing is wrong */
  function complain(text) {
    fault.textContent = text;
    if (text === "") host.removeAttribute("aria-invalid");
    else host.setAttribute("aria-invalid", "true");
  }

  let asked = "";
  const words = { yes: t("popupPauseConfirm"), no: t("optionsAddNo") };
  const add = sure(
    words,
    async () => {
      host.value = "";
      await change(asked, true);
    },
    () => host.focus(),
  );
  const form = byId("exception-form", HTMLFormElement);
  form.after(add.root);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = hostTyped(host.value);
    complain(name === null ? t("optionsNotASite") : "");
    if (name === null) {
      add.close();
      return host.focus();
    }
    asked = name;
    add.ask(t("popupPauseAsk", name));
  });
  undo.addEventListener("click", () => void once(undo, () => change(undo.dataset["host"] ?? "", true)));
  await list();
}
