/** The options' part on past warnings: whether they are kept, those that are, and how to be rid of them. */
import { LOCALES } from "../../shared/i18n.js";
import { mailLabels } from "../../shared/mail.js";
import { ask, box, button, byId, make } from "../../shared/page.js";
import { daemonReason } from "../../shared/reasons.js";
import { readSettings, writeSettings } from "../../shared/storage.js";
import { sure } from "./sure.js";

/** @typedef {import("../../shared/i18n.js").Lang} Lang */
/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {import("../../shared/wire-privacy.d.ts").HistoryReply} HistoryReply */
/** @typedef {import("../../shared/wire-privacy.d.ts").HistoryEntryReply} HistoryEntryReply */
/** @typedef {{ok: true, body: HistoryReply} | {ok: false, code: string} | null} Answer null: the background is gone */

/**
 * What is said of one warning, beside the name of the site.
 * @param {HistoryEntryReply} one
 * @param {Translate} t
 * @param {Lang} lang
 */
export function aboutWarning(one, t, lang) {
  const day = new Date(one.at).toLocaleDateString(LOCALES[lang], { dateStyle: "long" });
  const whom = one.body_name ? [t("optionsHistoryImitates", one.body_name)] : [];
  const times = one.times > 1 ? [t("optionsHistoryTimes", String(one.times))] : [];
  return [day, mailLabels(t).levels[one.level], ...whom, ...times].join(", ");
}

/**
 * @param {Translate} t
 * @param {Lang} lang
 */
export async function showHistory(t, lang) {
  const keep = byId("history", HTMLInputElement);
  const place = byId("history-place", HTMLElement);
  const said = byId("history-said", HTMLElement);
  const count = make("summary", "");
  const lines = make("ul", "", "exceptions");
  const days = make("p", "", "soft");
  const words = { yes: t("sureYes"), no: t("sureNo") };
  const forgetAll = () => forget(null);
  const all = sure(words, forgetAll, () => clear.focus());
  const off = sure(words, forgetAll, () => keep.focus());
  const clear = button(t("optionsHistoryForgetAll"), () => all.ask(t("optionsHistoryAsk")), "button quiet");
  const kept = document.createElement("details");
  kept.append(count, days, lines, box("", clear), all.root);
  byId("history-off", HTMLElement).append(off.root);
  let entries = 0;

  /** @param {number[] | null} ids null: all */
  async function forget(ids) {
    /** @type {Answer} */
    const answer = await ask("options.forget", { ids });
    const refused = answer?.ok === false && answer.code === "not_cleared"; // all of it is still there
    said.textContent = answer?.ok ? t("optionsHistoryGone") : refused ? t("notDeleted") : "";
    byId("history-title", HTMLElement).focus(); // where the button was, focus would be lost
    if (refused) await renew();
    else show(answer);
  }

  /** @param {HistoryEntryReply} one */
  function lineOf(one) {
    const about = document.createElement("span");
    about.append(make("span", one.host, "address"), make("span", ` — ${aboutWarning(one, t, lang)}`, "soft"));
    const drop = button(t("optionsHistoryForget"), () => forget([one.id]), "button quiet");
    drop.setAttribute("aria-label", t("optionsHistoryForgetOne", one.host));
    const line = document.createElement("li");
    line.append(about, drop);
    return line;
  }

  /** @param {Answer} answer */
  function show(answer) {
    off.close();
    entries = answer?.ok ? answer.body.entries.length : 0;
    if (!answer?.ok) {
      const why = make("p", `${t("optionsHistoryAway")} ${daemonReason(answer?.code ?? "stopped", t)}`, "note");
      place.replaceChildren(why, button(t("popupRetry"), retry));
    } else if (entries === 0) {
      place.replaceChildren(...(keep.checked ? [make("p", t("optionsHistoryEmpty"), "soft")] : []));
    } else {
      count.textContent = entries === 1 ? t("optionsHistoryOne") : t("optionsHistoryCount", String(entries));
      days.textContent = t("optionsHistoryDays", String(answer.body.kept_days));
      lines.replaceChildren(...answer.body.entries.map(lineOf));
      place.replaceChildren(kept);
    }
  }

  const renew = async () => show(await ask("options.history"));

  async function retry() {
    await renew();
    byId("history-title", HTMLElement).focus(); // where the button was, focus would be lost
  }

  keep.checked = (await readSettings()).history;
  keep.addEventListener("change", async () => {
    await writeSettings({ history: keep.checked });
    said.textContent = "";
    await renew();
    if (!keep.checked && entries > 0) off.ask(t("optionsHistoryOffAsk"));
  });
  await renew();
}
