/**
 * One native port to the relay, many questions at a time.
 *
 * Answers are values: a daemon that is not there is `{ok: false}`, never an exception in a listener. While the
 * daemon is known to be away every question fails at once (pages must not wait for it) and starts, when the
 * pause since the last attempt is over, a new attempt beside it.
 */

/** @typedef {import("./wire.d.ts").Reply} Reply */
/** @typedef {import("./wire.d.ts").DaemonState} DaemonState */

/**
 * @typedef {object} Outside what this file needs from its surroundings
 * @property {() => chrome.runtime.Port} connect
 * @property {() => string} lastError why the port just closed, in the browser's words
 * @property {() => number} now milliseconds
 * @property {(run: () => void, ms: number) => unknown} setTimer
 * @property {(handle: any) => void} clearTimer
 */

export const HOST_NAME = "org.guetteur.host";
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
const DEADLINE_MS = 10_000;
const PROBE_MS = 3_000; // long enough for a daemon that is merely busy to say hello
const SILENCES = 3; // questions in a row without answer: the daemon hangs, stop holding pages for it
const SILENT = ["timeout", "daemon_timeout"]; // our own deadline passed first, or the relay's

/** What the relay says of one question alone; any other code with status 0 means the daemon is away. */
const ONE_QUESTION = [
  "answer_cut",
  "answer_too_large",
  "bad_answer",
  "bad_frame",
  "daemon_timeout",
  "frame_too_large",
  "path_refused",
  "too_busy",
];

/**
 * @param {string} code
 * @returns {Reply}
 */
const failed = (code) => ({ ok: false, error: { code, message: "", hint: "" } });

/**
 * The browsers' sentences, which are not API, reduced to what a person can act on.
 * @param {string} message
 */
export function reasonOf(message) {
  if (/not found|no such native application/i.test(message)) return "not_installed";
  if (/forbidden|not allowed|permission/i.test(message)) return "forbidden";
  return "stopped";
}

export class Daemon {
  /** @type {Outside} */ #outside;
  /** @type {chrome.runtime.Port | null} */ #port = null;
  /** @type {Map<number, {settle: (reply: Reply) => void, timer: unknown, isProbe: boolean}>} */ #waiting = new Map();
  #lastId = 0;
  #pause = FIRST_PAUSE_MS;
  #retryAt = 0;
  #silences = 0;
  /** @type {Promise<void> | null} */ #waking = null;
  /** @type {unknown} */ #retryTimer = null;
  /** @type {DaemonState} */ #state = { phase: "connecting", reason: "" };

  /** Called on every change of state. @type {(state: DaemonState) => void} */
  onState = () => {};

  /** @param {Outside} outside */
  constructor(outside) {
    this.#outside = outside;
  }

  get state() {
    return this.#state;
  }

