/**
 * Zimbra: Free, and anybody's server. The classic interface names each message after its number; the modern one only in
 * the address. Both may show a sender by name alone, and the name is the sender's own words: the address is taken from the
 * raw message, never from the page.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  // Classic: a message of a conversation (…_MSGC4437), or the one message of the reading pane (…__MSG).
  const CAPSULE = '[id*="_MSGC"]';
  const CAPSULE_ID = /_MSGC-?(\d+)_*$/;
  const PANE = '[id^="zv__"][id$="MSG"]';
  const SELECTED = 'li.Row-selected[id^="zli__"]';
  const HEADER = ".Conv2MsgHeader, .MsgHeaderTable";
  const SENDER = /^(?:De|From)\s*:\s*/i;
  // Modern
  const VIEWER = '[class~="zimbra-client_viewer"]';
  const READER = '[class*="zimbra-client_html-viewer_inner"], [class*="zimbra-client_text-viewer"]';
  const MESSAGE = /\/modern\/.*\/message\/(\d+)/;

  const isModern = () => /^\/modern\//.test(location.pathname);

  /** @param {Element | Document} root */
  const partsOf = (root) => tools().outermost(root, isModern() ? READER : ".MsgBody");

  /**
   * Simple mails stand in the page, others in a frame of their own.
   * @param {Element} root
   * @returns {(Element | Document)[]}
   */
  function bodiesOf(root) {
    const { all, inside, shown } = tools();
    const frames = all(root, 'iframe[id*="body" i], iframe[class*="viewer"]', 4).filter(shown);
    const parts = partsOf(root).filter((part) => shown(part) && all(part, "iframe", 1).length === 0);
    return [...frames.flatMap((frame) => inside(frame) ?? []), ...parts];
  }

  /** @param {Element} root */
  function idOf(root) {
    const { all, attribute } = tools();
    if (isModern()) return MESSAGE.exec(location.pathname)?.[1] ?? "";
    const own = CAPSULE_ID.exec(attribute(root, "id"))?.[1];
    if (own) return own;
    const rows = all(document, SELECTED, 2);
    return rows.length === 1 ? (/__(\d+)$/.exec(attribute(rows[0], "id"))?.[1] ?? "") : "";
  }

  function messages() {
    const { all, outermost, attribute, shown } = tools();
    const capsules = all(document, CAPSULE).filter((one) => CAPSULE_ID.test(attribute(one, "id")));
    const named = isModern() ? outermost(document, VIEWER) : [...capsules, ...all(document, PANE)];
    // A number in a mail's own markup would have another message fetched in its place.
    const own = named.filter((one) => one.closest(".MsgBody") === null);
    return own.filter((one) => shown(one) && bodiesOf(one).length > 0);
  }

  /** @param {Element} root the name only: see above */
  function senderOf(root) {
    const { outside, all, lineOf, mailbox } = tools();
    const header = outside(root, HEADER, partsOf(root))[0];
    const said = header ? all(header, "tr", 64).filter((one) => SENDER.test(lineOf(one))) : [];
    // Rows hold tables: the innermost that says more than "From:".
    const row = said.filter((one) => lineOf(one).replace(SENDER, "") !== "").at(-1);
    if (!row) return null;
    const bubble = all(row, ".addrBubble", 1)[0];
    return mailbox(bubble ? lineOf(bubble) : lineOf(row).replace(SENDER, "")).name;
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "zimbra",
    label: "Zimbra (Free)",
    matches: ["*://zimbra.free.fr/*", "*://webmail.free.fr/*", "*://*/zimbra/*", "*://*/modern/email/*"],

    find() {
      const open = messages();
      const root = tools().current(open);
      const place = location.pathname + location.hash;
      if (root) return { key: idOf(root) || `${place}|${open.indexOf(root)}`, root };
      return MESSAGE.test(location.pathname) ? { key: place, root: document.body } : null;
    },

    read(root) {
      const { outside, first, attribute, lineOf, seen } = tools();
      if (root === document.body || idOf(root) === "") return null;
      const name = isModern() ? "" : senderOf(root);
      if (name === null) return null;
      const parts = partsOf(document);
      const subjects = isModern()
        ? ['[class*="zimbra-client_viewer-title_headerText"]']
        : [".SubjectCol", ".Conv2Header .subject"];
      const to = outside(root, '[class*="toAddressList"] [class*="address-list_addressName"]', parts);
      const files = outside(root, 'a.AttLink[href*="part="]', parts);
      return seen(
        bodiesOf(root),
        {
          from_name: name,
          to: to.map((one) => attribute(one, "title")),
          subject: lineOf(first(root, subjects, parts) ?? first(document, subjects, parts)),
          attachments: files.map((one) => ({ name: lineOf(one), kind: "" })),
        },
        true,
      );
    },

    bodies: bodiesOf,

    place: (root) => partsOf(root)[0] ?? null,

    async raw(root, most) {
      const id = idOf(root);
      return id === "" ? null : tools().raw(`/service/home/~/?auth=co&view=text&id=${id}`, most);
    },
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
