/** Who is sent to, with exactly what; and who still waits for something. */
import { make } from "../../shared/page.js";
import { box, bullets, fold, foreignBrief, line, pair, tabLink, tick } from "./elements.js";

/** @typedef {import("../../shared/wire-report.d.ts").Recipient} Recipient */
/** @typedef {import("./place.d.ts").Place} Place */

/**
 * @param {Recipient} one
 * @param {Place} place
 */
export function getsFold(one, { t, words }) {
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
 * The one setting that can be given here; the others have a page of their own.
 * @param {Recipient[]} waiting
 * @param {Place & {email: string, saveEmail: (value: string) => Promise<string>}} place
 *   `saveEmail` answers what went wrong, or nothing
 * @param {boolean} main whether nobody can be sent to before it
 */
export function emailForm(waiting, place, main) {
  const { t, words } = place;
  const form = make("form", "", "email");
  form.id = "email-form";
  form.noValidate = true;
  const label = make("label", t("reportEmail"));
  label.htmlFor = "email";
  const field = document.createElement("input");
  field.id = "email";
  field.type = "email";
  field.autocomplete = "email";
  field.required = true;
  field.maxLength = 254;
  field.value = place.email;
  field.setAttribute("aria-describedby", "email-why email-wrong");
  field.addEventListener("input", () => {
    place.email = field.value;
  });
  const why = make("p", t("reportEmailWhy", words.list(waiting.map(({ name }) => name))), "soft");
  why.id = "email-why";
  const wrong = make("p", "", "wrong");
  wrong.id = "email-wrong";
  wrong.setAttribute("role", "alert");
  const go = make("button", t(main ? "reportContinue" : "reportEmailAdd"), main ? "button primary" : "button");
  go.id = "email-save";
  form.append(label, why, field, wrong, go);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    field.value = field.value.trim();
    wrong.textContent = "";
    const bad = field.value === "" || !field.validity.valid;
    go.disabled = !bad;
    const problem = bad ? t("reportEmailWrong") : await place.saveEmail(field.value);
    go.disabled = false;
    if (problem === "") return;
    wrong.textContent = problem;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  });
  return form;
}

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
  const settings = tabLink("/pages/options/options.html#channels", t("reportSettings"));
  settings.id = "settings";
  return fold("lacking", t("reportLacking", String(lacking.length)), bullets(each), line("", settings));
}
