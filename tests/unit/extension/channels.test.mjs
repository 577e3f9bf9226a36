import assert from "node:assert/strict";
import { test } from "node:test";
import {
  faultOf,
  groupsOf,
  isOptional,
  labelsOf,
  missingOf,
  problemOf,
} from "../../../extension/pages/options/needs.js";

const need = (id, set = false) => ({
  id,
  label: `The ${id}`,
  hint: "",
  secret: false,
  set,
  value: null,
});
const channel = (id, needs, optional = []) => ({
  id,
  needs,
  optional,
  ready: false,
});
const reply = {
  kept_in: "file",
  where: "",
  needs: ["smtp_host", "name", "token", "smtp_port", "email"].map((id) =>
    need(id, id === "email"),
  ),
  channels: [
    channel("apwg", ["email", "smtp_host"], ["smtp_port"]),
    channel("abuse", ["email", "smtp_host"], ["smtp_port"]),
    channel("spamhaus", ["token"]),
    channel("microsoft", ["email", "name"]),
    channel("form", []),
  ],
};

test("every setting stands in one place, the person's own first", () => {
  assert.deepEqual(groupsOf(reply), {
    person: ["email", "name"],
    shared: ["smtp_host", "smtp_port"],
    own: { apwg: [], abuse: [], spamhaus: ["token"], microsoft: [], form: [] },
  });
  const one = { ...reply, channels: [channel("spamhaus", ["token"])] };
  assert.deepEqual(groupsOf(one).person, []);
});

test("what a channel lacks is what it needs and is not set, never what it may use", () => {
  const of = (at) => labelsOf(missingOf(reply.channels[at], reply), reply);
  assert.deepEqual(of(0), ["The smtp_host"]);
  assert.deepEqual(of(3), ["The name"]);
  assert.deepEqual(of(4), []);
  assert.ok(isOptional("smtp_port", reply));
  assert.ok(!isOptional("email", reply));
});

test("slips of the pen are seen before anything is kept", () => {
  for (const [id, value, problem] of [
    ["email", "claire@exemple.fr", null],
    ["email", "claire", "optionsChannelsBadEmail"],
    ["email", "claire@exemple.", "optionsChannelsBadEmail"],
    ["smtp_host", "smtp.exemple.fr", null],
    ["smtp_host", "https://smtp.exemple.fr", "optionsChannelsBadServer"],
    ["smtp_port", "587", null],
    ["smtp_port", "0", "optionsChannelsBadPort"],
    ["smtp_port", "70000", "optionsChannelsBadPort"],
    ["intake_url", "https://listes.exemple.fr/", null],
    ["intake_url", "http://listes.exemple.fr/", "optionsChannelsBadUrl"],
    ["spamhaus_token", "any thing", null],
  ])
    assert.equal(problemOf(id, value), problem, `${id} ${value}`);
});

test("a fault is said in words a person can act on", () => {
  assert.equal(faultOf({ ok: true, body: reply }), null);
  for (const [answer, text] of [
    [null, "optionsChannelsAway"],
    [{ ok: false, code: "stopped" }, "optionsChannelsAway"],
    [{ ok: false, code: "daemon_unreachable" }, "optionsChannelsAway"],
    [{ ok: false, code: "credential_invalid" }, "optionsChannelsBadValue"],
    [
      { ok: false, code: "credentials_unwritable" },
      "optionsChannelsUnwritable",
    ],
    [{ ok: false, code: "credentials_unreadable" }, "optionsChannelsLocked"],
    [{ ok: false, code: "anything_else" }, "optionsChannelsFailed"],
  ])
    assert.equal(faultOf(answer), text, answer?.code);
});
