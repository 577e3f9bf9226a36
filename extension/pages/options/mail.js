/** The options' part on mail: in which webmails opened messages are read. */
import { api } from "../../shared/browser.js";
import { ask, byId, make } from "../../shared/page.js";

/** @typedef {{host: string, on: boolean, name: string, trial: boolean}} Entry */

/**
 * @param {Entry} entry
 * @param {import("../../shared/i18n.js").Translate} t
 */
function lineOf({ host, on, name, trial }, t) {
  const line = document.createElement("li");
  const title = document.createElement("span");
  title.append(
    make("span", host, "address"),
    ` (${name}) `,
    make(
      "span",
      [on ? t("optionsMailOn") : t("optionsMailOff"), ...(trial ? [t("optionsMailTrial")] : [])].join(", "),
      "soft",
    ),
  );
  const change = make("button", t(on ? "optionsMailStop" : "optionsMailStart", host), "button quiet");
  change.type = "button";
  change.addEventListener("click", async () => {
    change.disabled = true;
    if (!on) void api.permissions.request({ origins: [`*://${host}/*`] }).catch(() => undefined);
    show(await ask("options.mailSwitch", { host, on: !on }), t);
    // Where the button was, focus would be lost.
    byId("mail-title", HTMLElement).focus();
  });
  line.append(title, change);
  return line;
}

/**
 * @param {Entry[] | null} entries
 * @param {import("../../shared/i18n.js").Translate} t
 */
function show(entries, t) {
  byId("mail-hosts", HTMLElement).replaceChildren(...(entries ?? []).map((entry) => lineOf(entry, t)));
  byId("no-mail", HTMLElement).hidden = (entries ?? []).length > 0;
}

/** @param {import("../../shared/i18n.js").Translate} t */
export async function showMailHosts(t) {
  show(await ask("options.mail"), t);
}
