/**
 * Gmail. One expanded message of a conversation is `.adn` with the message's own id; its sender is `.gD` with the address
 * in the attribute `email`, its body `.a3s`.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const HOST = /^mail\.google\.com$/;
  const MESSAGE = "[data-legacy-message-id], [data-message-id]";
  const BODY = ".a3s";
  const OPEN = /#[^?]*\/(?:[A-Za-z0-9]{28,}|[0-9a-f]{16})(?:\?|$)/; // #inbox/FMfcgz…
  const PRINTED = /[?&]view=(?:pt|lg|om)\b/;
  const LEGACY_ID = /^[0-9a-f]{8,20}$/;
  // The rows of the details, where they are open; ":" and the space before it vary.
  const ROWS = {
    reply_to: /^(?:répondre à|reply-to)\s*:?$/i,
    mailed_by: /^(?:envoyé par|mailed-by)\s*:?$/i,
    signed_by: /^(?:signé par|signed-by)\s*:?$/i,
  };

  /** @param {Element | Document} root */
  const partsOf = (root) => tools().outermost(root, BODY);

  /** @param {Element} root a translated message has two bodies, one of them hidden */
  const bodiesOf = (root) => partsOf(root).filter((body) => tools().shown(body));

  /**
   * @param {Element} root
   * @param {Element[]} parts
   * @param {RegExp} label
   */
  function detail(root, parts, label) {
    const { outside, all, lineOf } = tools();
    const row = outside(root, "tr.ajv", parts).find((one) => label.test(lineOf(all(one, ".gG", 1)[0])));
    return row ? (all(row, ".gL", 1)[0] ?? null) : null;
  }

  /** @param {Element} element `type:file name:address` */
  function attachment(element) {
    const [, kind = "", name = ""] = /^([^:]*):(.*?):https?:/.exec(tools().attribute(element, "download_url")) ?? [];
    const named = name || tools().lineOf(tools().all(element, ".aV3", 1)[0]);
    return { name: named, kind };
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "gmail",
    label: "Gmail",
    matches: ["*://mail.google.com/*"],

    find() {
      if (!HOST.test(location.hostname) || PRINTED.test(location.search)) return null;
      const { outermost, current, attribute } = tools();
      const root = current(outermost(document, MESSAGE).filter((one) => bodiesOf(one).length > 0));
      if (root) return { key: attribute(root, "data-message-id") || attribute(root, "data-legacy-message-id"), root };
      return OPEN.test(location.hash) ? { key: location.hash, root: document.body } : null;
    },

    read(root) {
      const { outside, first, attribute, lineOf, seen } = tools();
      const parts = partsOf(root);
      const sender = outside(root, ".gD[email]", parts)[0];
      if (root === document.body || !sender) return null;
      const replyTo = detail(root, parts, ROWS.reply_to);
      const subject = first(document, ["h2.hP", "h2[data-thread-perm-id]"], partsOf(document));
      return seen(bodiesOf(root), {
        from_name: attribute(sender, "name") || lineOf(sender),
        from_address: attribute(sender, "email"),
        reply_to: replyTo ? outside(replyTo, "[email]", parts).map((one) => attribute(one, "email")) : [],
        to: outside(root, ".g2[email]", parts).map((one) => attribute(one, "email")),
        subject: lineOf(subject),
        attachments: outside(root, ".aZo[download_url]", parts).map(attachment),
        signed_by: lineOf(detail(root, parts, ROWS.signed_by)),
        mailed_by: lineOf(detail(root, parts, ROWS.mailed_by)),
      });
    },

    bodies: bodiesOf,

    place(root) {
      const body = bodiesOf(root)[0];
      return body?.closest(".ii") ?? body ?? null;
    },

    async raw(root, most) {
      const id = tools().attribute(root, "data-legacy-message-id");
      const account = /^\/mail\/u\/\d+\//.exec(location.pathname)?.[0];
      if (!LEGACY_ID.test(id) || !account) return null;
      // "Show original", as its own download button asks for it; it may lead to another host, and then fails.
      return tools().raw(`${account}?ui=2&view=att&th=${id}&attid=0&disp=comp&safe=1&zw`, most);
    },
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
