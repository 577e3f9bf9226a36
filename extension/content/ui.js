/**
 * Small helpers for what we show inside pages that are not ours. Styles are set one by one through the CSSOM: a page's
 * content policy may forbid style attributes and style sheets, and its own sheets must not reach ours.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  if (scope.guetteurUi) return;

  const MOST_RETURNS = 20; // a page that keeps removing what we show must not be able to hang the tab with us

  /** Our hosts, and what stands in each: a page can copy their names, not get into this. @type {WeakMap<Element, HTMLElement>} */
  const own = new WeakMap();

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
   * No style sheet here, so the focus ring of keyboard users is drawn by hand.
   * @param {HTMLElement} element
   */
  function ring(element) {
    element.addEventListener("focus", () => {
      if (element.matches(":focus-visible")) style(element, { outline: "3px solid #1d1b18", "outline-offset": "2px" });
    });
    element.addEventListener("blur", () => style(element, { outline: "none" }));
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
    ring(element);
    element.addEventListener("click", (event) => {
      if (event.isTrusted) run(); // the page may not press our buttons
    });
    return element;
  }

  /**
   * A button that shows and hides a part.
   * @param {string} text
   * @param {HTMLElement} part hidden until the button is pressed
   * @param {boolean} [strong]
   */
  function disclosure(text, part, strong = false) {
    const element = button(text, strong, () => {
      const open = element.getAttribute("aria-expanded") !== "true";
      element.setAttribute("aria-expanded", String(open));
      style(part, { display: open ? "block" : "none" });
    });
    element.setAttribute("aria-expanded", "false");
    style(part, { display: "none" });
    return element;
  }

  /**
   * A style sheet can shrink all there is and enlarge its own part again: what the elements around us do to our size is
   * undone.
   * @param {HTMLElement} root what stands in one of our elements
   */
  function unzoom(root) {
    const { host } = /** @type {ShadowRoot} */ (root.getRootNode());
    style(root, { zoom: String(1 / /** @type {any} */ (host).currentCSSZoom) });
  }

  // Also told of when an element gets its first size, and when a zoom changes what is as wide as the window.
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) unzoom(/** @type {HTMLElement} */ (target));
  });

  /**
   * An element with a shadow root that takes nothing from the page around it. What can be seen stands inside: a page may
   * give the element itself a `::before` that lies over it.
   * @param {string} tag
   * @param {"closed" | "open"} mode
   * @param {Record<string, string>} styles of what stands inside
   * @param {string} [display] of the element
   */
  function shell(tag, mode, styles, display = "block") {
    const host = document.createElement(tag);
    const root = document.createElement("div");
    // `all` leaves out these two.
    style(host, { all: "initial", direction: "ltr", "unicode-bidi": "isolate", display });
    style(root, { "box-sizing": "border-box", color: "#1d1b18", ...styles });
    host.attachShadow({ mode }).append(root);
    // Who needs wider lines or letters may set them (WCAG 1.4.12): the only styles here that give way.
    for (const part of [host, root]) {
      part.style.setProperty("letter-spacing", "normal");
      part.style.setProperty("word-spacing", "normal");
      part.style.setProperty("line-height", "1.5");
    }
    own.set(host, root);
    sizes.observe(root);
    return { host, root };
  }

  /**
   * Shows what stands in one of our elements in the top layer, over all of the page.
   * @param {HTMLElement} host in its place
   */
  function lift(host) {
    const root = /** @type {HTMLElement} */ (own.get(host));
    root.setAttribute("popover", "manual");
    for (const on of [false, true]) root.togglePopover(on); // what was lifted last lies above the others
  }

  /**
   * Undoes what a page does to one of our elements.
   * @param {HTMLElement} host
   * @param {Map<string, string>} said its attributes as we set them
   * @returns {boolean} whether there was anything to undo
   */
  function restore(host, said) {
    const now = host.getAttributeNames();
    const wrong = new Set(
      [...now, ...said.keys()].filter((name) => host.getAttribute(name) !== (said.get(name) ?? null)),
    );
    for (const name of wrong) {
      const value = said.get(name);
      if (name === "style")
        host.style.cssText = value ?? ""; // as an attribute, the page's content policy may forbid it
      else if (value === undefined) host.removeAttribute(name);
      else host.setAttribute(name, value);
    }
    return wrong.size > 0;
  }

  /**
   * A bar in the top layer, above the page and before it for the Tab key. It never takes the focus. Its sentence is
   * read aloud because it changes after the region is there.
   * @param {string} tag
   * @param {{label: string, sentence: string, ground: string, line: string, low?: boolean}} look low: at the bottom
   * @returns {{row: HTMLElement, root: HTMLElement, show: () => void, aside: (on: boolean) => void, remove: () => void}}
   */
  function bar(tag, { label, sentence, ground, line, low = false }) {
    const { host, root } = shell(tag, "closed", {
      position: "fixed",
      inset: low ? "auto 0 0 0" : "0 0 auto 0",
      width: "auto",
      height: "auto",
      overflow: "visible",
      margin: "0",
      padding: "12px 18px",
      border: "0",
      [low ? "border-top" : "border-bottom"]: `4px solid ${line}`,
      background: ground,
      font: "18px/1.45 system-ui, sans-serif",
      "box-shadow": "0 0 10px rgba(0,0,0,.25)",
    });
    host.setAttribute("role", "region");
    host.setAttribute("aria-label", label);
    const row = make("div", "", { display: "flex", "flex-wrap": "wrap", gap: "10px 14px", "align-items": "center" });
    const spoken = make("div", "", { flex: "1 1 320px", "font-weight": "600" });
    spoken.setAttribute("role", "status");
    row.append(spoken);
    root.append(row);

    /** @type {Map<string, string>} */
    const said = new Map();
    let returns = 0;
    const keeper = new MutationObserver(() => {
      if (returns >= MOST_RETURNS) return;
      const gone = host.parentNode !== document.documentElement; // or moved to where nothing is shown
      if (restore(host, said) || gone) returns++;
      if (gone) place();
    });
    function place() {
      document.documentElement.insertBefore(host, document.body);
      lift(host);
      for (const node of [document, document.documentElement]) keeper.observe(node, { childList: true });
    }
    function show() {
      for (const name of host.getAttributeNames()) said.set(name, host.getAttribute(name) ?? "");
      keeper.observe(host, { attributes: true });
      place();
      setTimeout(() => {
        spoken.textContent = sentence;
      }, 50);
    }
    function aside(/** @type {boolean} */ on) {
      style(host, { visibility: on ? "hidden" : "visible" });
      said.set("style", host.getAttribute("style") ?? "");
    }
    function remove() {
      keeper.disconnect();
      host.remove();
    }
    return { row, root, show, aside, remove };
  }

  scope.guetteurUi = { MOST_RETURNS, own, style, make, ring, button, disclosure, shell, lift, bar };
})();
