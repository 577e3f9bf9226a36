/** Looks again and again, as long as somebody sees it. */

const SOON_MS = 2_000;
const LATER_MS = 15_000;
const SOON_FOR_MS = 60_000;

/**
 * @typedef {object} Outside
 * @property {() => number} now milliseconds
 * @property {(run: () => void, ms: number) => unknown} setTimer
 * @property {(handle: any) => void} clearTimer
 * @property {() => boolean} visible
 */

/** @type {Outside} */
const BROWSER = {
  now: () => performance.now(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (handle) => clearTimeout(handle),
  visible: () => document.visibilityState === "visible",
};

/**
 * @param {() => Promise<void>} look
 * @param {Outside} [outside]
 * @returns {() => void} ends it
 */
export function follow(look, { now, setTimer, clearTimer, visible } = BROWSER) {
  const began = now();
  let ended = false;
  /** @type {unknown} */
  let timer = null;
  const next = () => {
    timer = setTimer(() => void run(), now() - began < SOON_FOR_MS ? SOON_MS : LATER_MS);
  };
  const run = async () => {
    if (visible()) await look();
    if (!ended) next();
  };
  next();
  return () => {
    ended = true;
    clearTimer(timer);
  };
}
