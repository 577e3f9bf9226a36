/**
 * Outlook.com and Microsoft 365. The sender's line says `Name<address>` in one element, whose label for screen readers
 * says `From: Name`; without an address after exactly that name nothing is believed, since the name is the sender's own.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const HOST = /^outlook\.(?:live\.com|office\.com|office365\.com|cloud\.microsoft)$/;
  const BODY = '[id^="UniqueMessageBody"]';
  const SPOKEN = ["From:", "De:", "De :", "De\u00a0:"].map((word) => `span[aria-label^="${word}"]`);
  const FROM = ['[id^="MSG_"][id$="_FROM"]', ...SPOKEN].join(", ");
  const TO = ["To:", "À:", "À :", "À\u00a0:"].map((word) => `[aria-label^="${word}"]`).join(", ");
  const SUBJECT = '[role="heading"][id$="_SUBJECT"]';
  const OPEN = /\/(?:id|deeplink\/read)\/[^/]{12,}/; // /mail/inbox/id/AAQk…
  const LABELLED = /^[^:]{1,40}:\s*(.*)$/s;

  const partsIn = (/** @type {Element | Document} */ part) => tools().outermost(part, BODY);
  const bodiesIn = (/** @type {Element | Document} */ part) => partsIn(part).filter((body) => tools().shown(body));

  /**
   * The smallest part of the page that holds this body and a sender's line; never another body.
   * @param {Element} body
   */
  function messageOf(body) {
    for (let part = body.parentElement; part && part !== document.body; part = part.parentElement) {
      const parts = partsIn(part);
      if (parts.length > 1) return null;
      if (tools().outside(part, FROM, parts).length > 0) return part;
    }
    return null;
  }

  /** @param {Element | undefined} line */
  function sender(line) {
    if (!line) return { name: "", address: "" };
    const { all, attribute, lineOf, address } = tools();
    const labelled = [line, ...all(line, "[aria-label]", 4)].find((one) => attribute(one, "aria-label").includes(":"));
    const name = LABELLED.exec(attribute(labelled, "aria-label"))?.[1]?.trim() ?? "";
    const said = lineOf(labelled);
    if (name === "" || !said.startsWith(name)) return { name, address: "" };
    const rest = said.slice(name.length).trim();
    return { name, address: /^<.*>$/.test(rest) ? address(rest) : "" };
  }

  /** @param {Element} root */
  function recipients(root) {
    const { outside, all, attribute, lineOf, mailbox } = tools();
    const lines = outside(root, TO, partsIn(root));
    const people = lines.flatMap((one) => [one, ...all(one, "[title], span", 64)]);
    return people.flatMap((one) => [attribute(one, "title"), mailbox(lineOf(one)).address]).filter(Boolean);
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "outlook",
    label: "Outlook",
    matches: [
      "*://outlook.live.com/*",
      "*://outlook.office.com/*",
      "*://outlook.office365.com/*",
      "*://outlook.cloud.microsoft/*",
    ],

    find() {
      if (!HOST.test(location.hostname)) return null;
      const { current, outside, attribute } = tools();
      const body = current(bodiesIn(document));
      const root = body && messageOf(body);
      if (root) {
        const line = outside(root, FROM, [body])[0];
        return { key: [location.pathname, attribute(body, "id"), attribute(line, "id")].join("|"), root };
      }
      return body || OPEN.test(location.pathname) ? { key: location.pathname, root: document.body } : null;
    },

    read(root) {
      const { outside, all, attribute, lineOf, seen } = tools();
      const bodies = bodiesIn(root);
      if (root === document.body || bodies.length !== 1) return null;
      const from = sender(outside(root, FROM, bodies)[0]);
      const subject = outside(root, SUBJECT, bodies)[0] ?? outside(document, SUBJECT, partsIn(document))[0];
      return seen(bodies, {
        from_name: from.name,
        from_address: from.address,
        to: recipients(root),
        subject: attribute(subject, "title") || lineOf(subject),
        attachments: outside(root, '[data-testid="AttachmentCard"]', bodies).map((card) => {
          const named = [card, ...all(card, "[title]", 4)].map((one) => attribute(one, "title"));
          return { name: named.find(Boolean) ?? "", kind: "" };
        }),
      });
    },

    bodies: bodiesIn,

    place: (root) => bodiesIn(root)[0] ?? null,
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
