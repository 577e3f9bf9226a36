/** Somebody to call: number, hours, whether they answer now. */
import { make, webLink } from "../../shared/page.js";
import { say } from "./facts.js";
import { stateOf } from "./hours.js";

/** @typedef {import("./data.d.ts").Contact} Contact */
/** @typedef {import("./guide.js").Place} Place */

/**
 * @param {string} time "18:30"
 * @param {import("../../shared/i18n.js").Lang} lang
 */
function clock(time, lang) {
  if (lang === "en") return time;
  const [hour, minute] = time.split(":");
  return `${Number(hour)} h${minute === "00" ? "" : ` ${minute}`}`.replaceAll(" ", "\u00a0");
}

/**
 * @param {number} weekday 1 (Monday) to 7
 * @param {import("../../shared/i18n.js").Lang} lang
 */
function dayName(weekday, lang) {
  const date = new Date(Date.UTC(2024, 0, weekday)); // 1 January 2024 was a Monday
  return new Intl.DateTimeFormat(lang, { weekday: "long", timeZone: "UTC" }).format(date);
}

/**
 * @param {Contact} contact
 * @param {Place} place
 */
function hoursOf(contact, { t, lang }) {
  if (contact.always) return t("guideAlways");
  const spans = (contact.hours ?? []).map(({ days, from, to }) => {
    const [first, last] = [days[0] ?? 1, days.at(-1) ?? 7];
    const which = days.length === 7 ? t("guideEveryDay") : t("guideDays", dayName(first, lang), dayName(last, lang));
    return `${which}, ${t("guideHours", clock(from, lang), clock(to, lang))}`;
  });
  const unsure = spans.length > 0 && contact.checked === false ? ` (${t("guideUnsure")})` : "";
  return spans.join(" ; ") + unsure;
}

/**
 * @param {Contact} contact
 * @param {Place} place
 * @param {Date} now
 * @returns {{state: string, text: string}}
 */
export function nowOf(contact, { t, lang, guide }, now) {
  const found = stateOf(contact, guide.calendar, now);
  switch (found.state) {
    case "always":
      return { state: "always", text: t("guideOpenNow") };
    case "open":
      return { state: "open", text: t("guideOpenUntil", clock(found.until, lang)) };
    case "holiday":
      return { state: "holiday", text: t("guideHoliday") };
    case "closed": {
      if (!("at" in found)) return { state: "closed", text: t("guideClosed") };
      const near = [t("guideToday"), t("guideTomorrow")][found.in] ?? dayName(found.weekday, lang);
      return { state: "closed", text: t("guideClosedUntil", near.toLowerCase(), clock(found.at, lang)) };
    }
    default:
      return { state: "unknown", text: "" };
  }
}

/** @param {string} number */
export function phoneLink(number) {
  const link = make("a", number.replaceAll(" ", "\u00a0"));
  link.href = "tel:" + number.replace(/[^+\d]/g, "");
  return link;
}

/**
 * @param {string} id
 * @param {Place} place
 * @param {"h2" | "h3"} [level]
 */
export function contactCard(id, place, level = "h2") {
  const contact = /** @type {Contact} */ (place.guide.contacts[id]);
  const card = make("section", "", "contact");
  const title = make(level, say(contact, "name", place.lang));
  title.id = `contact-${id}`;
  card.setAttribute("aria-labelledby", title.id);
  card.append(title);
  if (contact.phone) {
    const number = make("p", "", "number");
    number.append(phoneLink(contact.phone));
    card.append(number);
  }
  if (contact.url) {
    const line = document.createElement("p");
    line.append(webLink(contact.url, new URL(contact.url).host));
    card.append(line);
  }
  const state = make("p", "", "state");
  state.dataset["contact"] = id;
  card.append(state);
  const hours = [hoursOf(contact, place), say(contact, "price", place.lang)].filter(Boolean).join(" · ");
  if (hours) card.append(make("p", hours, "soft"));
  card.append(make("p", say(contact, "say", place.lang)));
  refresh(card, place);
  return card;
}

/**
 * Says again whether they answer now.
 * @param {HTMLElement} root
 * @param {Place} place
 */
export function refresh(root, place) {
  for (const line of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-contact]"))) {
    const contact = place.guide.contacts[line.dataset["contact"] ?? ""];
    if (!contact) continue;
    const { state, text } = nowOf(contact, place, new Date());
    line.dataset["state"] = state;
    if (line.textContent !== text) line.textContent = text;
    line.hidden = text === "";
  }
}
