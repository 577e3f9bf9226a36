/**
 * La Poste, which rewrites mails as SFR does and is taken to show them in the same kind of page. Of the sender's line only
 * an element that is by its own declaration the address of a sender is believed: a link to write to it, or a class that
 * says so.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const HOST = /^webmail\.laposte\.net$/;
  const BODY = "#read-content-block, .read-content-block";
  const WHO = ["from", "sender", "expediteur"].map((word) => `[class*="${word}" i]`).join(", ");
  const SUBJECT = ['[class*="subject" i]', '[class*="objet" i]', "h1"];
  const FILE = '[class*="attachment" i] [class*="name" i], [class*="piece" i] [class*="nom" i]';
  const RECIPIENT = '[class*="recipient" i], [class*="destinataire" i], [class*="-to" i]';

  const partsOf = (/** @type {Element | Document} */ root) => tools().outermost(root, BODY);
  const bodiesOf = (/** @type {Element | Document} */ root) => partsOf(root).filter((body) => tools().shown(body));

  /**
   * The smallest part of the page that holds the body and a sender's line.
   * @param {Element} body
   */
  function messageOf(body) {
    for (let part = body.parentElement; part && part !== document.body; part = part.parentElement) {
      const lines = tools().outside(part, WHO, [body]);
      if (lines.some((line) => !line.contains(body))) return part;
    }
    return document.body;
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "laposte",
    label: "La Poste",
    trial: true,
    matches: ["*://webmail.laposte.net/*"],

    find() {
      if (!HOST.test(location.hostname)) return null;
      const body = tools().current(bodiesOf(document));
      if (!body) return null;
      const root = messageOf(body);
      const subject = tools().first(root, SUBJECT, [body]);
      // The page does not number its messages: its address, the sender and the subject must do.
      const { address } = tools().declared(root, WHO, [body]);
      const key = [location.pathname, location.hash, address, tools().lineOf(subject)];
      return { key: key.join("|"), root };
    },

    read(root) {
      const { outside, first, declared, attribute, lineOf, seen } = tools();
      const parts = partsOf(root);
      if (root === document.body || parts.length !== 1) return null;
      const from = declared(root, WHO, parts);
      return seen(bodiesOf(root), {
        from_name: from.name,
        from_address: from.address,
        to: outside(root, RECIPIENT, parts).flatMap((one) => [attribute(one, "title"), lineOf(one)]),
        subject: lineOf(first(root, SUBJECT, parts)),
        attachments: outside(root, FILE, parts).map((one) => ({ name: lineOf(one), kind: "" })),
      });
    },

    bodies: bodiesOf,

    place: (root) => bodiesOf(root)[0] ?? null,
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
