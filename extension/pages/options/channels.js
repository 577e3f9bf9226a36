/** The options' part on those who get reports: what each gets, what becomes of it, and the settings it needs. */
import { ask, byId, make, once } from "../../shared/page.js";
import { faultOf, groupsOf, labelsOf, missingOf, problemOf } from "./needs.js";
import { settingOf } from "./setting.js";

/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {import("./needs.js").Answer} Answer */
/** @typedef {import("./needs.js").ChannelState} ChannelState */
/** @typedef {import("./needs.js").ChannelsReply} ChannelsReply */
/** @typedef {import("./setting.js").Setting} Setting */
/** @typedef {{reply: ChannelsReply, t: Translate, settings: Map<string, Setting>, states: Map<string, HTMLElement>}} Place */

/** @param {Translate} t */
export async function showChannels(t) {
  /** @type {Answer} */
  const answer = await ask("options.channels");
  const fault = faultOf(answer);
  const where = byId("channels-where", HTMLElement);
  where.textContent = answer?.ok ? answer.body.where : t(fault ?? "optionsChannelsAway");
  where.className = answer?.ok ? "soft" : "note";
  if (!answer?.ok) return;
  /** @type {Place} */
  const place = { reply: answer.body, t, settings: new Map(), states: new Map() };
  const { person, shared, own } = groupsOf(place.reply);
  const parts = [
    make("h3", t("optionsChannelsYou")),
    formOf(t("optionsChannelsYou"), person, place),
    ...(shared.length ? [sharedPart(shared, place)] : []),
    make("h3", t("optionsChannelsEach")),
    ...place.reply.channels.map((channel) => channelPart(channel, own[channel.id] ?? [], place)),
  ];
  byId("channel-list", HTMLElement).replaceChildren(...parts);
  showStates(place);
}

/**
 * @param {string[]} ids
 * @param {Place} place
 */
function sharedPart(ids, place) {
  const name = place.t("optionsChannelsShared");
  const part = make("details", "", "channel");
  part.append(make("summary", name), formOf(name, ids, place));
  return part;
}

/**
 * @param {ChannelState} channel
 * @param {string[]} own ids of settings that no other channel uses
 * @param {Place} place
 */
function channelPart(channel, own, place) {
  const { t, reply, states } = place;
  const part = make("details", "", "channel");
  const summary = document.createElement("summary");
  const state = make("span", "", "state");
  states.set(channel.id, state);
  summary.append(make("span", channel.name, "name"), " ", state);
  const facts = document.createElement("dl");
  facts.append(
    make("dt", t("optionsChannelsGets")),
    make("dd", channel.gets),
    make("dt", t("optionsChannelsPrivacy")),
    make("dd", channel.privacy),
  );
  part.append(summary, facts);
  if (channel.kind === "form") part.append(make("p", t("optionsChannelsForm")));
  const above = labelsOf(
    [...channel.needs, ...channel.optional].filter((id) => !own.includes(id)),
    reply,
  );
  if (above.length) part.append(make("p", t("optionsChannelsAbove", above.join(", ")), "soft"));
  if (own.length) part.append(formOf(channel.name, own, place));
  return part;
}

/**
 * The fields of a group and the one button that keeps them.
 * @param {string} name
 * @param {string[]} ids
 * @param {Place} place
 */
function formOf(name, ids, place) {
  const { t, reply, settings } = place;
  const form = document.createElement("form");
  form.noValidate = true;
  const fields = ids
    .flatMap((id) => reply.needs.filter((need) => need.id === id))
    .map((need) => {
      const setting = settingOf(need, reply, t, (one) => keep([[one, null]], place));
      settings.set(need.id, setting);
      return setting;
    });
  const button = make("button", t("optionsChannelsSave"), "button");
  button.setAttribute("aria-label", t("optionsChannelsOf", t("optionsChannelsSave"), name));
  form.append(...fields.map(({ root }) => root), button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const changes = fields.map((field) => /** @type {const} */ ([field, field.change()]));
    await once(button, () => keep(changes, place));
  });
  return form;
}

/**
 * Keeps or forgets, one after the other; stops at the first that fails, beside which it says why.
 * @param {(readonly [Setting, string | null | undefined])[]} given undefined: as it was
 * @param {Place} place
 */
async function keep(given, place) {
  const { t } = place;
  const changes = given.flatMap(([setting, value]) =>
    value === undefined ? [] : [/** @type {const} */ ([setting, value])],
  );
  for (const [setting] of given) setting.complain("");
  const wrong = changes.filter(([setting, value]) => {
    const problem = value === null ? null : problemOf(setting.id, value);
    if (problem !== null) setting.complain(t(problem));
    return problem !== null;
  });
  if (wrong.length > 0) return wrong[0]?.[0].focus();
  /** @type {string[]} */
  const done = [];
  for (const [setting, value] of changes) {
    /** @type {Answer} */
    const answer = await ask("options.channel", { id: setting.id, value });
    const fault = faultOf(answer);
    if (!answer?.ok) {
      say(done.join(" "));
      setting.complain(t(fault ?? "optionsChannelsAway"));
      return setting.focus();
    }
    place.reply = answer.body;
    for (const need of answer.body.needs) place.settings.get(need.id)?.show(need, need.id === setting.id);
    showStates(place);
    if (value === null) setting.focus();
    done.push(t(value === null ? "optionsChannelsForgotten" : "optionsChannelsSaved", setting.label));
  }
  say(done.length ? done.join(" ") : t("optionsChannelsSame"));
}

/** @param {string} text */
function say(text) {
  byId("channels-status", HTMLElement).textContent = text;
}

/** @param {Place} place */
function showStates({ reply, t, states }) {
  for (const channel of reply.channels) {
    const state = states.get(channel.id);
    if (state === undefined) continue;
    const missing = labelsOf(missingOf(channel, reply), reply).join(", ");
    state.textContent = channel.ready ? t("optionsChannelsReady") : t("optionsChannelsMissing", missing);
    state.dataset["ready"] = String(channel.ready);
  }
}
