/** What may be asked about mail: by content scripts in webmails, frames included, and by the popup and the options. */
import { api, quietly } from "../shared/browser.js";
import { webmailNamed } from "./webmails.js";

const PAGE = ["content"];
const ANYWHERE = ["content", "frame"];
const POPUP = ["pages/popup/popup.html"];
const OPTIONS = ["pages/options/options.html"];

/**
 * @param {{
 *   state: import("./state.js").SessionState,
 *   mail: import("./mail.js").Mail,
 *   offer: import("./mailoffer.js").MailOffer,
 *   consents: import("./consents.js").Consents,
 * }} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function mailRoutes({ state, mail, offer, consents }) {
  /** @param {number} tabId */
  async function inPopup(tabId) {
    const tab = await quietly(() => api.tabs.get(tabId));
    const webmail = await offer.inTab(tabId, tab);
    const verdict = state.tab(tabId).mail?.verdict ?? null;
    return { webmail: webmail && { ...webmail, webmail: undefined, name: webmail.webmail.label }, verdict };
  }

  async function hosts() {
    const entries = Object.entries(await consents.list());
    return entries.map(([host, { on, webmail }]) => {
      const { label = "", trial = false } = webmailNamed(webmail) ?? {};
      return { host, on, name: label, trial };
    });
  }

  /** @param {any} message */
  async function change({ host, on }) {
    const known = (await consents.list())[host];
    if (known !== undefined) await consents.set(host, { ...known, on: on === true }, false);
    return hosts();
  }

  return {
    "mail.found": {
      from: ANYWHERE,
      run: ({ tabId, sender, message }) => offer.found(tabId, sender, message.webmail),
    },
    "mail.ask": { from: PAGE, run: ({ tabId, sender }) => offer.bar(tabId, sender.tab) },
    "mail.answer": {
      from: PAGE,
      run: ({ tabId, sender, message }) => offer.answer(tabId, sender.tab, message.on === true),
    },
    "mail.begin": { from: ANYWHERE, run: ({ tabId, sender }) => mail.begin(tabId, sender) },
    "mail.check": { from: ANYWHERE, run: ({ message, tabId, sender }) => mail.check(message, tabId, sender) },
    "mail.cannotRead": { from: ANYWHERE, run: ({ tabId, sender }) => mail.cannotRead(tabId, sender) },
    "mail.gone": { from: ANYWHERE, run: ({ message, tabId }) => mail.gone(tabId, String(message.page)) },
    "mail.open": { from: ANYWHERE, run: ({ message, tabId, sender }) => mail.open(tabId, message, sender) },
    "mail.report": { from: ANYWHERE, run: ({ message, tabId, sender }) => mail.report(tabId, message, sender) },
    "mail.guide": { from: ANYWHERE, run: ({ message, tabId, sender }) => mail.guide(tabId, message, sender) },
    "popup.mail": { from: POPUP, run: ({ message }) => inPopup(Number(message.tabId)) },
    "popup.mailSwitch": {
      from: POPUP,
      run: async ({ message: { tabId, on } }) =>
        offer.answer(Number(tabId), await quietly(() => api.tabs.get(Number(tabId))), on === true),
    },
    "options.mail": { from: OPTIONS, run: hosts },
    "options.mailSwitch": { from: OPTIONS, run: ({ message }) => change(message) },
  };
}
