/** The options' part on the lists: how old they are, and where they come from. */
import { LOCALES } from "../../shared/i18n.js";
import { ask, button, byId, make, webLink } from "../../shared/page.js";
import { daemonReason } from "../../shared/reasons.js";

/** @typedef {import("../../shared/i18n.js").Lang} Lang */
/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {import("../../shared/wire-privacy.d.ts").ListSourceReply} ListSourceReply */
/** @typedef {import("../../shared/wire-privacy.d.ts").ListSourcesReply} ListSourcesReply */

const DAY_MS = 86_400_000;

/**
 * @param {string | null} iso
 * @param {number} now milliseconds
 * @param {Translate} t
 */
export function ageInWords(iso, now, t) {
  const at = Date.parse(iso ?? "");
  if (Number.isNaN(at)) return t("optionsListsNoAge");
  // Nights, not hours: what came yesterday evening is from yesterday.
  const midnight = (/** @type {number} */ time) => new Date(time).setHours(0, 0, 0, 0);
  const days = Math.max(0, Math.round((midnight(now) - midnight(at)) / DAY_MS));
  if (days === 0) return t("optionsListsToday");
  return days === 1 ? t("optionsListsYesterday") : t("optionsListsDays", String(days));
}

/**
 * @param {number} entries
 * @param {Translate} t
 * @param {Lang} lang
 */
export function sitesInWords(entries, t, lang) {
  const isOne = new Intl.PluralRules(LOCALES[lang]).select(entries) === "one"; // in French, none is "0 site"
  return t(isOne ? "optionsListsEntry" : "optionsListsEntries", entries.toLocaleString(LOCALES[lang]));
}

/**
 * @param {ListSourceReply} one
 * @param {Translate} t
 * @param {Lang} lang
 */
function lineOf({ name, url, licence, entries, fetched_at: at }, t, lang) {
  const about = [
    ...(entries === null ? [] : [sitesInWords(entries, t, lang)]),
    ageInWords(at, Date.now(), t),
    ...(licence === null ? [] : [t("optionsListsLicence", licence)]),
  ];
  const line = document.createElement("li");
  const isWeb = url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  line.append(isWeb ? webLink(url, name) : make("span", name), make("span", ` — ${about.join(", ")}`, "soft"));
  return line;
}

/**
 * @param {ListSourcesReply} reply
 * @param {boolean} stale
 * @param {Translate} t
 * @param {Lang} lang
 */
function partsOf({ version, built_at: built, entries, sources }, stale, t, lang) {
  if (version === null) return [make("p", t("popupListNone"), "note")];
  const day = new Date(built ?? NaN);
  const sites = sitesInWords(entries, t, lang);
  const whole = Number.isNaN(day.getTime())
    ? sites
    : t("optionsListsWhole", sites, day.toLocaleDateString(LOCALES[lang], { dateStyle: "long" }));
  const list = document.createElement("ul");
  list.append(...sources.map((one) => lineOf(one, t, lang)));
  return [
    make("p", whole),
    ...(stale ? [make("p", t("popupListStale"), "note")] : []),
    make("p", t(sources.length > 0 ? "optionsListsFrom" : "optionsListsNone")),
    ...(sources.length > 0 ? [list] : []),
    make("p", t("optionsListsVersion", version), "soft"),
  ];
}

/**
 * @param {Translate} t
 * @param {Lang} lang
 */
export async function showLists(t, lang) {
  const place = byId("lists-place", HTMLElement);
  const [answer, now] = await Promise.all([ask("options.sources"), ask("options.get")]);
  if (answer?.ok) {
    place.replaceChildren(...partsOf(answer.body, now?.status?.lists?.stale === true, t, lang));
    return;
  }
  const why = make("p", `${t("optionsListsAway")} ${daemonReason(answer?.code ?? "stopped", t)}`, "note");
  const retry = button(t("popupRetry"), async () => {
    await showLists(t, lang);
    byId("lists-title", HTMLElement).focus(); // where the button was, focus would be lost
  });
  place.replaceChildren(why, retry);
}
