/** SOGo 5 on anybody's server: an AngularJS page whose address names the open message behind the `#`. */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  /** As SOGo writes folder names in addresses. @type {[string, string][]} */
  const ESCAPES = [
    ["_", "_U_"],
    [".", "_D_"],
    ["#", "_H_"],
    ["@", "_A_"],
    ["*", "_S_"],
    [":", "_C_"],
    [",", "_CO_"],
    [" ", "_SP_"],
    ["'", "_SQ_"],
    ["&", "_AM_"],
    ["+", "_P_"],
  ];

  /** @returns {{account: string, folder: string, uid: string} | null} */
  function opened() {
    const found = /^#!?\/Mail\/([^/]+)\/(?:virtual\/)?([^/]+)\/(\d+)$/.exec(location.hash);
    if (!found) return null;
    const [, account = "", folder = "", uid = ""] = found;
    try {
      return { account, folder: decodeURIComponent(decodeURIComponent(folder)), uid };
    } catch {
      return { account, folder, uid };
    }
  }

  /** @param {string} folder one with subfolders has slashes */
  function inAddress(folder) {
    const names = folder.split("/").map((name) => {
      const escaped = ESCAPES.reduce((text, [plain, code]) => text.replaceAll(plain, code), name);
      return "folder" + escaped.replace(/^(?=\d)/, "_");
    });
    return names.map(encodeURIComponent).join("/");
  }

  /**
   * What AngularJS wrote where the template asks for this value.
   * @param {Element} root
   * @param {string} value
   * @returns {string}
   */
  function bound(root, value) {
    const { first, line } = tools();
    return line(first(root, [`[ng-bind="${value}"]`], adapter.bodies(root))?.textContent);
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "sogo",
    label: "SOGo",
    matches: ["*://*/SOGo/*"],

    find() {
      const message = opened();
      const root = document.querySelector("md-card-content > * > .msg-body")?.closest("md-card-content");
      if (message === null || !root) return null;
      return { key: `${message.account}/${message.folder}/${message.uid}`, root };
    },

    read(root) {
      const to = bound(root, "::viewer.message.$shortRecipients(5)");
      return tools().seen(adapter.bodies(root), {
        from_name: bound(root, "::viewer.message.from[0].name"),
        from_address: bound(root, "::viewer.message.from[0].email"),
        to: to.split(/[,\s]+/).filter((word) => word.includes("@")),
        subject: bound(root, "viewer.message.subject"),
        attachments: tools()
          .all(root, ".msg-body .sg-attachment-name", 64)
          .map((/** @type {Element} */ one) => ({ name: tools().attribute(one, "title"), kind: "" })),
      });
    },

    bodies(root) {
      return [...root.querySelectorAll(".msg-body .sg-mail-part")];
    },

    place(root) {
      return root.firstElementChild;
    },

    async raw(_root, most) {
      const message = opened();
      const start = /^.*?\/SOGo\/so\/[^/]+\/Mail\//.exec(location.pathname)?.[0];
      if (message === null || start === undefined) return null;
      const path = `${start}${message.account}/${inAddress(message.folder)}/${message.uid}.eml`;
      return tools().raw(new URL(path, location.href).href, most);
    },
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
