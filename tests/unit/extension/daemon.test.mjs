import assert from "node:assert/strict";
import { test } from "node:test";
import { Daemon } from "../../../extension/shared/daemon.js";
import { reasonOf } from "../../../extension/shared/reasons.js";
import { alive, setUp, settle, STATUS } from "./daemonport.mjs";

const mute = () => undefined;
const noDaemon = (message, reply) =>
  reply({
    status: 0,
    body: { error: { code: "no_daemon", message: "", hint: "" } },
  });

test("is connected only once the daemon has answered", async () => {
  let answer;
  const { daemon, states } = setUp((_, reply) => (answer = reply));
  daemon.start();
  assert.equal(daemon.state.phase, "connecting");
  answer({ status: 200, body: STATUS });
  assert.deepEqual(states, ["connected:"]);
});

test("matches answers to questions by id, in whatever order they come", async () => {
  const held = [];
  const { daemon } = setUp((message, reply) => held.push([message, reply]));
  const a = daemon.request("/v1/check/url", { url: "a" });
  const b = daemon.request("/v1/check/url", { url: "b" });
  for (const [message, reply] of held.reverse())
    reply({ status: 200, body: message.body });
  assert.deepEqual(await a, { ok: true, body: { url: "a" } });
  assert.deepEqual(await b, { ok: true, body: { url: "b" } });
});

test("a clock that is set back plans no try further off than the longest pause", async () => {
  /** @type {number[]} */ const planned = [];
  let now = 1e12;
  const daemon = new Daemon({
    connect: () => {
      throw new Error("Specified native messaging host not found.");
    },
    lastError: () => "",
    now: () => now,
    setTimer: (run, ms) => {
      planned.push(ms);
      if (planned.length === 1) {
        now = 0;
        run();
      }
    },
    clearTimer: () => undefined,
  });
  daemon.start();
  assert.deepEqual(planned, [501, 60_000]); // 2 ** 31 and more would run at once, and again, and again
});

test("a question without answer ends in a time-out, and a late answer is dropped", async () => {
  let late;
  const { daemon, clock } = setUp((message, reply) =>
    message.path === "/v1/status" ? alive(message, reply) : (late = reply),
  );
  const asked = daemon.request("/v1/check/url", {}, 200);
  clock.advance(201);
  assert.equal((await asked).error.code, "timeout");
  late({ status: 200, body: {} });
  assert.equal(daemon.state.phase, "connected");
});

test("a daemon that hangs is away after three silences", async () => {
  const { daemon, clock } = setUp(
    (message, reply) => message.path === "/v1/status" && alive(message, reply),
  );
  for (let i = 0; i < 3; i++) void daemon.request("/v1/check/url", {}, 100);
  clock.advance(101);
  assert.deepEqual(daemon.state, { phase: "unreachable", reason: "silent" });
});

test("one question without answer has the daemon asked, and a hung one is away three seconds later", async () => {
  const { daemon, clock, ports } = setUp(
    (message, reply) => message.id === 1 && alive(message, reply),
  );
  daemon.start();
  const asked = daemon.request("/v1/check/url", {});
  clock.advance(10_001);
  assert.equal((await asked).error.code, "timeout");
  assert.equal(daemon.state.phase, "connected");
  assert.equal(ports[0].sent.at(-1).path, "/v1/status");
  clock.advance(3_001);
  await settle();
  assert.deepEqual(daemon.state, { phase: "unreachable", reason: "silent" });
});

test("the relay's word that the daemon is silent counts like our own deadline", async () => {
  const silent = (message, reply) =>
    reply({
      status: 0,
      body: { error: { code: "daemon_timeout", message: "", hint: "" } },
    });
  const { daemon } = setUp((message, reply) =>
    (message.id === 1 ? alive : silent)(message, reply),
  );
  daemon.start();
  assert.equal(
    (await daemon.request("/v1/check/url", {})).error.code,
    "daemon_timeout",
  );
  await settle();
  assert.deepEqual(daemon.state, { phase: "unreachable", reason: "silent" });
});

test("a daemon that was silent and answers again is told of, so that what it missed is asked again", async () => {
  let hung = false;
  const { daemon, clock, states } = setUp(
    (message, reply) => !hung && alive(message, reply),
  );
  daemon.start();
  hung = true;
  void daemon.request("/v1/check/url", {}, 100);
  clock.advance(101);
  hung = false;
  assert.equal((await daemon.request("/v1/check/url", {})).ok, true);
  assert.deepEqual(states, ["connected:", "connected:"]);
});

test("disconnecting fails what is waiting, with the reason a person can act on", async () => {
  const { daemon, drop } = setUp(mute);
  const asked = daemon.request("/v1/check/url", {});
  drop("Specified native messaging host not found.");
  assert.equal((await asked).error.code, "not_installed");
  assert.deepEqual(daemon.state, {
    phase: "unreachable",
    reason: "not_installed",
  });
});

