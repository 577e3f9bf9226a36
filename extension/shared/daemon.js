/**
 * One native port to the relay, many questions at a time.
 *
 * Answers are values: a daemon that is not there is `{ok: false}`, never an exception in a listener. While the
 * daemon is known to be away every question fails at once (pages must not wait for it) and starts, when the
 * pause since the last attempt is over, a new attempt beside it.
 */

import { reasonOf } from "./reasons.js";

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
const REST_MS = 60_000; // what is always slow, asked again at once, would keep the browser at it
const SILENT = ["timeout", "daemon_timeout"]; // our own deadline passed first, or the relay's

/** Asked again once the daemon answers. Any other question (the popup's has a short deadline) only has it probed. */
const ASKED_AGAIN = /^\/v1\/(check|lists\/hosts)/;

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

export class Daemon {
  /** @type {Outside} */ #outside;
  /** @type {chrome.runtime.Port | null} */ #port = null;
  /** @type {Map<number, {path: string, settle: (reply: Reply) => void, timer: unknown, isProbe: boolean}>} */ #waiting =
    new Map();
  #lastId = 0;
  #pause = FIRST_PAUSE_MS;
  #retryAt = 0;
  #silences = 0;
  #missed = false; // something that is asked again stayed without answer
  #isResting = false;
  /** @type {Promise<void> | null} */ #waking = null;
  /** @type {unknown} */ #retryTimer = null;
  /** @type {DaemonState} */ #state = { phase: "connecting", reason: "" };

  /** Called on every change of state, and after silences: what was missed is to be asked again. @type {(state: DaemonState) => void} */
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

  /** Tries again now what stays without answer: for the alarm, and for a person who presses "try again". */
  retry() {
    if (this.#state.phase === "unreachable") {
      this.#retryAt = 0;
      void this.#attempt();
    } else this.#catchUp(); // the daemon was probed and is there; nothing else may have been asked since
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

  /**
   * A question stayed without answer. It alone may be slow: the daemon is asked whether it still answers others.
   * @param {{path: string, isProbe: boolean}} question
   */
  #unanswered({ path, isProbe }) {
    if (isProbe) return; // who sent it sees to it
    if (ASKED_AGAIN.test(path)) {
      this.#missed = true;
      if (++this.#silences >= SILENCES) return this.#lost("silent");
    }
    const isProbed = [...this.#waiting.values()].some((one) => one.isProbe);
    if (!isProbed && this.#state.phase === "connected") void this.#hello(true);
  }

  /** Has what was missed asked again. */
  #catchUp() {
    if (!this.#missed || this.#isResting || this.#state.phase !== "connected") return;
    this.#isResting = true;
    this.#outside.setTimer(() => {
      this.#isResting = false;
      this.#catchUp();
    }, REST_MS);
    this.#tell();
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
        this.#unanswered({ path, isProbe });
      }, deadlineMs);
      this.#waiting.set(id, { path, settle: resolve, timer, isProbe });
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
      if (!waiting.isProbe) this.#silences = 0;
      this.#set("connected", "");
      if (!waiting.isProbe) this.#catchUp();
      waiting.settle({ ok: true, body: message.body });
      return;
    }
    const code = typeof error?.code === "string" ? error.code : "bad_answer";
    if (message.status === 0 && code === "daemon_timeout") this.#unanswered(waiting);
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
    this.#retryLater();
  }

  /** Heals a restart within moments; the worker may sleep before a long pause ends, then the alarm does it. */
  #retryLater() {
    const { now, setTimer } = this.#outside;
    const run = () => {
      this.#retryTimer = null;
      if (this.#state.phase !== "unreachable") return;
      // An attempt that was asked for meanwhile began another pause.
      if (now() < this.#retryAt) this.#retryLater();
      else void this.#attempt();
    };
    this.#retryTimer = setTimer(run, Math.min(Math.max(0, this.#retryAt - now()) + 1, LONGEST_PAUSE_MS));
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
    if (this.#state.phase === "connected") this.#missed = false; // whoever listens asks it all again
    try {
      this.onState(this.#state);
    } catch {
      // a listener's fault is not the daemon's
    }
  }
}
