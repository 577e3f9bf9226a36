/**
 * Orange, whose mail is an Open-Xchange App Suite. The body is a frame of its own; the sender's line holds the name and,
 * wherever that is not the address itself, the address in `<…>`.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const HOST = /^(?:mail(?:0[12])?|webmail|messagerie)\.orange\.fr$/;
  const MESSAGE = ".mail-detail.expanded";
  const FRAME = "section.body iframe.mail-detail-frame";
  const LOADING = "section.body.loading, section.body.io-ox-busy";

  /** @param {Element} root */
  const bodiesOf = (root) =>
    tools()
      .all(root, FRAME, 4)
      .flatMap((frame) => tools().inside(frame) ?? [])
      .filter((inner) => inner.body.childElementCount > 0);

  /** @param {Element} root */
  function sender(root) {
    const { all, attribute, address, lineOf } = tools();
    const line = all(root, "header.detail-view-header .from", 1)[0];
    if (!line) return { name: "", address: "" };
    const name = lineOf(all(line, ".person-from", 1)[0]);
    const beside = all(line, ".address", 1)[0];
    if (beside) return { name, address: address(lineOf(beside)) };
    // On telephones an address may be left out beside any name, also one that looks like an address.
    const narrow = attribute(document.documentElement, "class").split(" ").includes("smartphone");
    return { name: "", address: narrow ? "" : address(name) };
  }

  /** @param {Element} element `type:file name:address` */
  function attachment(element) {
    const found = /^([^:]*):(.*?):https?:/.exec(tools().attribute(element, "data-downloadurl"));
    return { name: found?.[2] ?? tools().attribute(element, "title"), kind: found?.[1] ?? "" };
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "orange",
    label: "Orange Mail",
    matches: [
      "*://mail.orange.fr/*",
      "*://mail01.orange.fr/*",
      "*://mail02.orange.fr/*",
      "*://webmail.orange.fr/*",
      "*://messagerie.orange.fr/*",
    ],

    find() {
      if (!HOST.test(location.hostname)) return null;
      const { outermost, current, all, attribute, shown } = tools();
      const open = outermost(document, MESSAGE).filter((one) => shown(one) && all(one, LOADING, 1).length === 0);
      const root = current(open);
      return root ? { key: attribute(root, "data-cid") || `#${open.indexOf(root)}`, root } : null;
    },

    read(root) {
      const { all, first, attribute, lineOf, seen } = tools();
      const from = sender(root);
      const subject = first(root, ["h1.subject", ".different-subject", ".subject"], []);
      return seen(bodiesOf(root), {
        from_name: from.name,
        from_address: from.address,
        to: all(root, "header.detail-view-header .recipients .person-link", 32).map((one) => attribute(one, "title")),
        subject: lineOf(subject ?? first(document, [".thread-view-header .subject", "h1.subject"], [])),
        attachments: all(root, "section.attachments [data-downloadurl]", 64).map(attachment),
        unverified: all(root, ".authenticity-sender.fail, .authenticity-sender.suspicious", 1).length > 0,
      });
    },

    bodies: bodiesOf,

    place: (root) => tools().all(root, "section.body", 1)[0] ?? null,
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
