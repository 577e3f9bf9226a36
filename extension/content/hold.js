/**
 * Keeps a page out of sight and out of reach until the background has judged it, for 300 ms at most, or a second while
 * the background wakes: in Chromium each page, in Firefox, which holds the request itself, one that comes back from
 * memory without any request.
 *
 * Once shown, a page is never hidden again by a time-out; only a verdict of danger takes it away.
 */
(() => {
  "use strict";

  const PATIENCE_MS = 300;
  const WAKING_PATIENCE_MS = 1_000; // the background and the program's relay start: seldom, and slow on old machines
  const STRICT_PATIENCE_MS = 5_000;
  const ASK_AGAIN_MS = 1_000;
  const IN_CHROMIUM = chrome.runtime.getURL("").startsWith("chrome-extension:");

  // `display: none` is the only thing that also reaches a dialog in the top layer; without a box nothing can take the
  // focus either. `opacity` because the root of an SVG document keeps its box. `transition` and `animation` because a
  // running one beats even !important.
  const HIDDEN = { display: "none", opacity: "0", transition: "none", animation: "none" };
  // A page that comes back keeps its boxes, and with them where each was scrolled to.
  const VEILED = { opacity: "0", transition: "none", animation: "none" };
  // For the root of an XML document, which has no style of its own. Firefox lets no content script give a page a sheet.
  const sheet = IN_CHROMIUM ? new CSSStyleSheet() : null;
  sheet?.replaceSync(":root { display: none !important }");

  // What a person types or pastes while nothing is shown yet must not reach the page's own listeners.
  const TYPED = ["keydown", "keypress", "keyup", "beforeinput", "input", "paste", "drop"];

  /** @type {Map<string, [string, string]>} what the root said before */
  const before = new Map();
  /** @type {HTMLElement | null} */
  let root = null;
  /** @type {"held" | "danger" | "shown"} */
  let phase = "shown";
  let strict = false;
  /** @type {Record<string, string>} */
  let style = HIDDEN;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function hide() {
    const element = /** @type {HTMLElement | null} */ (document.documentElement);
    if (!element) return;
    if (!element.style) {
      if (sheet && !document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
      return;
    }
    if (root !== element) {
      root = element;
      before.clear();
      for (const name of Object.keys(HIDDEN)) {
        before.set(name, [element.style.getPropertyValue(name), element.style.getPropertyPriority(name)]);
      }
    }
    for (const [name, value] of Object.entries(style)) {
      if (element.style.getPropertyValue(name) !== value || element.style.getPropertyPriority(name) !== "important") {
        element.style.setProperty(name, value, "important");
      }
    }
  }

  // A page's script may try to show itself; observers run before the next paint.
  const guard = new MutationObserver(() => {
    hide();
    watch(); // the root itself may be a new one
  });

  function watch() {
    guard.disconnect();
    guard.observe(document, { childList: true });
    if (document.documentElement)
      guard.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
  }

  function show() {
    clearTimeout(timer);
    phase = "shown";
    guard.disconnect();
    if (sheet) document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    for (const [name, [value, priority]] of before) {
      if (value) root?.style.setProperty(name, value, priority);
      else root?.style.removeProperty(name);
    }
    if (root?.getAttribute("style") === "") root.removeAttribute("style");
    root = null;
  }

  function stayHidden() {
    clearTimeout(timer);
    phase = "danger";
    style = HIDDEN;
    hide();
    watch();
    timer = setTimeout(() => void ask(), ASK_AGAIN_MS); // should have been replaced by now
  }

  /** @returns {Promise<void>} */
  async function ask() {
    try {
      const answer = await chrome.runtime.sendMessage({ type: "hold.ask" });
      if (answer?.show === false) stayHidden();
      else if (phase !== "shown") show();
    } catch {
      // No background: protection is off, and the badge says so. What was found dangerous asks again.
      if (phase === "held") show();
      else if (phase === "danger") stayHidden();
    }
  }

  function outOfPatience() {
    if (phase !== "held") return;
    if (strict) {
      strict = false;
      timer = setTimeout(outOfPatience, STRICT_PATIENCE_MS - PATIENCE_MS);
    } else show();
  }

  /** A background that sleeps answers nothing yet, one that has just woken says so; any other lets the page be seen. */
  async function onceAwake() {
    if (phase !== "held" || strict) return outOfPatience();
    timer = setTimeout(outOfPatience, WAKING_PATIENCE_MS - PATIENCE_MS);
    const isWaking = await chrome.runtime.sendMessage({ type: "hold.waking" }).catch(() => false);
    if (isWaking !== true) outOfPatience();
  }

  /** @param {Record<string, string>} how */
  function hold(how) {
    clearTimeout(timer);
    phase = "held";
    style = how;
    hide();
    watch();
    timer = setTimeout(() => void onceAwake(), PATIENCE_MS);
    void chrome.storage.local.get("strictMode").then(
      (stored) => {
        strict = stored["strictMode"] === true;
      },
      () => undefined,
    );
    void ask();
  }

  for (const type of TYPED) {
    // Registered before any script of the page runs, on the outermost target: nobody can be asked first.
    addEventListener(
      type,
      (event) => {
        if (phase === "shown") return;
        event.stopImmediatePropagation();
        event.preventDefault();
      },
      { capture: true },
    );
  }

  if (IN_CHROMIUM) hold(HIDDEN);

  // A page kept in memory comes back without any request, and its first picture may come before any event. Nothing is
  // painted between these two: the animation begins with that picture, and ends by itself should this script be gone.
  // A browser does not always keep to that, and may show the page for one picture.
  /** @type {Animation | undefined} */
  let veil;
  addEventListener("pagehide", (event) => {
    if (event.persisted) veil = document.documentElement?.animate({ opacity: [0, 0] }, PATIENCE_MS);
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (phase === "danger") {
      // It was judged before it was left: no patience shows it, only another answer.
      stayHidden();
      void ask();
    } else hold(VEILED);
    veil?.cancel();
  });
  document.addEventListener("prerenderingchange", () => void ask());
})();
