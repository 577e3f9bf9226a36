/**
 * How content/describe.js reads a document that may not want to be read.
 *
 * A page may give its elements the names of the browser's own properties (`<input name="action">`,
 * `<img name="querySelectorAll">`): documents and forms are therefore read through the prototypes, and a part that
 * fails all the same leaves the others standing.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  const api = scope.browser ?? scope.chrome;

  const SHORT = 300;
  const MOST_ROOTS = 40;
  const NAMED = "//*[contains(local-name(), '-')]";
  const EMPTY = "div:empty, section:empty, main:empty, span:empty, article:empty";

  /** @typedef {import("../shared/wire.d.ts").Root} Root */

  /**
   * What matches, not yet touched: the first touch of an element costs microseconds, and a page may have 100,000.
   * @param {Root} root
   * @param {string} selector
   * @returns {NodeListOf<Element>}
   */
  function list({ node, shadow }, selector) {
    const query = shadow ? DocumentFragment.prototype.querySelectorAll : Document.prototype.querySelectorAll;
    return query.call(node, selector);
  }

  /**
   * @param {Root} root
   * @param {string} selector
   * @param {number} [most]
   */
  function all(root, selector, most = 100) {
    const found = list(root, selector);
    return Array.from({ length: Math.min(found.length, most) }, (_, at) => /** @type {Element} */ (found[at]));
  }

  /**
   * @param {Element | null} element
   * @param {string} name
   */
  const attribute = (element, name) => (element && Element.prototype.getAttribute.call(element, name)) ?? "";

  /**
   * @param {string | null | undefined} text
   * @param {number} [most]
   */
  function clean(text, most = SHORT) {
    const short = String(text ?? "")
      .slice(0, most * 4)
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, most);
    return short.replace(/\p{Surrogate}/gu, ""); // half an emoji is no JSON
  }

  /**
   * @param {Node} start
   * @param {number} what
   * @param {(node: Node) => number} [filter]
   */
  const walk = (start, what, filter) => Document.prototype.createTreeWalker.call(document, start, what, filter ?? null);

  /**
   * The text of an element, read no further than needed.
   * @param {Node | null | undefined} node
   * @param {number} most
   */
  function textOf(node, most) {
    if (!node) return "";
    const walker = walk(node, NodeFilter.SHOW_TEXT);
    let text = "";
    for (let steps = 0; text.length <= most && steps < 200 && walker.nextNode(); steps++) {
      text += walker.currentNode.nodeValue ?? "";
    }
    return text;
  }

  /**
   * @template T
   * @param {() => T} part
   * @param {T} otherwise
   * @returns {T}
   */
  function safely(part, otherwise) {
    try {
      return part();
    } catch {
      return otherwise;
    }
  }

  /** @param {Element} element */
  function shadowOf(element) {
    if (scope.guetteurUi?.own.has(element)) return null; // our own words are none of the page's
    const open = /** @type {any} */ (element).openOrClosedShadowRoot; // Firefox, for extensions only
    if (open !== undefined) return open;
    if (element.shadowRoot instanceof ShadowRoot) return element.shadowRoot;
    // Each question to Chromium has its price: closed roots are looked for where one is likely.
    if (!element.localName.includes("-") && element.firstChild !== null) return null;
    if (!/-|^(?:div|section|main|span|article)$/.test(element.localName)) return null;
    return safely(() => api.dom?.openOrClosedShadowRoot(element) ?? null, null);
  }

  /**
   * Elements that may carry a shadow root, the likely ones first: with a name of their own, or empty.
   * @param {Root} root
   */
  function* hostsIn(root) {
    const { node, shadow } = root;
    if (!shadow) {
      const kind = XPathResult.ORDERED_NODE_SNAPSHOT_TYPE;
      const named = Document.prototype.evaluate.call(node, NAMED, node, null, kind);
      for (let at = 0; at < named.snapshotLength; at++) yield /** @type {Element} */ (named.snapshotItem(at));
    }
    for (const selector of [EMPTY, "*"]) {
      const found = list(root, selector);
      for (let at = 0; at < found.length; at++) yield /** @type {Element} */ (found[at]);
    }
  }

  /**
   * Wherever a field may be: the document, frames of the same site, shadow roots.
   * @param {() => boolean} late
   */
  function rootsOf(late) {
    /** @type {Root[]} */
    const found = [{ node: document, shadow: false }];
    for (let at = 0; at < found.length && found.length < MOST_ROOTS && !late(); at++) {
      const root = /** @type {Root} */ (found[at]);
      for (const frame of all(root, "iframe, frame", 20)) {
        const inner = safely(() => /** @type {HTMLIFrameElement} */ (frame).contentDocument, null);
        if (inner) found.push({ node: inner, shadow: false });
      }
      let count = 0;
      for (const host of hostsIn(root)) {
        if (++count % 64 === 0 && late()) break;
        const shadow = shadowOf(host);
        if (shadow && !found.some(({ node }) => node === shadow)) found.push({ node: shadow, shadow: true });
      }
    }
    return found;
  }

  scope.guetteurDom = { list, all, attribute, clean, safely, textOf, walk, rootsOf };
})();
