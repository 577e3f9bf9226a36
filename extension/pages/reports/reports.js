/** "My reports": all that was sent, and what hangs together. */
import { language, localise } from "../../shared/i18n.js";
import { ask, box, byId, make, once } from "../../shared/page.js";
import { button, line, printAll } from "../report/elements.js";
import { readCase } from "../report/receipt.js";
import { sentence, troubleParts } from "../report/trouble.js";
import { words } from "../report/words.js";
import { campaignCard } from "./campaigns.js";
import { caseCard, countLine } from "./cases.js";

/** @typedef {import("../../shared/wire-report.d.ts").CaseReply} CaseReply */
/** @typedef {import("../../shared/wire-report.d.ts").CampaignsReply} CampaignsReply */
/** @typedef {import("../report/place.d.ts").Kept} Kept */

const PAGE = 50;
const QUIET_MS = 400;

const lang = await language();
const t = localise(document, lang);
document.title = t("reportsTabTitle");
const trouble = byId("trouble", HTMLElement);
const list = byId("cases", HTMLElement);
const older = byId("older", HTMLButtonElement);
const say = (/** @type {string} */ text) => {
  byId("live", HTMLElement).textContent = text;
};

/** How many are asked for already. */
let asked = 0;
/** The cards, by case. @type {Map<string, ReturnType<typeof caseCard>>} */
const shown = new Map();

/**
 * @param {string} id
 * @returns {Kept}
 */
const placeOf = (id) => ({
  t,
  words: words(lang),
  say,
  level: "h4",
  async act(type, more) {
    const answer = await ask(type, more);
    if (answer?.ok !== true) return sentence(answer?.code ?? null, t);
    const found = await readCase(id);
    if (!("one" in found)) return "";
    shown.get(id)?.show(found.one);
    say(t("reportsRenewed"));
    return "";
  },
});

/** Asks for the next ones. */
async function more() {
  const answer = await ask("report.receipts", { offset: asked, limit: PAGE });
  if (answer?.ok !== true) return fail(answer?.code ?? null);
  /** @type {import("../../shared/wire-report.d.ts").ReceiptsReply} */
  const { cases, total } = answer.body;
  const fresh = cases.filter(({ case: id }) => !shown.has(id));
  for (const one of fresh) shown.set(one.case, caseCard(one, placeOf(one.case)));
  const cards = fresh.flatMap(({ case: id }) => shown.get(id)?.card ?? []);
  list.append(...cards);
  if (asked > 0) cards[0]?.querySelector("h3")?.focus();
  asked += cases.length;
  byId("empty", HTMLElement).hidden = total > 0;
  byId("count", HTMLElement).textContent = total > 0 ? countLine(Math.min(asked, total), total, t) : "";
  older.hidden = asked >= total || cases.length === 0;
}

async function showCampaigns() {
  const answer = await ask("report.campaigns");
  if (answer?.ok !== true) return;
  /** @type {CampaignsReply} */
  const { campaigns, single } = answer.body;
  const section = byId("campaigns", HTMLElement);
  section.hidden = campaigns.length === 0 && single === 0;
  const place = { t, words: words(lang), say };
  const cards = campaigns.map((one) => campaignCard(one, place));
  const rest = campaigns.length === 0 ? t("reportsNoCampaign") : single > 0 ? t("reportsSingle", String(single)) : "";
  byId("campaign-list", HTMLElement).replaceChildren(...cards, ...(rest ? [make("p", rest, "soft")] : []));
}

/** @param {string | null} code */
function fail(code) {
  if (asked > 0) {
    trouble.replaceChildren(line(sentence(code, t)), box("", button("retry", t("popupRetry"), retry)));
    return;
  }
  byId("page", HTMLElement).hidden = true;
  trouble.replaceChildren(...troubleParts(code, "", { t, say, retry }));
  document.getElementById("title")?.focus();
}

async function begin() {
  trouble.replaceChildren();
  byId("page", HTMLElement).hidden = false;
  document.body.dataset["screen"] = "reports";
  const timer = setTimeout(() => {
    byId("loading", HTMLElement).textContent = t("reportLoading");
  }, QUIET_MS);
  await more();
  await showCampaigns();
  clearTimeout(timer);
  byId("loading", HTMLElement).textContent = "";
  list.setAttribute("aria-busy", "false");
  if (location.hash === "#campaigns") byId("campaigns-title", HTMLElement).focus();
}

async function retry() {
  await begin();
  // The button is gone; unless an older report or what went wrong got the focus, it is lost.
  if (document.activeElement === document.body) byId("reports-title", HTMLElement).focus();
}

printAll();
older.addEventListener("click", () => void once(older, more));
await begin();
document.body.dataset["ready"] = "true";
