/** Questions that stay without answer: what is asked again, when, and how often. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alive, setUp, settle } from "./daemonport.mjs";

/** Connected, and one page's question stays without answer; `answers` decides who else is answered. */
async function missing(answers) {
  const all = setUp((message, reply) => {
    if (answers(message)) alive(message, reply);
  });
  all.daemon.start();
  void all.daemon.request("/v1/check/url", { slow: true });
  all.clock.advance(10_001);
  await settle();
  return all;
}
const allButSlow = ({ body }) => body?.slow !== true;
const TOLD = "connected:";

test("a probe's answer has nothing asked again; the next answer does, once", async () => {
  const { daemon, states } = await missing(allButSlow);
  assert.deepEqual(states, [TOLD]);
  await daemon.request("/v1/check/url", {});
  await daemon.request("/v1/check/url", {});
  assert.deepEqual(states, [TOLD, TOLD]);
});

test("a question that is always slow has the pages judged again once a minute at most", async () => {
  const { daemon, clock, states } = await missing(allButSlow);
  const told = daemon.onState;
  daemon.onState = (state) => {
    told(state);
    if (states.length > 20) return; // it fed itself, and has failed
    void daemon.request("/v1/check/batch", {});
    void daemon.request("/v1/check/mail", { slow: true });
  };
  await daemon.request("/v1/check/url", {});
  for (let second = 0; second < 600; second++) {
    clock.advance(1_000);
    await settle();
    if (second % 7 === 0) void daemon.request("/v1/check/url", {});
  }
  const rounds = states.length - 1;
  assert.ok(rounds >= 9 && rounds <= 11, `${rounds} rounds in ten minutes`);
  assert.deepEqual(new Set(states), new Set([TOLD]));
});

test("missed twice within a minute, pages are judged again when it is over", async () => {
  const { daemon, clock, states } = await missing(allButSlow);
  await daemon.request("/v1/check/url", {});
  void daemon.request("/v1/check/url", { slow: true });
  clock.advance(10_001);
  await daemon.request("/v1/check/url", {});
  assert.deepEqual(states, [TOLD, TOLD]);
  clock.advance(60_000);
  assert.deepEqual(states, [TOLD, TOLD, TOLD]);
  clock.advance(600_000);
  assert.equal(states.length, 3);
});

test("where nobody asks anything else, the alarm has the missed pages judged again", async () => {
  const { daemon, states } = await missing(allButSlow);
  daemon.retry();
  daemon.retry();
  assert.deepEqual(states, [TOLD, TOLD]);
});

test("a daemon that was away is told of at once, however short the time since", async () => {
  const { daemon, ports, states, clock } = setUp(
    (message, reply) => allButSlow(message) && alive(message, reply),
    alive,
  );
  daemon.start();
  void daemon.request("/v1/check/url", { slow: true });
  clock.advance(10_001);
  await daemon.request("/v1/check/url", {});
  ports[0].drop();
  clock.advance(600);
  assert.deepEqual(states, [TOLD, TOLD, "unreachable:stopped", TOLD]);
  clock.advance(600_000);
  assert.equal(states.length, 4);
});

test("short questions of the popup and the guide have the daemon probed, and nothing asked again", async () => {
  const open = ["/v1/status", "/v1/report/receipts"];
  let busy = true;
  const { daemon, clock, ports, states } = setUp((message, reply) => {
    const isProbe = message.body === null && message.path === "/v1/status";
    if (!busy || message.id === 1 || (isProbe && message.id % 2 === 1))
      alive(message, reply);
  });
  daemon.start();
  for (let time = 0; time < 4; time++) {
    void daemon.request(open[time % 2], null, 1_000);
    clock.advance(1_001);
    await settle();
  }
  assert.equal(ports[0].sent.length, 9); // a probe after each
  busy = false;
  await daemon.request("/v1/check/url", {});
  daemon.retry();
  clock.advance(600_000);
  assert.deepEqual(states, [TOLD]);
});

test("a popup that stays without answer shows up a hung daemon within seconds", async () => {
  const { daemon, clock } = setUp(
    (message, reply) => message.id === 1 && alive(message, reply),
  );
  daemon.start();
  void daemon.request("/v1/status", null, 2_000);
  clock.advance(2_001);
  await settle();
  clock.advance(3_001);
  await settle();
  assert.deepEqual(daemon.state, { phase: "unreachable", reason: "silent" });
});

test("away again before a planned attempt was due: another one is planned", async () => {
  let up = false;
  const away = { error: { code: "stopped", message: "", hint: "" } };
  const { daemon, clock, states } = setUp((message, reply) =>
    up ? alive(message, reply) : reply({ status: 0, body: away }),
  );
  daemon.start();
  await settle();
  clock.advance(100);
  up = true;
  await daemon.awake(1_000);
  up = false;
  await daemon.request("/v1/check/url", {});
  await settle();
  clock.advance(450); // past the attempt that was planned at first
  up = true;
  clock.advance(20_000); // nobody asks anything
  await settle();
  const gone = "unreachable:stopped";
  assert.deepEqual(states, [gone, TOLD, gone, TOLD]);
});
