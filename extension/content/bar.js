/**
 * The calm bar above a page that calls for care. It lives in a closed shadow root in the top layer, styled inline:
 * neither the page's style sheets nor its content policy reach it. It never takes the focus.
 */
(() => {
  "use strict";

  /** @type {typeof chrome} */
  const api = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;
  const scope = /** @type {any} */ (globalThis);
  if (scope.guetteurBar) return; // the isolated world survives the back-forward cache, and so does the bar
  scope.guetteurBar = true;

  const MOST_RETURNS = 20; // a page that keeps removing the bar must not be able to hang the tab with us

  /**
   * @param {HTMLElement} element
   * @param {Record<string, string>} styles
   */
  function style(element, styles) {
    for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value, "important");
  }

  /**
   * @param {string} tag
   * @param {string} text
   * @param {Record<string, string>} styles
   */
  function make(tag, text, styles) {
    const element = document.createElement(tag);
    element.textContent = text;
    style(element, styles);
    return element;
  }

  /**
   * @param {string} text
   * @param {boolean} strong
   * @param {() => void} run
   */
  function button(text, strong, run) {
    const element = make("button", text, {
      font: "600 17px/1.3 system-ui, sans-serif",
      padding: "8px 14px",
      margin: "0",
      border: "2px solid #0d4f58",
      "border-radius": "8px",
      background: strong ? "#0d4f58" : "#ffffff",
      color: strong ? "#ffffff" : "#0d4f58",
      cursor: "pointer",
    });
    element.setAttribute("type", "button");
    // No style sheet here, so the focus ring of keyboard users is drawn by hand.
    element.addEventListener("focus", () => {
      if (element.matches(":focus-visible")) style(element, { outline: "3px solid #1d1b18", "outline-offset": "2px" });
    });
    element.addEventListener("blur", () => style(element, { outline: "none" }));
    element.addEventListener("click", (event) => {
      if (event.isTrusted) run(); // the page may not press our buttons
    });
    return element;
  }

  /** @param {any} data */
  function build(data) {
    const host = document.createElement("guetteur-bar");
    host.setAttribute("role", "region");
    host.setAttribute("aria-label", data.label);
    host.setAttribute("popover", "manual");
    style(host, {
      all: "initial",
      display: "block",
      position: "fixed",
      inset: "0 0 auto 0",
      "z-index": "2147483647",
      width: "auto",
      "box-sizing": "border-box",
      margin: "0",
      padding: "12px 18px",
      border: "0",
      "border-bottom": "4px solid #b36a00",
      background: "#fff4dc",
      color: "#1d1b18",
      font: "18px/1.45 system-ui, sans-serif",
      "box-shadow": "0 2px 10px rgba(0,0,0,.25)",
    });
    const root = host.attachShadow({ mode: "closed" });
    const row = make("div", "", { display: "flex", "flex-wrap": "wrap", gap: "10px 14px", "align-items": "center" });
    const sentence = make("div", "", { flex: "1 1 320px", "font-weight": "600" });
    sentence.setAttribute("role", "status");
    row.append(sentence);
    if (data.home) {
      const home = button(data.home, true, () => void api.runtime.sendMessage({ type: "bar.home" }));
      home.title = data.homeHost;
      row.append(home);
    }
    const reasons = make("ul", "", { display: "none", margin: "10px 0 2px", "padding-left": "22px" });
    reasons.append(...data.reasons.map((/** @type {string} */ reason) => make("li", reason, { margin: "4px 0" })));
    if (data.reasons.length > 0) {
      const why = button(data.why, false, () => {
        const open = why.getAttribute("aria-expanded") !== "true";
        why.setAttribute("aria-expanded", String(open));
        style(reasons, { display: open ? "block" : "none" });
      });
      why.setAttribute("aria-expanded", "false");
      row.append(why);
    }
    row.append(button(data.close, false, close));
    root.append(row, reasons);

    function place() {
      document.documentElement.insertBefore(host, document.body); // before the page, so that Tab reaches it first
      host.showPopover?.();
    }
    let returns = 0;
    const keeper = new MutationObserver(() => {
      if (host.isConnected || ++returns > MOST_RETURNS) return;
      place();
    });
    function close() {
      keeper.disconnect();
      host.remove();
      void api.runtime.sendMessage({ type: "bar.close" });
    }
    place();
    keeper.observe(document.documentElement, { childList: true });
    // The person said that they know the site: no more of it.
    api.runtime.onMessage.addListener((message, sender) => {
      if (sender.id !== api.runtime.id || message?.type !== "bar.gone") return;
      keeper.disconnect();
      host.remove();
      scope.guetteurBar = false;
    });
    // Spoken by screen readers because it changes after the region is there.
    setTimeout(() => {
      sentence.textContent = data.sentence;
    }, 50);
  }

  void api.runtime.sendMessage({ type: "bar.data" }).then(
    (data) => {
      if (data) build(data);
      else scope.guetteurBar = false;
    },
    () => {
      scope.guetteurBar = false;
    },
  );
})();
