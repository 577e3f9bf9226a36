/**
 * The source of the page as it stands, for a report. Run by the background when the person reports it, or just before it
 * is covered; the last expression is the answer. What was typed is no part of it: scripts of a page write it back into
 * attributes, so every field is emptied, in a copy that no script runs in.
 */
(() => {
  "use strict";

  const MOST = 4 * 1024 * 1024;
  const PRESSED = ["submit", "button", "reset", "image", "checkbox", "radio"];
  const OURS = "guetteur-bar, guetteur-banner, guetteur-dialog";

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
    for (const element of copy.querySelectorAll(OURS)) element.remove();
    for (const field of copy.querySelectorAll("input[value]")) {
      if (!PRESSED.includes((field.getAttribute("type") ?? "").toLowerCase())) field.removeAttribute("value");
    }
    const written = copy.querySelectorAll('textarea, [contenteditable]:not([contenteditable="false"])');
    for (const element of written) element.replaceChildren();
    const box = inert.createElement("div");
    box.append(copy);
    const type = own("doctype");
    const html = (type ? new XMLSerializer().serializeToString(type) + "\n" : "") + box.getHTML();
    return { href: location.href, html: html.slice(0, MOST), cut: html.length > MOST };
  } catch {
    return null; // not a page with a source
  }
})();
