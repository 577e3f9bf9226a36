/**
 * Chromium only: keeps a page out of sight and out of reach until the background has judged it, for 300 ms at most.
 *
 * Once shown, a page is never hidden again by a time-out; only a verdict of danger takes it away.
 */
(() => {
  "use strict";

  const PATIENCE_MS = 300;
  const STRICT_PATIENCE_MS = 5_000;
  const ASK_AGAIN_MS = 1_000;

  // visibility alone can be undone by a child, opacity alone still takes the keyboard: both. `transition` because a
  // running transition beats even !important.
  const HIDDEN = {
    visibility: "hidden",
    opacity: "0",
    "pointer-events": "none",
    transition: "none",
    animation: "none",
  };

  /** @type {Map<string, [string, string]>} what the root said before */
  const before = new Map();
  /** @type {HTMLElement | null} */
  let root = null;
  /** @type {"held" | "danger" | "shown"} */
  let phase = "shown";
  let strict = false;
  let deep = false; // display: none as well: reaches dialogs in the top layer, but scripts measure nothing
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function hide() {
    const element = /** @type {HTMLElement | null} */ (document.documentElement);
    if (!element?.style) return; // XML without a style
    if (root !== element) {
      root = element;
      before.clear();
      for (const name of [...Object.keys(HIDDEN), "display"]) {
        before.set(name, [element.style.getPropertyValue(name), element.style.getPropertyPriority(name)]);
      }
    }
    const wanted = deep ? { ...HIDDEN, display: "none" } : HIDDEN;
    for (const [name, value] of Object.entries(wanted)) {
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
    deep = false;
    guard.disconnect();
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
    deep = true;
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
      if (phase === "held") show(); // no background: protection is off, and the badge says so
    }
  }

  function outOfPatience() {
    if (phase !== "held") return;
    if (strict) {
      strict = false;
      deep = true;
      hide();
      timer = setTimeout(outOfPatience, STRICT_PATIENCE_MS - PATIENCE_MS);
    } else show();
  }

  function hold() {
    phase = "held";
    hide();
    watch();
    timer = setTimeout(outOfPatience, PATIENCE_MS);
    void ask();
  }

  void chrome.storage.local.get("strictMode").then(
    (stored) => {
      strict = stored["strictMode"] === true;
    },
    () => undefined,
  );
  hold();

  // A page kept in memory comes back without any request.
  addEventListener("pageshow", (event) => {
    if (event.persisted) void ask();
  });
  document.addEventListener("prerenderingchange", () => void ask());
})();
