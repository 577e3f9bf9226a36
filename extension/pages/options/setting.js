/** One setting of a channel: a field, or, of a secret that is kept, two buttons. It is never shown again. */
import { make } from "../../shared/page.js";
import { isOptional } from "./needs.js";

/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {import("../../shared/wire-report.d.ts").NeedReply} NeedReply */
/** @typedef {import("../../shared/wire-report.d.ts").ChannelsReply} ChannelsReply */

/**
 * @typedef {object} Setting
 * @property {string} id
 * @property {string} label
 * @property {HTMLElement} root
 * @property {() => string | null | undefined} change what to keep; null: forget it; undefined: it stays as it is
 * @property {(need: NeedReply, settled: boolean) => void} show what is kept now; what is being typed stays, unless it was
 *   this that was kept
 * @property {(text: string) => void} complain empty: nothing is wrong
 * @property {() => void} focus
 */

/**
 * @param {NeedReply} first
 * @param {ChannelsReply} reply
 * @param {Translate} t
 * @param {(setting: Setting) => unknown} forget
 * @returns {Setting}
 */
export function settingOf(first, reply, t, forget) {
  let need = first;
  const { id, secret } = first;
  const name = `setting-${id}`;
  const label = make("label", isOptional(id, reply) ? t("optionsChannelsOptional", first.label) : first.label);
  label.htmlFor = name;
  const hint = make("p", first.hint, "soft");
  hint.id = `${name}-hint`;
  const fault = make("p", "", "fault");
  fault.id = `${name}-fault`;
  const input = document.createElement("input");
  input.id = name;
  input.type = secret ? "password" : "text";
  input.autocomplete = "off"; // Guetteur keeps it, the browser need not
  input.spellcheck = false;
  input.maxLength = 4096;
  input.value = need.value ?? "";

  const button = (
    /** @type {"optionsChannelsReplace" | "optionsChannelsForget"} */ text,
    /** @type {() => void} */ run,
  ) => {
    const one = make("button", t(text), "button quiet");
    one.type = "button";
    one.setAttribute("aria-label", t("optionsChannelsOf", t(text), first.label));
    one.addEventListener("click", run);
    return one;
  };
  const replace = button("optionsChannelsReplace", () => {
    open(true);
    input.focus();
  });
  const kept = make("div", "", "row");
  const drop = button("optionsChannelsForget", () => forget(setting));
  kept.append(make("span", t("optionsChannelsKept"), "kept"), replace, drop);

  /** @param {boolean} on */
  function open(on) {
    input.hidden = !on;
    kept.hidden = on;
    // A label names a field; beside the buttons it is plain text.
    label.htmlFor = on ? name : "";
  }

  const root = make("div", "", "setting");
  root.append(label, hint, input, kept, fault);
  open(!(secret && need.set));

  /** @type {Setting} */
  const setting = {
    id,
    label: first.label,
    root,
    change() {
      const typed = input.value.trim();
      if (secret) return typed || undefined;
      return typed === (need.value ?? "") ? undefined : typed || null;
    },
    show(now, settled) {
      const untouched = settled || setting.change() === undefined;
      need = now;
      if (!untouched) return;
      input.value = now.value ?? "";
      if (secret && settled) open(!now.set);
    },
    complain(text) {
      fault.textContent = text;
      input.setAttribute("aria-describedby", text ? `${fault.id} ${hint.id}` : hint.id);
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    },
    focus: () => (input.hidden ? replace : input).focus(),
  };
  setting.complain("");
  return setting;
}
