/**
 * The declarativeNetRequest rules: known-bad hosts never get the request at all.
 *
 *   dynamic 1   block every host of the daemon's base list     priority 1
 *   dynamic 3   let through what has left the list since       priority 2
 *   dynamic 4   block what has come onto the list since        priority 3
 *   session n   let one tab through to one host                priority 5
 *
 * A day's change of the list replaces rules 3 and 4 only; the base is sent anew when the daemon has a new one.
 * `requestDomains` also matches subdomains; what an allow rule opens too widely the verdict on the page still covers.
 */
import { api, quietly } from "../shared/browser.js";

const BASE_RULE = 1;
const REMOVED_RULE = 3;
const ADDED_RULE = 4;
const MOST_HOSTS = 100_000; // one rule of this size loads in 0.3 s; three times as many in 1 s
const MOST_PAGES = 1_000;
const PARTS = /** @type {const} */ (["hosts", "added", "removed"]);
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

/**
 * @param {number} id
 * @returns {Promise<Set<string>>}
 */
async function hostsOf(id) {
  const rules = await api.declarativeNetRequest.getDynamicRules({ ruleIds: [id] });
  return new Set(rules[0]?.condition.requestDomains ?? []);
}

/**
 * Whether our copy of the list names this host or a parent of it.
 * @param {string} host
 */
export async function isBlocked(host) {
  const found = await quietly(() => Promise.all([BASE_RULE, REMOVED_RULE, ADDED_RULE].map(hostsOf)));
  if (!found) return false;
  const [base, removed, added] = /** @type {[Set<string>, Set<string>, Set<string>]} */ (found);
  const labels = host.split(".");
  const names = labels.map((_, index) => labels.slice(index).join("."));
  return names.some((name) => added.has(name) || (base.has(name) && !removed.has(name)));
}

/**
 * @typedef {object} Fetched
 * @property {string} base name of the base list
 * @property {string[] | null} hosts the base's hosts; null when the base in place is still the daemon's
 * @property {string} version the state with what was added and removed
 * @property {string[]} added
 * @property {string[]} removed
 */

/**
 * Fetches the base page by page, where it is new, and what changed since; starts over if the list changes on the way.
 * @param {import("../shared/daemon.js").Daemon} daemon
 * @param {string | null} known base already in place
 * @returns {Promise<Fetched | null>} null: no lists, or no answer
 */
export async function fetchHosts(daemon, known) {
  /** @type {() => Record<typeof PARTS[number], string[]>} */
  const nothing = () => ({ hosts: [], added: [], removed: [] });
  let state = null;
  let cursor = 0;
  let found = nothing();
  for (let page = 0; page < MOST_PAGES; page++) {
    const reply = await daemon.request("/v1/lists/hosts", { base: known, cursor }, 30_000);
    if (!reply.ok) return null;
    const answer = /** @type {any} */ (reply.body);
    if (typeof answer?.base !== "string" || typeof answer.version !== "string") return null;
    if (!PARTS.every((part) => Array.isArray(answer[part]))) return null;
    // A day's change moves the cursor of what was added and removed.
    const told = `${answer.base} ${answer.version}`;
    if (state !== null && state !== told) {
      [state, cursor, found] = [null, 0, nothing()];
      continue;
    }
    state = told;
    for (const part of PARTS) for (const host of answer[part]) if (isUsable(host)) found[part].push(host);
    if (!Number.isInteger(answer.next) || answer.next <= cursor) {
      return {
        base: answer.base,
        hosts: answer.unchanged === true ? null : found.hosts.slice(0, MOST_HOSTS),
        version: answer.version,
        added: found.added.slice(0, MOST_HOSTS),
        removed: found.removed.slice(0, MOST_HOSTS),
      };
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
  refreshing ??= renew(daemon).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** @param {import("../shared/daemon.js").Daemon} daemon */
async function renew(daemon) {
  const changed = await quietly(() => replaceList(daemon));
  await api.storage.local.set({ rulesFailed: changed === undefined }); // the popup says so
  return changed === true;
}

/**
 * @param {import("../shared/daemon.js").Daemon} daemon
 * @returns {Promise<boolean | undefined>} undefined: the rules are those of before, and may be old
 */
async function replaceList(daemon) {
  const stored = /** @type {any} */ (await api.storage.local.get(["listBase", "listVersion"]));
  const inPlace = (await hostsOf(BASE_RULE)).size > 0 && typeof stored.listBase === "string";
  const fetched = await fetchHosts(daemon, inPlace ? stored.listBase : null);
  if (fetched === null) return undefined;
  if (fetched.hosts === null && fetched.version === stored.listVersion) return false;
  await api.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: [REMOVED_RULE, ADDED_RULE, ...(fetched.hosts ? [BASE_RULE] : [])],
    addRules: [
      ...rule(BASE_RULE, 1, "block", fetched.hosts ?? []),
      ...rule(REMOVED_RULE, 2, "allow", fetched.removed),
      ...rule(ADDED_RULE, 3, "block", fetched.added),
    ],
  });
  // Written after the rules: a worker killed between the two fetches again, instead of trusting old rules.
  await api.storage.local.set({ listBase: fetched.base, listVersion: fetched.version });
  return true;
}

/** @param {import("../shared/wire.d.ts").Allowance} allowance */
export async function openForTab({ ruleId, tabId, host }) {
  await api.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [ruleId],
    addRules: rule(ruleId, 5, "allow", [host], [tabId]),
  });
}

/** @param {number[]} ruleIds */
export async function closeForTab(ruleIds) {
  if (ruleIds.length > 0) await quietly(() => api.declarativeNetRequest.updateSessionRules({ removeRuleIds: ruleIds }));
}
