/** What the part on those who get reports decides. Nothing here touches the page. */
import { isAway } from "../../shared/reasons.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */
/** @typedef {import("../../shared/wire-report.d.ts").ChannelState} ChannelState */
/** @typedef {import("../../shared/wire-report.d.ts").ChannelsReply} ChannelsReply */
/** @typedef {import("../../shared/wire-report.d.ts").NeedReply} NeedReply */
/** @typedef {{ok: true, body: ChannelsReply} | {ok: false, code: string} | null} Answer null: the background is gone */

/** What the person is asked first: who they are, which most channels need. */
const PERSON = ["email", "name"];

/** @param {ChannelState} channel */
const uses = ({ needs, optional }) => [...needs, ...optional];

/**
 * Where each setting stands, once: the person's own, those of several channels, those of one.
 * @param {ChannelsReply} reply
 * @returns {{person: string[], shared: string[], own: Record<string, string[]>}} ids
 */
export function groupsOf({ needs, channels }) {
  const users = (/** @type {string} */ id) => channels.filter((channel) => uses(channel).includes(id)).length;
  const others = needs.map(({ id }) => id).filter((id) => !PERSON.includes(id));
  const alone = (/** @type {ChannelState} */ channel) =>
    uses(channel).filter((id) => others.includes(id) && users(id) === 1);
  return {
    person: PERSON.filter((id) => users(id) > 0 && needs.some((need) => need.id === id)),
    shared: others.filter((id) => users(id) > 1),
    own: Object.fromEntries(channels.map((channel) => [channel.id, alone(channel)])),
  };
}

/**
 * Whether no channel depends on it.
 * @param {string} id
 * @param {ChannelsReply} reply
 */
export const isOptional = (id, { channels }) => !channels.some(({ needs }) => needs.includes(id));

/**
 * The names of settings, in the order given.
 * @param {string[]} ids
 * @param {ChannelsReply} reply
 */
export const labelsOf = (ids, { needs }) =>
  ids.flatMap((id) => needs.filter((need) => need.id === id).map(({ label }) => label));

/**
 * What keeps a channel from being used.
 * @param {ChannelState} channel
 * @param {ChannelsReply} reply
 * @returns {string[]} ids
 */
export const missingOf = ({ needs }, reply) =>
  needs.filter((id) => reply.needs.some((one) => one.id === id && !one.set));

/** Forms that a slip of the pen breaks; everything else only the channel itself can judge. @type {Record<string, [(value: string) => boolean, Key]>} */
const FORMS = {
  email: [(value) => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value), "optionsChannelsBadEmail"],
  smtp_host: [(value) => /^[a-z0-9.-]+$/i.test(value), "optionsChannelsBadServer"],
  smtp_port: [
    (value) => /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535,
    "optionsChannelsBadPort",
  ],
  intake_url: [(value) => /^https:\/\/[^\s/]/.test(value), "optionsChannelsBadUrl"],
};

/**
 * @param {string} id
 * @param {string} value not empty
 * @returns {Key | null} what to say of it, or null: fine
 */
export function problemOf(id, value) {
  const [fits, text] = FORMS[id] ?? [];
  return fits === undefined || fits(value) ? null : /** @type {Key} */ (text);
}

/** Said beside the field that was to be kept. @type {Record<string, Key>} */
const FAULTS = {
  credential_invalid: "optionsChannelsBadValue",
  credential_email: "optionsChannelsBadEmail",
  credential_server: "optionsChannelsBadServer",
  credential_port: "optionsChannelsBadPort",
  credential_url: "optionsChannelsBadUrl",
  invalid_request: "optionsChannelsBadValue",
  credentials_unwritable: "optionsChannelsUnwritable",
  credentials_unreadable: "optionsChannelsLocked",
};

/**
 * @param {Answer} answer
 * @returns {Key | null} what to say of a fault, or null: there is none
 */
export function faultOf(answer) {
  if (answer?.ok) return null;
  const code = answer?.code ?? "";
  return FAULTS[code] ?? (isAway(code) ? "optionsChannelsAway" : "optionsChannelsFailed");
}
