/**
 * The declarativeNetRequest rules: known-bad hosts never get the request at all.
 *
 *   dynamic 1   block every host of the daemon's list          priority 1
 *   dynamic 2   let paused hosts through                       priority 2
 *   session n   let one tab through to one host                priority 3
 *   session 1e6 let hosts paused in private windows through    priority 2
 *
 * `requestDomains` also matches subdomains; what an allow rule opens too widely the verdict on the page still covers.
 */
import { api, quietly } from "../shared/browser.js";

const LIST_RULE = 1;
const PAUSED_RULE = 2;
const PRIVATE_PAUSED_RULE = 1_000_000;
const MOST_HOSTS = 100_000; // one rule of this size loads in 0.3 s; three times as many in 1 s
const MOST_PAGES = 1_000;
const HOST = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/; // one name the browser refuses would void the whole rule

/**
 * @param {unknown} host
 * @returns {host is string}
 */
function isUsable(host) {
  // Punycode that decodes to nothing looks like a name, and Firefox refuses the rule for it.
  return typeof host === "string" && HOST.test(host) && (!host.includes("xn--") || URL.canParse(`http://${host}/`));
}

/** @type {any} */
const FRAMES = ["main_frame", "sub_frame"];

/**
 * @param {number} id
 * @param {number} priority
 * @param {"allow" | "block"} type
 * @param {string[]} requestDomains
 * @param {number[]} [tabIds]
 * @returns {chrome.declarativeNetRequest.Rule[]} none for no host: an empty list would match everything
 */
function rule(id, priority, type, requestDomains, tabIds) {
  if (requestDomains.length === 0) return [];
  const condition = { requestDomains, resourceTypes: FRAMES, ...(tabIds && { tabIds }) };
  return [{ id, priority, action: /** @type {any} */ ({ type }), condition }];
}

/** @returns {Promise<string[]>} */
async function blockedHosts() {
  const rules = await api.declarativeNetRequest.getDynamicRules({ ruleIds: [LIST_RULE] });
  return rules[0]?.condition.requestDomains ?? [];
}

/**
 * Whether our copy of the list names this host or a parent of it.
 * @param {string} host
 */
export async function isBlocked(host) {
  const blocked = new Set((await quietly(blockedHosts)) ?? []);
  const labels = host.split(".");
  return labels.some((_, index) => blocked.has(labels.slice(index).join(".")));
}

/**
 * Fetches the hosts page by page; starts over if the list changes on the way.
 * @param {import("../shared/daemon.js").Daemon} daemon
 * @param {string | null} known version already in place
 * @returns {Promise<{version: string, hosts: string[]} | null>} null: nothing new, or no answer
 */
export async function fetchHosts(daemon, known) {
  let version = null;
  let cursor = 0;
  /** @type {string[]} */
  let hosts = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const reply = await daemon.request("/v1/lists/hosts", { version: known, cursor }, 30_000);
    if (!reply.ok) return null;
    const answer = /** @type {any} */ (reply.body);
    if (typeof answer?.version !== "string" || answer.unchanged === true || !Array.isArray(answer.hosts)) return null;
    if (version !== null && version !== answer.version) {
      [version, cursor, hosts] = [null, 0, []];
      continue;
    }
    version = answer.version;
    for (const host of answer.hosts) if (isUsable(host)) hosts.push(host);
    if (!Number.isInteger(answer.next) || answer.next <= cursor || hosts.length >= MOST_HOSTS) {
      return { version, hosts: hosts.slice(0, MOST_HOSTS) };
    }
    cursor = answer.next;
  }
  return null;
}

/** @type {Promise<boolean> | null} */
let refreshing = null;

/**
 * Brings the block rule up to the daemon's list.
 * @param {import("../shared/daemon.js").Daemon} daemon
 * @returns {Promise<boolean>} true when the list changed
 */
export function refreshList(daemon) {
  refreshing ??= replaceList(daemon).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** @param {import("../shared/daemon.js").Daemon} daemon */
async function replaceList(daemon) {
  const { listVersion = null } = /** @type {any} */ (await api.storage.local.get("listVersion"));
  const inPlace = (await blockedHosts()).length > 0;
  const fetched = await fetchHosts(daemon, inPlace ? listVersion : null);
  if (fetched === null) return false;
  await api.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: [LIST_RULE],
    addRules: rule(LIST_RULE, 1, /** @type {const} */ ("block"), fetched.hosts),
  });
  // Written after the rule: a worker killed between the two fetches again, instead of trusting an old rule.
  await api.storage.local.set({ listVersion: fetched.version });
  return true;
}

/** @param {string[]} hosts */
export async function openPaused(hosts) {
  await api.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: [PAUSED_RULE],
    addRules: rule(PAUSED_RULE, 2, "allow", hosts),
  });
}

/** @param {string[]} hosts */
export async function openPrivatelyPaused(hosts) {
  await api.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [PRIVATE_PAUSED_RULE],
    addRules: rule(PRIVATE_PAUSED_RULE, 2, "allow", hosts),
  });
}

/** @param {import("../shared/wire.d.ts").Allowance} allowance */
export async function openForTab({ ruleId, tabId, host }) {
  await api.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [ruleId],
    addRules: rule(ruleId, 3, "allow", [host], [tabId]),
  });
}

/** @param {number[]} ruleIds */
export async function closeForTab(ruleIds) {
  if (ruleIds.length > 0) await quietly(() => api.declarativeNetRequest.updateSessionRules({ removeRuleIds: ruleIds }));
}
