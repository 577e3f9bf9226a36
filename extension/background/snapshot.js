/**
 * The source of the page as it stands, for a report. Given to the browser when the person reports the page, or just before
 * it is covered: as a function, since a file would first have to be read, and the page be gone by then. It stands alone:
 * nothing of this module or another goes with it.
 *
 * What was typed is no part of it: scripts of a page write it back into attributes, of the field and of what stands around
 * it, so these go, in a copy that no script runs in.
 * @returns {{href: string, html: string, cut: boolean} | null} null: not a page with a source
 */
export function snapshot() {
  const MOST = 4 * 1024 * 1024;
  /** What has a value that the page was written with: labels, codes, numbers. */
  const PRESSED = ["submit", "button", "reset", "image", "checkbox", "radio"].map((type) => `[type="${type}" i]`);
  const WRITTEN = `input:is(${PRESSED.join()}), button, option, data, param, li, meter, progress`;
  const NAMED = "guetteur-bar, guetteur-ask, guetteur-banner, guetteur-mark, guetteur-bubble";

  /**
   * Read through the prototype: `<img name="documentElement">` would stand in its place.
   * @param {string} name
   */
  const own = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name)?.get?.call(document);

  try {
    /** @type {Document} */
    const inert = own("implementation").createHTMLDocument("");
    /** @type {Element} */
    const copy = inert.importNode(own("documentElement"), true);
    // Through the prototype, too: a field may be called like a method of its form.
    const { getAttributeNames, matches, querySelectorAll, removeAttribute, replaceChildren } = Element.prototype;
    // A page may give its own elements the names of ours; which are ours, content/ui.js knows.
    const ours = /** @type {any} */ (globalThis).guetteurUi?.own;
    const named = querySelectorAll.call(own("documentElement"), NAMED);
    copy.querySelectorAll(NAMED).forEach((element, at) => {
      if (ours?.has(named[at])) element.remove();
    });
    for (const element of [copy, ...copy.querySelectorAll("*")]) {
      const isWritten = matches.call(element, WRITTEN);
      for (const name of getAttributeNames.call(element)) {
        if (name.startsWith("data-") || (name === "value" && !isWritten)) removeAttribute.call(element, name);
      }
    }
    const written = copy.querySelectorAll('textarea, [contenteditable]:not([contenteditable="false"])');
    for (const element of written) replaceChildren.call(element);
    const box = inert.createElement("div");
    box.append(copy);
    const type = own("doctype");
    const html = (type ? new XMLSerializer().serializeToString(type) + "\n" : "") + box.getHTML();
    return { href: location.href, html: html.slice(0, MOST), cut: html.length > MOST };
  } catch {
    return null;
  }
}
