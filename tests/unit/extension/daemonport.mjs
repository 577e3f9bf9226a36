/** A daemon's port, as the extension sees it. */
import { Daemon } from "../../../extension/shared/daemon.js";
import { fakeClock, fakePort } from "./fakes.mjs";

export const STATUS = { product: "guetteur" };
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A daemon over a list of port behaviours, one per connection. */
export function setUp(...behaviours) {
  const clock = fakeClock();
  const ports = [];
  const states = [];
  let lastError = "";
  const daemon = new Daemon({
    connect() {
      const behaviour = behaviours.shift();
      if (!behaviour) throw new Error("no more connections expected");
      ports.push(fakePort(behaviour));
      return ports.at(-1).port;
    },
    lastError: () => lastError,
    now: clock.now,
    setTimer: clock.setTimer,
    clearTimer: clock.clearTimer,
  });
  daemon.onState = (state) => states.push(`${state.phase}:${state.reason}`);
  const drop = (message) => {
    lastError = message;
    ports.at(-1).drop();
  };
  return { daemon, clock, ports, states, drop };
}

export const alive = (message, reply) =>
  message.path === "/v1/status"
    ? reply({ status: 200, body: STATUS })
    : reply({ status: 200, body: message.body });
