/** Who is sent to, with exactly what; and who still waits for something. */
import { api } from "../../shared/browser.js";
import { box, make, once, webLink } from "../../shared/page.js";
import { alertLine, bullets, fold, foreignBrief, line, pair, tick } from "./elements.js";

/** @typedef {import("../../shared/wire-report.d.ts").Recipient} Recipient */
/** @typedef {import("./place.d.ts").Place} Place */
/** @typedef {import("./place.d.ts").Draft} Draft */
/** @typedef {import("./place.d.ts").EmailForm} EmailForm */

/**
 * @param {Recipient} one
 * @param {Place} place
 */
function getsFold(one, { t, words }) {
  const facts = make("dl", "", "facts");
  one.fields.forEach(({ label, value }, at) =>
    facts.append(...pair(label, foreignBrief(`gets-${one.id}-${at}`, value, t, "pasted"))),
  );
  const inside = [line(one.gets), facts];
  if (one.files.length > 0) {
    const files = one.files.map(({ name, bytes }) => `${name} (${words.size(bytes)})`);
    inside.push(line(t("reportFiles")), bullets(files, "address"));
  }
  inside.push(line(t("reportTo", one.to)), line(one.privacy));
  return fold(`gets-${one.id}`, t("reportGets", one.name), ...inside);
}

/**
 * @param {Recipient[]} ready
 * @param {Recipient[]} sentTo
 * @param {Place & {choose: (id: string, on: boolean) => void}} place
 */
export function readyList(ready, sentTo, place) {
  const { t, words, choose } = place;
  const entries = ready.map((one) => {
    const card = box("recipient");
    card.append(
      tick(`to-${one.id}`, one.name, sentTo.includes(one), (on) => choose(one.id, on)),
      make("p", one.earlier === null ? one.reason : t("reportEarlierThere", words.day(one.earlier)), "soft"),
      getsFold(one, place),
    );
    return card;
  });
  return bullets(entries, "plain recipients");
}

/**
 * The one setting that can be given here; the others have a page of their own. Made once: what is being typed must outlast
 * the answer of a preview.
 * @param {Pick<Draft, "t" | "words" | "saveEmail">} place
 * @returns {EmailForm}
 */
export function newEmailForm({ t, words, saveEmail }) {
  const root = make("form", "", "email");
  root.id = "email-form";
  root.noValidate = true;
  const label = make("label", t("reportEmail"));
  label.htmlFor = "email";
  const field = document.createElement("input");
  field.id = "email";
  field.type = "email";
  field.autocomplete = "email";
  field.required = true;
  field.maxLength = 254;
  field.setAttribute("aria-describedby", "email-why email-wrong");
  const why = make("p", "", "soft");
  why.id = "email-why";
  const wrong = alertLine("email-wrong");
  const go = make("button", "");
  go.id = "email-save";
  root.append(label, why, field, wrong, go);
  const save = async () => {
    field.value = field.value.trim();
    wrong.textContent = "";
    field.removeAttribute("aria-invalid");
    const bad = field.value === "" || !field.validity.valid;
    const problem = bad ? t("reportEmailWrong") : await saveEmail(field.value);
    if (problem === "") return;
    wrong.textContent = problem;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    void once(go, save);
  });
  const show = (/** @type {Recipient[]} */ waiting, /** @type {boolean} */ main) => {
    why.textContent = t("reportEmailWhy", words.list(waiting.map(({ name }) => name)));
    go.textContent = t(main ? "reportContinue" : "reportEmailAdd");
    go.className = main ? "button primary" : "button";
  };
  return { root, show };
}

/**
 * Whether there is a page of settings to lead to: Thunderbird's build has none.
 * @param {{options_ui?: unknown}} manifest
 */
export const hasSettings = (manifest) => manifest.options_ui !== undefined;

/**
 * @param {Recipient[]} lacking
 * @param {Place} place
 */
export function lackingNote(lacking, { t }) {
  const each = lacking.map(({ name, needs }) => {
    const entry = box("");
    entry.append(make("strong", name), bullets(needs.map(({ label, hint }) => (hint ? `${label}. ${hint}` : label))));
    return entry;
  });
  const name = t("reportLacking", String(lacking.length));
  if (!hasSettings(api.runtime.getManifest())) {
    return fold("lacking", name, bullets(each), line(t("reportSettingsElsewhere")));
  }
  const settings = webLink("/pages/options/options.html#channels", t("reportSettings"));
  settings.id = "settings";
  return fold("lacking", name, bullets(each), line("", settings));
}
