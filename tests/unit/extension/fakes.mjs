/** Fakes that implement the real interface; whatever is not faked throws. */

/**
 * @template {object} T
 * @param {string} name
 * @param {T} known
 * @returns {T}
 */
export function strict(name, known) {
  return new Proxy(known, {
    get(target, key) {
      if (key in target || typeof key === "symbol" || key === "then")
        return Reflect.get(target, key);
      throw new Error(`${name}.${key} is not faked`);
    },
  });
}

export function fakeEvent() {
  const listeners = new Set();
  return {
    addListener: (listener) => void listeners.add(listener),
    fire: (...values) => listeners.forEach((listener) => listener(...values)),
  };
}

/** A native port whose other end is `answer(message, reply)`. */
export function fakePort(answer) {
  const onMessage = fakeEvent();
  const onDisconnect = fakeEvent();
  const sent = [];
  let open = true;
  const port = strict("port", {
    onMessage,
    error: null,
    onDisconnect,
    postMessage(message) {
      if (!open)
        throw new Error("Attempting to use a disconnected port object");
      sent.push(message);
      answer(message, (reply) => onMessage.fire({ id: message.id, ...reply }));
    },
    disconnect() {
      open = false;
    },
  });
  const drop = () => {
    open = false;
    onDisconnect.fire(port);
  };
  return { port, sent, drop };
}

/** A clock that moves only when told. */
export function fakeClock() {
  let now = 1_000_000;
  let last = 0;
  const timers = new Map();
  return {
    now: () => now,
    setTimer(run, ms) {
      timers.set(++last, { at: now + ms, run });
      return last;
    },
    clearTimer: (handle) => void timers.delete(handle),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...timers]
          .filter(([, timer]) => timer.at <= end)
          .sort((a, b) => a[1].at - b[1].at)[0];
        if (!next) break;
        timers.delete(next[0]);
        now = next[1].at;
        next[1].run();
      }
      now = end;
    },
  };
}

/** A storage area that keeps copies, as the browser does. */
export function fakeArea(stored = {}) {
  const items = structuredClone(stored);
  return strict("area", {
    items,
    get: async (keys) => {
      if (keys !== null) throw new Error("only get(null) is faked");
      return structuredClone(items);
    },
    set: async (changes) => void Object.assign(items, structuredClone(changes)),
    remove: async (keys) => {
      for (const key of [keys].flat()) delete items[key];
    },
  });
}
