/**
 * Yahoo Mail. Its elements carry `data-test-id`, and so may those of a mail that quotes another out of Yahoo: only what
 * lies outside the body counts. The sender's line says the name, then the address in `<…>`.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const HOST = /(?:^|\.)mail\.yahoo\.com$/;
  const MESSAGE = '[data-test-id="message-view"]';
  const BODY = '[data-test-id="message-view-body-content"]';
  const OPEN = /\/messages\/[^/?#]+/; // /d/folders/1/messages/AB…

  const partsOf = (/** @type {Element | Document} */ root) => tools().outermost(root, BODY);
  const bodiesOf = (/** @type {Element | Document} */ root) => partsOf(root).filter((body) => tools().shown(body));

  /**
   * The address must stand in an element of its own, after another: the words of the first are the sender's.
   * @param {Element} line
   */
  function sender(line) {
    const { all, lineOf, address } = tools();
    const leaves = all(line, "*", 64).filter((one) => one.childElementCount === 0 && lineOf(one) !== "");
    const [name, last] = [lineOf(leaves[0]), lineOf(leaves.at(-1))];
    return { name, address: leaves.length > 1 && /^<.*>$/.test(last) ? address(last) : "" };
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "yahoo",
    label: "Yahoo Mail",
    matches: ["*://mail.yahoo.com/*", "*://*.mail.yahoo.com/*"],

    find() {
      if (!HOST.test(location.hostname)) return null;
      const { outermost, current, attribute } = tools();
      const open = outermost(document, MESSAGE).filter((one) => bodiesOf(one).length > 0);
      const root = current(open);
      if (root) {
        return { key: [location.pathname, attribute(root, "id"), open.indexOf(root)].join("|"), root };
      }
      return OPEN.test(location.pathname) ? { key: location.pathname, root: document.body } : null;
    },

    read(root) {
      const { outside, first, attribute, lineOf, mailbox, seen } = tools();
      const parts = partsOf(root);
      const line = outside(root, '[data-test-id="message-from"]', parts)[0];
      if (root === document.body || !line) return null;
      const from = sender(line);
      const to = outside(root, '[data-test-id="message-to"], [data-test-id="message-recipients"] > *', parts);
      const subject = first(
        document,
        ['[data-test-id="message-group-subject-text"]', '[data-test-id="message-subject"]'],
        partsOf(document),
      );
      return seen(bodiesOf(root), {
        from_name: from.name,
        from_address: from.address,
        to: to.flatMap((one) => [attribute(one, "title"), mailbox(lineOf(one)).address]).filter(Boolean),
        subject: lineOf(subject),
        attachments: outside(
          root,
          '[data-test-id="attachment-name"], [data-test-id="attachment-card-title"]',
          parts,
        ).map((one) => ({ name: attribute(one, "title") || lineOf(one), kind: "" })),
      });
    },

    bodies: bodiesOf,

    place: (root) => bodiesOf(root)[0] ?? null,
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