test("while away, questions fail at once and reconnect only after the pause", async () => {
  const { daemon, clock, ports, drop } = setUp(alive, alive);
  daemon.start();
  drop("Native host has exited.");
  assert.equal((await daemon.request("/v1/check/url", {})).ok, false);
  assert.equal(ports.length, 1);
  clock.advance(600);
  assert.equal(ports.length, 2);
  assert.equal(daemon.state.phase, "connected");
  assert.equal((await daemon.request("/v1/check/url", {})).ok, true);
});

test("pauses grow, up to a minute", async () => {
  const { daemon, clock, ports } = setUp(noDaemon);
  daemon.start();
  await settle();
  clock.advance(600_000);
  await settle();
  const hellos = ports[0].sent.length;
  assert.ok(hellos > 8 && hellos < 20, `${hellos} attempts in ten minutes`);
  assert.deepEqual(daemon.state, { phase: "unreachable", reason: "no_daemon" });
});

test("a relay without daemon is unreachable, and is asked again on the same port", async () => {
  let up = false;
  const { daemon, clock, ports, states } = setUp((message, reply) =>
    (up ? alive : noDaemon)(message, reply),
  );
  daemon.start();
  up = true;
  clock.advance(600);
  assert.equal(ports.length, 1);
  assert.deepEqual(states, ["unreachable:no_daemon", "connected:"]);
});

test("whoever presses “try again” waits for one attempt, whatever the pause, and then has the answer", async () => {
  const { daemon, ports, clock } = setUp(noDaemon, alive);
  daemon.start();
  await settle();
  clock.advance(60_000); // the pauses are long by now
  await settle();
  const attempts = ports[0].sent.length;
  ports[0].drop();
  assert.equal(daemon.state.phase, "unreachable");
  const waking = [daemon.awake(5_000), daemon.awake(5_000)];
  await Promise.all(waking);
  assert.equal(ports.length, 2);
  assert.equal(ports[1].sent.length, 1);
  assert.ok(attempts > 1);
  assert.equal((await daemon.request("/v1/check/url", {})).ok, true);
  await daemon.awake(5_000); // nothing to do
  assert.equal(ports[1].sent.length, 2);
});

test("waking ends in its time, and a person may press again", async () => {
  const { daemon, ports, clock, drop } = setUp(alive, mute);
  daemon.start();
  drop("Native host has exited.");
  let ended = 0;
  void daemon.awake(5_000).then(() => ended++);
  await settle();
  assert.equal(ended, 0);
  clock.advance(5_001);
  await settle();
  assert.equal(ended, 1);
  assert.equal((await daemon.request("/v1/check/url", {})).ok, false);
  const hellos = ports[1].sent.length;
  void daemon.awake(5_000).then(() => ended++);
  assert.equal(ports[1].sent.length, hellos + 1);
  clock.advance(5_001);
  await settle();
  assert.equal(ended, 2);
});

test("waking what cannot be started ends at once, and nothing throws", async () => {
  const { daemon, drop } = setUp(alive);
  daemon.start();
  drop("Specified native messaging host not found.");
  await daemon.awake(5_000); // no more connections: connecting throws
  assert.equal(daemon.state.phase, "unreachable");
});

test("an error of the daemon is an answer: it stays connected", async () => {
  const { daemon } = setUp((message, reply) =>
    message.path === "/v1/status"
      ? alive(message, reply)
      : reply({
          status: 422,
          body: { error: { code: "not_a_url", message: "m", hint: "h" } },
        }),
  );
  assert.deepEqual(await daemon.request("/v1/check/url", {}), {
    ok: false,
    error: { code: "not_a_url", message: "m", hint: "h" },
  });
  assert.equal(daemon.state.phase, "connected");
});

test("never throws: not when connecting fails, not on nonsense, not for a listener's fault", async () => {
  const refused = setUp();
  refused.daemon.start();
  assert.equal(refused.daemon.state.phase, "unreachable");
  const { daemon, ports } = setUp(alive);
  daemon.onState = () => {
    throw new Error("listener");
  };
  daemon.start();
  for (const nonsense of [null, 7, {}, { id: "1" }, { id: 99 }])
    ports[0].port.onMessage.fire(nonsense);
  assert.equal(daemon.state.phase, "connected");
});

test("knows the browsers' sentences", () => {
  assert.equal(
    reasonOf("No such native application org.guetteur.host"),
    "not_installed",
  );
  assert.equal(
    reasonOf("Access to the specified native messaging host is forbidden."),
    "forbidden",
  );
  assert.equal(reasonOf("Native host has exited."), "stopped");
});
