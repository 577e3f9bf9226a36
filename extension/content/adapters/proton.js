/**
 * Proton Mail. The decrypted body lies in a sandboxed frame of the same origin; the sender's line names the address in its
 * `title`, and again beside the name unless they are the same.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const HOST = /^mail\.proton\.me$/;
  const MESSAGE = '[data-shortcut-target="message-container"], article[data-testid^="message-view"]';
  const FRAME = 'iframe[data-testid="content-iframe"]';
  const SENDER = '[data-testid="recipients:sender"]';
  const OPEN = /^\/u\/\d+\/[^/]+\/[\w-]{40,}={0,2}(?:\/|$)/; // /u/0/inbox/<conversation>/<message>
  const FILE = /^attachment-item:(.*)--primary-action$/s;

  /** @param {Element} root */
  const bodiesOf = (root) =>
    tools()
      .all(root, FRAME, 4)
      .flatMap((frame) => tools().inside(frame) ?? [])
      .filter((inner) => inner.body.childElementCount > 0); // decrypted

  /** @param {Element} root */
  function sender(root) {
    const { all, attribute, address, lineOf } = tools();
    const line = all(root, `.message-header-expanded ${SENDER}`, 1)[0];
    if (!line) return { name: "", address: "" };
    const named = address(attribute(line, "title"));
    const beside = all(line, '[data-testid="recipient-address"], .message-recipient-item-address', 1)[0];
    const shown = beside ? address(lineOf(beside)) : named;
    const name = lineOf(all(line, '[data-testid="recipient-label"], .message-recipient-item-label', 1)[0]);
    const same = named === "" || shown.toLowerCase() === named.toLowerCase();
    return { name, address: same ? shown : "" };
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "proton",
    label: "Proton Mail",
    matches: ["*://mail.proton.me/*"],

    find() {
      if (!HOST.test(location.hostname)) return null;
      const { outermost, current, all, attribute } = tools();
      const open = outermost(document, MESSAGE).filter((one) => all(one, FRAME, 1).length > 0);
      const received = open.filter((one) => all(one, ".message-header-expanded.is-outbound", 1).length === 0);
      if (open.length > 0 && received.length === 0) return null; // only what the person sent
      const root = current(received);
      if (root)
        return { key: attribute(root, "data-message-id") || `${location.pathname}|${open.indexOf(root)}`, root };
      return OPEN.test(location.pathname) ? { key: location.pathname, root: document.body } : null;
    },

    read(root) {
      const { all, attribute, lineOf, seen } = tools();
      if (root === document.body) return null;
      const from = sender(root);
      const subject = all(document, '[data-testid="conversation-header:subject"]', 1)[0];
      const people = all(root, ".message-header-expanded .message-recipient-item[title]", 64);
      const files = all(root, '[data-testid^="attachment-item:"]', 128);
      return seen(bodiesOf(root), {
        from_name: from.name,
        from_address: from.address,
        to: people.filter((one) => !one.matches(SENDER)).map((one) => attribute(one, "title")),
        subject: attribute(subject, "title") || lineOf(subject),
        attachments: files.map((one) => ({ name: FILE.exec(attribute(one, "data-testid"))?.[1] ?? "", kind: "" })),
      });
    },

    bodies: bodiesOf,

    place: (root) => tools().all(root, FRAME, 1)[0] ?? null,
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
