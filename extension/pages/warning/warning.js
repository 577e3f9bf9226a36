/** The page that stands where a dangerous one would have been. */
import { splitHost } from "../../shared/address.js";
import { language, localise } from "../../shared/i18n.js";
import { ask, byId, make } from "../../shared/page.js";
import { merelyListed } from "../../shared/verdict.js";

/** @typedef {import("../../shared/wire.d.ts").Cover} Cover */
/** @typedef {import("../../shared/i18n.js").Translate} Translate */

/** @param {string} number */
const dialled = (number) => "tel:" + number.replace(/[^+\d]/g, "");

/**
 * @param {Cover} cover
 * @param {Translate} t
 * @returns {[string, string]} title and first sentence
 */
function headline({ verdict }, t) {
  if (verdict?.body) return [t("warningTitleImitation"), t("warningImitates", verdict.body.name)];
  if (merelyListed(verdict)) return [t("warningTitleListed"), t("warningListedLead")];
  return [t("warningTitleOther"), t("warningOtherLead")];
}

/**
 * @param {import("../../shared/wire.d.ts").Body} body
 * @param {Translate} t
 */
function showBody(body, t) {
  if (body.home !== null && body.home_host !== null) {
    const home = byId("home", HTMLButtonElement);
    home.textContent = t("warningHome", body.home_host);
    home.hidden = false;
  }
  byId("advice", HTMLElement).textContent = body.advice;
  for (const phone of body.phones) {
    const line = document.createElement("li");
    const link = make("a", phone.number);
    link.href = dialled(phone.number);
    const details = [phone.label, phone.hours].filter(Boolean).join(", ");
    line.append(link, make("span", details && ` — ${details}`));
    byId("phone-list", HTMLElement).append(line);
  }
  byId("phones", HTMLElement).hidden = body.phones.length === 0;
  byId("help", HTMLElement).hidden = body.advice === "" && body.phones.length === 0;
}

/**
 * @param {Cover} cover
 * @param {Translate} t
 */
function show(cover, t) {
  const [title, lead] = headline(cover, t);
  byId("title", HTMLElement).textContent = title;
  byId("lead", HTMLElement).textContent = lead;
  const [rest, name] = splitHost(cover.host, cover.registrable);
  byId("host-rest", HTMLElement).textContent = rest;
  byId("host-name", HTMLElement).textContent = name;
  byId("address", HTMLElement).textContent = cover.url;
  if (cover.verdict?.body) showBody(cover.verdict.body, t);
  if (byId("home", HTMLElement).hidden) byId("leave", HTMLElement).classList.add("primary");
  const reasons = cover.verdict?.reasons.map((reason) => reason.text) ?? [t("warningWhyListed")];
  byId("reasons", HTMLElement).append(...reasons.map((reason) => make("li", reason)));
  byId("warning", HTMLElement).hidden = false;
  byId("title", HTMLElement).focus();
}

function listen() {
  /**
   * @param {string} id
   * @param {() => unknown} run
   */
  const onClick = (id, run) => byId(id, HTMLButtonElement).addEventListener("click", run);
  /** @param {boolean} sure */
  const step = (sure) => {
    byId("proceed-first", HTMLElement).hidden = sure;
    byId("proceed-second", HTMLElement).hidden = !sure;
    byId(sure ? "proceed-ask" : "title", HTMLElement).focus();
  };
  onClick("home", () => ask("warning.home"));
  onClick("report", () => ask("warning.report"));
  onClick("leave", () => ask("warning.leave"));
  onClick("proceed", () => step(true));
  onClick("proceed-cancel", () => {
    step(false);
    byId("proceed-details", HTMLDetailsElement).open = false;
  });
  onClick("proceed-confirm", () => ask("warning.proceed"));
}

const t = localise(document, await language());
document.title = t("warningTabTitle");
/** @type {Cover | null} */
const cover = await ask("warning.get");
if (cover === null) byId("gone", HTMLElement).hidden = false;
else {
  listen();
  show(cover, t);
}
