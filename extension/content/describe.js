/**
 * What content/page.js tells of a page: what it calls itself, what it asks for, where its forms lead. Names of fields and
 * words on screen, never a typed value.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  /** @type {import("../shared/wire.d.ts").DomTools} */
  const { list, all, attribute, clean, safely, textOf, walk, rootsOf } = scope.guetteurDom;

  const MOST_CANDIDATES = 1_000;
  const MOST_KEYS = 1_500;
  const NEAR = 90;
  const INPUTS = "input, select, textarea";
  const MOST_FIELDS = 64;
  const MOST_FORMS = 32;
  const TEXT = 4_000;
  const SHORT = 300;
  const OWNER = /[^\n]{0,40}(?:©|\(c\)|copyright|tous droits réservés|all rights reserved)[^\n]{0,100}/gi;
  const FOOT = 'footer, [role="contentinfo"], [id*="footer" i], [class*="footer" i], [class*="copyright" i]';
  const DECLARED =
    'meta[property="og:site_name"], meta[name="application-name"], meta[name="apple-mobile-web-app-title"]';
  const PICTURES = 'img, svg[aria-label], [role="img"][aria-label], input[type="image"]';
  const KEYS = "button, [role=button], td, li, a, [class*=key i], [data-digit], [data-key]";
  const NO_INPUT = ["hidden", "submit", "button", "image", "reset", "checkbox", "radio", "range", "color", "file"];
  const SILENT = /^(?:script|style|noscript|template|svg|canvas|iframe|select|textarea)$/i;

  /** @typedef {import("../shared/wire.d.ts").Root} Root */
  /** @typedef {import("../shared/wire.d.ts").PageSeen} PageSeen */

  /**
   * @param {HTMLInputElement} field
   * @param {Root} root
   */
  function wordsOf(field, root) {
    const labels = [...(field.labels ?? [])].map((label) => textOf(label, 200));
    for (const id of attribute(field, "aria-labelledby").split(/\s+/, 4)) {
      if (id) labels.push(...all(root, `[id="${CSS.escape(id)}"]`, 1).map((label) => textOf(label, 200)));
    }
    if (labels.length === 0) {
      // Kits seldom tie labels to fields: what stands right before the field, or alone with it, is read as its label.
      const row = field.parentElement;
      const near = [field.previousElementSibling, row, row?.previousElementSibling].map((one) =>
        textOf(one, NEAR).trim(),
      );
      labels.push(near.find((text) => text !== "" && text.length < NEAR) ?? "");
    }
    const own = ["aria-label", "placeholder", "title", "name", "id"].map((name) => attribute(field, name));
    return clean([...labels, ...own].filter(Boolean).join(" | "));
  }

  /** @param {HTMLFormElement} form */
  function target(form) {
    const url = new URL(attribute(form, "action"), Reflect.get(Node.prototype, "baseURI", document));
    // Queries may hold what was typed before.
    if (url.protocol === "mailto:") return clean(url.protocol + url.pathname, 1024);
    return /^https?:$/.test(url.protocol) ? clean(url.origin + url.pathname, 1024) : "";
  }

  /**
   * @param {Root[]} roots
   * @param {() => boolean} late
   */
  function readFields(roots, late) {
    /** @type {PageSeen["fields"]} */
    const fields = [];
    /** @type {HTMLFormElement[]} */
    const forms = [];
    for (const root of roots) {
      const found = /** @type {HTMLInputElement[]} */ (all(root, INPUTS, MOST_CANDIDATES));
      const asked = found.filter((field) => !NO_INPUT.includes(field.type));
      // A crowd of fields nobody sees must not push out the ones that are filled.
      const crowd = asked.length > MOST_FIELDS;
      for (const field of crowd ? asked.filter((one) => one.checkVisibility()) : asked) {
        if (fields.length >= MOST_FIELDS) break;
        const form = field.form;
        if (form && !forms.includes(form) && forms.length < MOST_FORMS) forms.push(form);
        const limit = Math.trunc(Number(attribute(field, "maxlength")));
        fields.push({
          kind: clean(field.type, 32),
          autocomplete: clean(attribute(field, "autocomplete"), 64),
          words: wordsOf(field, root),
          limit: limit > 0 && limit < 1_000_000 ? limit : 0,
          form: form ? forms.indexOf(form) : -1,
        });
      }
      if (late()) break;
    }
    return { fields, forms: forms.map((form) => safely(() => target(form), "")) };
  }

  /**
   * Ten buttons with one digit each: the grid on which banks have codes clicked.
   * @param {Root[]} roots
   * @param {() => boolean} late
   */
  function hasKeypad(roots, late) {
    const digits = new Set();
    for (const root of roots) {
      let seen = 0;
      for (const key of all(root, KEYS, MOST_KEYS)) {
        if (++seen % 64 === 0 && late()) return false;
        const said = (attribute(key, "data-digit") || textOf(key, 8)).trim();
        if (/^\d$/.test(said)) digits.add(said);
      }
    }
    return digits.size === 10;
  }

  /** @param {Root} root */
  function readLogos(root) {
    /** @type {Set<string>} */
    const words = new Set();
    const assets = all(root, 'link[rel~="icon" i]').map((link) => /** @type {HTMLLinkElement} */ (link).href);
    const pictures = all(root, PICTURES, 80);
    pictures.forEach((picture, index) => {
      if (picture.closest("footer, [role=contentinfo]")) return;
      const link = picture.closest("a");
      const home = link !== null && /^(?:\/|#|\.\/?|index\.\w+)?$/.test(attribute(link, "href"));
      const named = ["id", "class", "alt", "src"].some((name) =>
        /logo|brand/i.test(attribute(picture, name).slice(0, SHORT)),
      );
      const first = index < 3 && (named || pictures.length < 3);
      if (!home && !first && !picture.closest("header, [role=banner]")) return;
      for (const name of ["alt", "title", "aria-label"]) words.add(clean(attribute(picture, name)));
      assets.push(/** @type {HTMLImageElement} */ (picture).src);
    });
    for (const link of all(root, 'header a[href="/"], header [class*="logo" i]', 2)) {
      words.add(clean(attribute(link, "aria-label") || textOf(link, 80), 80));
    }
    words.delete("");
    const fetched = assets.filter((from) => typeof from === "string" && /^https?:/.test(from));
    return { logos: [...words].slice(0, 12), assets: fetched.slice(0, 16).map((from) => clean(from)) };
  }

  /**
   * The first words that can be seen.
   * @param {Root[]} roots
   * @param {() => boolean} late
   */
  function readText(roots, late) {
    let text = "";
    let nodes = 0;
    // While content/hold.js keeps the page without a box, nothing in it would count as visible.
    const top = list({ node: document, shadow: false }, ":root")[0];
    const held = top !== undefined && getComputedStyle(top).display === "none";
    for (const root of roots) {
      const start = root.shadow ? root.node : all(root, "body")[0];
      if (!start) continue;
      const walker = walk(start, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
        if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
        return SILENT.test(node.nodeName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
      });
      while (text.length < TEXT && walker.nextNode()) {
        if (++nodes % 128 === 0 && late()) return { text, partial: true };
        const words = walker.currentNode.nodeValue ?? "";
        if (words.trim() && (held || (walker.currentNode.parentElement?.checkVisibility() ?? true)))
          text += `${words}\n`;
      }
    }
    return { text, partial: false };
  }

  /** @param {Root} root @param {string} text */
  function readOwners(root, text) {
    const foot = all(root, FOOT, 6).map((element) => textOf(element, 3_000));
    const lines = [...foot, text].flatMap((part) => part.replace(/[ \t]+/g, " ").match(OWNER) ?? []);
    return [...new Set(lines.map((line) => clean(line)))].slice(0, 4);
  }

  /**
   * What tells most is read first; a part whose time has not come before the end is left out.
   * @param {() => boolean} late whether the time for this is over
   * @param {() => boolean} hurry whether enough of it went into the search for hidden roots
   * @returns {{page: PageSeen, roots: (Document | ShadowRoot)[]}}
   */
  scope.guetteurDescribe = (late, hurry) => {
    /** @type {typeof safely} */
    const timely = (part, otherwise) => (late() ? otherwise : safely(part, otherwise));
    const roots = safely(() => rootsOf(hurry), [{ node: document, shadow: false }]);
    const top = /** @type {Root} */ (roots[0]);
    const { fields, forms } = safely(() => readFields(roots, late), { fields: [], forms: [] });
    const title = safely(() => clean(textOf(all(top, "title", 1)[0], 600)), "");
    const names = timely(() => all(top, DECLARED, 4).map((meta) => clean(attribute(meta, "content"))), []);
    const headings = timely(() => all(top, "h1, h2", 12).map((one) => clean(textOf(one, 400), 200)), []);
    const { logos, assets } = timely(() => readLogos(top), { logos: [], assets: [] });
    const { text, partial } = timely(() => readText(roots, late), { text: "", partial: true });
    const owners = timely(() => readOwners(top, text), []);
    const keypad = timely(() => hasKeypad(roots, late), false);
    const seen = { title, names, headings, logos, owners, assets, text: clean(text, TEXT), fields, forms, keypad };
    return {
      page: { ...seen, partial: partial || late() },
      roots: roots.map(({ node }) => node),
    };
  };
})();
