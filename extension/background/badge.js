/** The mark on the toolbar button. Green is said of official sites only, never of "nothing known". */
import { api, quietly } from "../shared/browser.js";

/** @typedef {import("../shared/i18n.js").Key} Key */
/** @typedef {"silent" | "none" | "official" | "caution" | "danger" | "unprotected"} Mark */

/** @type {Record<Mark, {text: string, colour: string, title: Key}>} */
const MARKS = {
  silent: { text: "", colour: "#5c5c5c", title: "extName" }, // no page to judge, or no answer yet
  none: { text: "", colour: "#5c5c5c", title: "badgeNone" },
  official: { text: "✓", colour: "#1b6b3a", title: "badgeOfficial" },
  caution: { text: "!", colour: "#9a5b00", title: "badgeCaution" },
  danger: { text: "!", colour: "#b3261e", title: "badgeDanger" },
  unprotected: { text: "?", colour: "#5c5c5c", title: "badgeUnprotected" },
};

/**
 * @param {import("../shared/wire.d.ts").TabState} tab
 * @param {import("../shared/wire.d.ts").DaemonState} daemon
 * @returns {Mark}
 */
export function markFor(tab, daemon) {
  if (tab.level === "DANGER") return "danger";
  if (tab.degraded !== undefined || daemon.phase === "unreachable") return "unprotected";
  if (tab.level === "CAUTION") return "caution";
  if (tab.level === "OFFICIAL") return "official";
  return tab.level === undefined ? "silent" : "none";
}

/**
 * @param {Mark} mark
 * @param {number | null} tabId null: the mark of tabs that have none of their own
 * @param {import("../shared/i18n.js").Translate} t
 */
export async function showMark(mark, tabId, t) {
  const { text, colour, title } = MARKS[mark];
  const where = tabId === null ? {} : { tabId };
  await quietly(() =>
    Promise.all([
      api.action.setBadgeText({ ...where, text }),
      api.action.setBadgeBackgroundColor({ ...where, color: colour }),
      api.action.setBadgeTextColor?.({ ...where, color: "#ffffff" }),
      api.action.setTitle({ ...where, title: t(title) }),
    ]),
  );
}
