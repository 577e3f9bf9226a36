/** Looks again and again, as long as somebody sees it and it may still change. */

const SOON_MS = 2_000;
const LATER_MS = 15_000;
const SOON_FOR_MS = 60_000;

/**
 * @typedef {object} Outside
 * @property {() => number} now milliseconds
 * @property {(run: () => void, ms: number) => unknown} setTimer
 * @property {(handle: any) => void} clearTimer
 * @property {() => boolean} visible
 * @property {(run: () => void) => () => void} onVisibility runs at each change; what it answers ends that
 */

/** @type {Outside} */
const BROWSER = {
  now: () => performance.now(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (handle) => clearTimeout(handle),
  visible: () => document.visibilityState === "visible",
  onVisibility(run) {
    document.addEventListener("visibilitychange", run);
    return () => document.removeEventListener("visibilitychange", run);
  },
};

/**
 * @param {() => Promise<boolean>} look answers whether it may look otherwise later
 * @param {boolean} open the same, of what is seen now
 * @param {Outside} [outside]
 * @returns {{again: () => Promise<void>, end: () => void}} `again`: something was done to it, it is looked at at once
 */
export function follow(look, open, { now, setTimer, clearTimer, visible, onVisibility } = BROWSER) {
  let began = now();
  let ended = false;
  /** @type {unknown} */
  let timer = null;
  const next = () => {
    clearTimer(timer);
    timer = setTimer(() => void run(), now() - began < SOON_FOR_MS ? SOON_MS : LATER_MS);
  };
  // Nobody is asked on behalf of a page that is not seen; once it is, it may have missed something.
  const run = async () => {
    clearTimer(timer);
    if (visible() && (await look()) && !ended) next();
  };
  const unhear = onVisibility(() => void run());
  if (open) next();
  return {
    again() {
      began = now();
      return run();
    },
    end() {
      ended = true;
      clearTimer(timer);
      unhear();
    },
  };
}
