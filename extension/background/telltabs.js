import { api, quietly } from "../shared/browser.js";

/**
 * Tells the content scripts of all tabs that are meant. None waits for another: a page that hangs never answers.
 * @param {{type: string}} message
 * @param {(tab: chrome.tabs.Tab) => boolean} isMeant
 * @param {chrome.tabs.MessageSendOptions} [where]
 */
export async function tellTabs(message, isMeant, where = {}) {
  const tabs = (await api.tabs.query({})).filter(isMeant);
  await Promise.all(tabs.map(({ id = -1 }) => quietly(() => api.tabs.sendMessage(id, message, where))));
}
