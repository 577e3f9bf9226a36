/** Roundcube 1.4 to 1.6 on anybody's server; a message is a page of its own, alone or in the preview's frame. */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  /** @param {string} name */
  const asked = (name) => new URLSearchParams(location.search).get(name) ?? "";

  const bodyOf = () => document.getElementById("messagebody");

  /**
   * Only the first table of headers is the message's own: forwarded messages bring theirs, inside the body.
   * @param {Element} root
   * @param {string} header as Roundcube names it
   * @returns {{name: string, address: string}[]}
   */
  function mailboxes(root, header) {
    const { line, attribute, outside } = tools();
    return outside(root, `td.header.${header} .adr`, [bodyOf()]).map((/** @type {Element} */ one) => {
      const link = one.querySelector("a.rcmContactAddress");
      const shown = line((link ?? one).textContent);
      // The attribute holds it as written, with and without "show addresses"; an address that is none is but text.
      const address = link ? attribute(link, "href").replace(/^mailto:/, "") : shown;
      return { name: line(shown.replace(`<${address}>`, "")), address };
    });
  }

  /** @param {Element} root */
  function subjectOf(root) {
    // Beside the words themselves the heading holds a label for screen readers and a button.
    const heading = tools().first(root, ["h2.subject", ".subject"], [bodyOf()]);
    const own = [...(heading?.childNodes ?? [])].filter((node) => node.nodeType === Node.TEXT_NODE);
    return tools().line(own.map((node) => node.nodeValue).join(" "));
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "roundcube",
    label: "Roundcube",
    matches: ["*://*/*_task=mail*", "*://*/*roundcube*"],

    find() {
      if (asked("_uid") === "" || bodyOf() === null || !document.querySelector("td.header")) return null;
      return { key: `${asked("_mbox")}/${asked("_uid")}`, root: document.body };
    },

    read(root) {
      const bodies = adapter.bodies(root);
      const [from] = mailboxes(root, "from");
      if (from === undefined || bodies.length === 0) return null;
      const addresses = (/** @type {string} */ header) => mailboxes(root, header).map(({ address }) => address);
      return {
        from_name: from.name === from.address ? "" : from.name,
        from_address: from.address,
        reply_to: [...addresses("replyto"), ...addresses("mail-reply-to")].slice(0, 8),
        to: addresses("to").slice(0, 32),
        subject: subjectOf(root),
        text: tools().text(bodies),
        links: tools().links(bodies),
        attachments: tools()
          .all(root, "#attachment-list .attachment-name", 64)
          .map((/** @type {Element} */ name) => ({ name: tools().line(name.textContent), kind: "" })),
        signed_by: "",
        mailed_by: "",
        unverified: false,
      };
    },

    bodies() {
      const body = bodyOf();
      return body === null ? [] : [body];
    },

    place(root) {
      return tools().first(root, ["#message-header", "#messageheader"], [bodyOf()]) ?? bodyOf();
    },

    raw(_root, most) {
      const query = new URLSearchParams({
        _task: "mail",
        _action: "viewsource",
        _uid: asked("_uid"),
        _mbox: asked("_mbox"),
      });
      return tools().raw(new URL(`./?${query}`, location.href).href, most);
    },
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
