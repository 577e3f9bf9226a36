/** Reports that hang together: a sentence, what links them, when they came. */
import { box, make, webLink } from "../../shared/page.js";
import { bullets, fold, foreign, foreignBrief, line, LINE } from "../report/elements.js";
import { cut } from "../report/words.js";

/** @typedef {import("../../shared/wire-report.d.ts").CampaignReply} CampaignReply */
/** @typedef {import("../../shared/wire-report.d.ts").CampaignLink} CampaignLink */
/** @typedef {import("../report/place.d.ts").Place} Place */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 44;
const EDGE = 12;

/**
 * Where the dates stand on a line, from left to right; one day alone stands in the middle.
 * @param {string[]} dates
 * @param {number} width
 * @param {number} edge
 */
export function along(dates, width, edge) {
  const times = dates.map((date) => Date.parse(date)).filter((time) => !Number.isNaN(time));
  const first = Math.min(...times);
  const span = Math.max(...times) - first;
  return times.map((time) => (span === 0 ? width / 2 : edge + ((time - first) / span) * (width - 2 * edge)));
}

/**
 * @param {string} tag
 * @param {Record<string, number | string>} given
 */
function drawn(tag, given) {
  const one = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) one.setAttribute(name, String(value));
  return one;
}

/**
 * @param {CampaignReply} campaign
 * @param {Place} place
 */
function timeline({ members, first_at: first, last_at: last }, { t, words }) {
  const picture = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "timeline" });
  picture.setAttribute("aria-label", t("reportsTimeline", String(members.length), words.day(first), words.day(last)));
  const middle = HEIGHT / 2;
  picture.append(drawn("line", { x1: EDGE, y1: middle, x2: WIDTH - EDGE, y2: middle, class: "axis" }));
  for (const x of along(
    members.map(({ found_at: at }) => at),
    WIDTH,
    EDGE,
  )) {
    picture.append(drawn("circle", { cx: x.toFixed(1), cy: middle, r: 8, class: "dot" }));
  }
  const ends = box("ends", make("span", words.day(first)));
  if (words.day(first) !== words.day(last)) ends.append(make("span", words.day(last)));
  ends.setAttribute("aria-hidden", "true");
  const figure = document.createElement("div");
  figure.append(picture, ends);
  return figure;
}

/**
 * @param {CampaignLink} link
 * @param {string} id
 * @param {Place} place
 */
function linkLine({ label, value, count }, id, { t }) {
  const entry = box("", make("strong", label));
  if (value) entry.append(" ", foreignBrief(id, value, t));
  entry.append(" ", make("span", t("reportsShared", String(count)), "soft"));
  return entry;
}

/**
 * @param {CampaignReply} campaign
 * @param {Place} place
 */
export function campaignCard(campaign, place) {
  const { t, words } = place;
  const { id, count, members } = campaign;
  const card = make("article", "", "campaign");
  const head = make("h3", "");
  head.id = `campaign-${id}`;
  head.append(foreign(cut(campaign.title, LINE) ?? campaign.title));
  card.setAttribute("aria-labelledby", head.id);
  const [first, last] = [words.day(campaign.first_at), words.day(campaign.last_at)];
  const total = String(count);
  const when = first === last ? t("reportsCampaignDay", total, first) : t("reportsCampaign", total, first, last);
  const links = campaign.links.map((link, at) => linkLine(link, `link-${id}-${at}`, place));
  const each = members.map(({ case: one, title, found_at: at }) => {
    const open = webLink(`/pages/report/report.html#case=${one}`, "");
    open.append(foreign(cut(title, LINE) ?? title));
    return box("", open, " ", make("span", words.moment(at), "soft"));
  });
  card.append(head, line(when), timeline(campaign, place), line(t("reportsLinked")), bullets(links));
  const shown = members.length < count ? `${members.length} / ${total}` : total;
  card.append(fold(`members-${id}`, t("reportsMembers", shown), bullets(each)));
  return card;
}