  /** Opens the port and asks the daemon to say hello. */
  start() {
    if (this.#port === null) void this.#open();
  }

  /** Tries again now if the daemon is away: for the alarm, and for a person who presses "try again". */
  retry() {
    if (this.#state.phase === "unreachable") {
      this.#retryAt = 0;
      void this.#attempt();
    }
  }

  /**
   * For a person who waits: tries again now if the daemon is away, once for all who ask meanwhile.
   * @param {number} ms how long that may take
   * @returns {Promise<void>} when the attempt has ended, well or not; never rejects
   */
  awake(ms) {
    if (this.#state.phase !== "unreachable") return Promise.resolve();
    this.#waking ??= new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
      const timer = this.#outside.setTimer(resolve, ms);
      this.#retryAt = 0;
      void this.#attempt().then(() => {
        this.#outside.clearTimer(timer);
        resolve();
      });
    }).then(() => {
      this.#waking = null;
    });
    return this.#waking;
  }

  /**
   * @param {string} path one of docs/reference/wire.md
   * @param {object | null} body null: GET
   * @param {number} [deadlineMs]
   * @returns {Promise<Reply>} never rejects
   */
  async request(path, body, deadlineMs = DEADLINE_MS) {
    if (this.#state.phase === "unreachable") {
      void this.#attempt();
      return failed(this.#state.reason || "unreachable");
    }
    this.start();
    return this.#ask(path, body, deadlineMs);
  }

  async #open() {
    // A renewed attempt stays "unreachable" until it succeeded: pages must not wait for it.
    /** @type {chrome.runtime.Port} */
    let port;
    try {
      port = this.#outside.connect();
      port.onMessage.addListener((message) => this.#receive(port, message));
      port.onDisconnect.addListener((closed) => {
        if (this.#port === port)
          this.#lost(reasonOf(/** @type {any} */ (closed)?.error?.message ?? this.#outside.lastError()));
      });
    } catch (error) {
      this.#lost(reasonOf(String(error)));
      return;
    }
    this.#port = port;
    await this.#hello();
  }

  async #hello(isProbe = false) {
    const reply = await this.#ask("/v1/status", null, isProbe ? PROBE_MS : DEADLINE_MS, isProbe);
    if (!reply.ok && SILENT.includes(reply.error.code)) this.#lost("silent");
  }

  /** A question stayed without answer. It alone may be slow: the daemon is asked whether it still answers others. */
  #unanswered() {
    if (++this.#silences >= SILENCES) this.#lost("silent");
    else if (this.#silences === 1 && this.#state.phase === "connected") void this.#hello(true);
  }

  async #attempt() {
    if (this.#outside.now() < this.#retryAt) return;
    this.#retryAt = this.#outside.now() + this.#pause;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    if (this.#port === null) await this.#open();
    else await this.#hello(); // the relay lives; the daemon behind it did not answer
  }

  /**
   * @param {string} path
   * @param {object | null} body
   * @param {number} deadlineMs
   * @param {boolean} [isProbe] a daemon that says hello and leaves its work undone is no good: it ends no silence
   * @returns {Promise<Reply>}
   */
  #ask(path, body, deadlineMs, isProbe = false) {
    return new Promise((resolve) => {
      if (this.#port === null) return resolve(failed("stopped"));
      const id = ++this.#lastId;
      const timer = this.#outside.setTimer(() => {
        this.#waiting.delete(id);
        resolve(failed("timeout"));
        this.#unanswered();
      }, deadlineMs);
      this.#waiting.set(id, { settle: resolve, timer, isProbe });
      try {
        this.#port.postMessage({ id, path, body });
      } catch {
        this.#lost("stopped"); // settles this question too
      }
    });
  }

  /**
   * @param {chrome.runtime.Port} port
   * @param {any} message
   */
  #receive(port, message) {
    if (this.#port !== port) return;
    const waiting = this.#waiting.get(message?.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    this.#outside.clearTimer(waiting.timer);
    const error = message.body?.error;
    if (message.status === 200) {
      this.#pause = FIRST_PAUSE_MS;
      const wasSilent = this.#silences > 0 && this.#state.phase === "connected";
      if (!waiting.isProbe) this.#silences = 0;
      this.#set("connected", "");
      if (wasSilent) this.#tell(); // what stayed unanswered meanwhile is asked again
      waiting.settle({ ok: true, body: message.body });
      return;
    }
    const code = typeof error?.code === "string" ? error.code : "bad_answer";
    if (message.status === 0 && code === "daemon_timeout") this.#unanswered();
    else this.#silences = 0;
    if (message.status === 0 && !ONE_QUESTION.includes(code)) this.#away(code);
    waiting.settle({
      ok: false,
      error: { code, message: String(error?.message ?? ""), hint: String(error?.hint ?? "") },
    });
  }

  /** @param {string} reason */
  #lost(reason) {
    const port = this.#port;
    this.#port = null;
    this.#silences = 0;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#away(reason);
    for (const { settle, timer } of waiting) {
      this.#outside.clearTimer(timer);
      settle(failed(reason));
    }
    try {
      port?.disconnect();
    } catch {
      // already closed
    }
  }

  /** @param {string} reason */
  #away(reason) {
    this.#set("unreachable", reason);
    if (this.#retryTimer !== null) return;
    this.#retryAt = Math.max(this.#retryAt, this.#outside.now() + this.#pause);
    // Heals a restart within moments; the worker may sleep before a long pause ends, then the alarm does it.
    this.#retryTimer = this.#outside.setTimer(() => {
      this.#retryTimer = null;
      if (this.#state.phase === "unreachable") void this.#attempt();
    }, this.#pause + 1);
  }

  /**
   * @param {DaemonState["phase"]} phase
   * @param {string} reason
   */
  #set(phase, reason) {
    if (this.#state.phase === phase && this.#state.reason === reason) return;
    this.#state = { phase, reason };
    this.#tell();
  }

  #tell() {
    try {
      this.onState(this.#state);
    } catch {
      // a listener's fault is not the daemon's
    }
  }
}
