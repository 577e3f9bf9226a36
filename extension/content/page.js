/**
 * Describes the page to the background once it can be read, and again when fields appear. Everything stays on this
 * machine. The main thread is ours for 50 ms at most each time, and only where there is something worth a question.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  /** @type {typeof chrome} */
  const api = scope.browser ?? scope.chrome;

  const BUDGET_MS = 25; // looked at between steps of a few milliseconds each, so that 50 are not reached
  const ROOTS_MS = 6;
  const SLOW_PAGE_MS = 1_500; // a page that never ends loading can be typed into all the same
  const SOON_MS = 60;
  const GAP_MS = 400;
  const MOST_LOOKS = 40;
  const MOST_REPEATS = 3;
  const MOST_CUT = 3;
  const MOST_UNHEARD = 3;
  const UNSEEN = /\p{Cf}|\u034f|[\u115f\u1160\u3164]|[\ufe00-\ufe0f]/gu;
  const NUMBERS = /\d+(?:[ .,]\d+)*/g;
  const MIXED =
    /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}]\p{Script=Latin}/u;
  const FILLED = ["text", "tel", "number", "email", "password", "search", "url", "date", "textarea"];

  /** @typedef {import("../shared/wire.d.ts").PageSeen} PageSeen */

  /** @type {import("../shared/wire.d.ts").PageHints | null} */
  let hints = null;
  let looks = 0;
  let repeats = 0;
  let cut = 0;
  let unheard = 0;
  let lastLook = -GAP_MS;
  let sent = "";
  let shape = "";
  /** @type {(Document | ShadowRoot)[]} */
  let roots = [document];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const watched = new WeakSet();

  /**
   * As the daemon compares phrases: folded words, numbers as `#`.
   * @param {string} text
   */
  function folded(text) {
    const letters = text.replace(UNSEEN, "").toLowerCase().replace(/œ/g, "oe").replace(/€/g, " eur ");
    const plain = letters.replace(/#/g, " ").normalize("NFKD").replace(/\p{M}/gu, "").replace(NUMBERS, " # ");
    return ` ${plain.replace(/[^a-z#]+/g, " ").trim()} `;
  }

  /**
   * A secret, two things to fill in, or words of a scam; letters of two alphabets in one word hide such words.
   * @param {PageSeen} page
   */
  function telling(page) {
    const fields = page.fields.filter((field) => FILLED.includes(field.kind));
    if (page.keypad || fields.length > 1 || fields.some((field) => field.kind === "password")) return true;
    const text = [page.title, ...page.headings, page.text].join(" ");
    if (MIXED.test(text)) return true;
    const asked = folded(fields.map((field) => field.words).join(" | "));
    if (hints?.fields.some((phrase) => asked.includes(` ${phrase} `))) return true;
    const said = folded(text);
    return hints?.text.some((phrase) => said.includes(` ${phrase} `)) === true;
  }

  /** How many fields and frames there are: cheap to know, and what a new description would differ by. */
  function shapeNow() {
    try {
      return roots.map((root) => root.querySelectorAll("input, select, textarea, iframe").length).join();
    } catch {
      return "?"; // the page put something of its own in the method's place
    }
  }

  /** @param {boolean} always */
  function look(always) {
    timer = undefined;
    if (hints === null || looks >= MOST_LOOKS) return;
    const now = shapeNow();
    if (!always && now === shape && ++repeats > MOST_REPEATS) return;
    looks++;
    lastLook = performance.now();
    const after = (/** @type {number} */ ms) => () => performance.now() - lastLook > ms;
    const seen = scope.guetteurDescribe(after(BUDGET_MS), after(ROOTS_MS));
    roots = seen.roots;
    shape = shapeNow();
    roots.forEach(watch);
    // Other programs may have had the time that was ours. A page too heavy each time is let be.
    if (seen.page.partial && ++cut <= MOST_CUT) lookSoon(true);
    const said = telling(seen.page) ? JSON.stringify(seen.page) : "";
    if (said === "" || said === sent) return;
    sent = said;
    void tell(said, seen.page);
  }

  /**
   * @param {string} said
   * @param {PageSeen} page
   */
  async function tell(said, page) {
    if (await api.runtime.sendMessage({ type: "page.seen", page }).catch(() => false)) return;
    // Nothing came of it: nobody answered in time, or its name was not judged yet.
    if (sent === said) sent = "";
    if (++unheard <= MOST_UNHEARD) lookSoon(true);
  }

  function lookSoon(always = false) {
    const gap = GAP_MS * (1 + looks / 4) - (performance.now() - lastLook);
    timer ??= setTimeout(() => look(always), Math.max(SOON_MS, gap));
  }

  const observer = new MutationObserver((changes) => {
    if (timer !== undefined) return;
    const isElement = (/** @type {Node} */ node) => node.nodeType === Node.ELEMENT_NODE;
    if (changes.some((change) => change.type === "attributes" || [...change.addedNodes].some(isElement))) lookSoon();
  });

  /** @param {Document | ShadowRoot} root */
  function watch(root) {
    if (watched.has(root)) return;
    watched.add(root);
    observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["type"] });
    root.addEventListener("load", () => lookSoon(), { capture: true }); // of a frame in it
  }

  let begun = false;
  async function begin() {
    if (begun) return;
    begun = true;
    const answer = await api.runtime.sendMessage({ type: "page.begin" }).catch(() => null);
    if (answer === null || hints !== null) return; // official, permitted, nobody to ask; or asked again meanwhile
    hints = answer;
    look(true);
    // The last moment to see what no observer told of: somebody is about to type.
    addEventListener("focusin", () => lookSoon(true), { capture: true });
  }

  function start() {
    if (document.readyState !== "loading") return void begin();
    document.addEventListener("DOMContentLoaded", () => void begin(), { once: true });
    setTimeout(() => void begin(), SLOW_PAGE_MS);
  }

  if (/** @type {any} */ (document).prerendering) {
    document.addEventListener("prerenderingchange", start, { once: true });
  } else start();

  /** Nobody could say what to look for when the page was opened; now somebody may. */
  function again() {
    if (hints !== null || !begun) return;
    begun = false;
    void begin();
  }

  api.runtime.onMessage.addListener((/** @type {any} */ message, sender) => {
    if (sender.id === api.runtime.id && message?.type === "page.again") again();
  });

  // A page kept in memory comes back as it was, neither told of since nor heard of.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (hints === null) return again();
    [sent, looks, repeats, cut, unheard] = ["", 0, 0, 0, 0];
    lookSoon(true);
  });
})();
