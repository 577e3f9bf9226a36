/**
 * BlueMind 4 and 5, on anybody's server. The sender's line always says `Name <address>`, and the address once more in the
 * tip of the name.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const MESSAGE = ".mail-conversation-viewer-item, .mail-viewer";
  const BODY = ".mail-inlines-block, .parts-viewer";
  const DRAFT = '.mail-conversation-viewer-draft, .mail-conversation-viewer-draft-editor, [contenteditable="true"]';

  /**
   * Texts stand in the page, HTML in older versions in frames.
   * @param {Element} root
   * @returns {(Element | Document)[]}
   */
  function bodiesOf(root) {
    const { outermost, all, inside, shown } = tools();
    /** @type {(Element | Document)[]} */
    const bodies = [];
    for (const part of outermost(root, BODY).filter(shown)) {
      const frames = all(part, "iframe", 4);
      if (frames.length === 0) bodies.push(part);
      else bodies.push(...frames.flatMap((frame) => inside(frame) ?? []));
    }
    return bodies;
  }

  const partsOf = (/** @type {Element} */ root) => tools().outermost(root, BODY);

  /** @param {Element} root */
  function sender(root) {
    const { outside, all, attribute, address, lineOf, mailbox } = tools();
    const line = outside(root, ".mail-viewer-from", partsOf(root))[0];
    if (!line) return { name: "", address: "" };
    const said = mailbox(lineOf(all(line, ".contact-main-part", 1)[0] ?? line));
    const tip = address(attribute(all(line, ".transparent-contact[title]", 1)[0], "title").split(", ")[0]);
    return tip === "" || tip === said.address ? said : { name: said.name, address: "" };
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "bluemind",
    label: "BlueMind",
    matches: ["*://*/webapp/mail/*"],

    find() {
      if (!location.pathname.startsWith("/webapp/mail")) return null;
      const { outermost, current, all } = tools();
      const open = outermost(document, MESSAGE).filter(
        (one) => bodiesOf(one).length > 0 && all(one, DRAFT, 1).length === 0,
      );
      const root = current(open);
      return root ? { key: [location.pathname, location.hash, open.indexOf(root)].join("|"), root } : null;
    },

    read(root) {
      const { outside, first, attribute, lineOf, seen } = tools();
      const from = sender(root);
      const titles = [".mail-viewer-content > .title", "h1.subject", ".mail-conversation-viewer-header .title"];
      const parts = partsOf(root);
      const to = outside(root, ".mail-viewer-recipient .transparent-contact[title]", parts);
      return seen(bodiesOf(root), {
        from_name: from.name,
        from_address: from.address,
        to: to.map((one) => attribute(one, "title")),
        subject: lineOf(first(root, titles, parts) ?? first(document, titles, tools().outermost(document, BODY))),
        attachments: outside(root, ".files-block .file-text [title]", parts).map((one) => ({
          name: attribute(one, "title"),
          kind: "",
        })),
      });
    },

    bodies: bodiesOf,

    place: (root) => partsOf(root)[0] ?? null,
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
