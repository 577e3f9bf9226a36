/**
 * GMX. Its current interface shows the body in a frame of another host (mailbody-ui.de), which no script of this page may
 * read: then nothing is read at all, since a sender without his words would make a scam look harmless. In the older one
 * (3c-bs.gmx.…) the frame is of the same host; of the sender's line only what declares itself an address is believed.
 */
(() => {
  "use strict";

  /** @typedef {import("../../shared/wire.d.ts").MailAdapter} MailAdapter */

  /** @returns {import("../../shared/wire.d.ts").MailTools} */
  const tools = () => /** @type {any} */ (globalThis).guetteurMail;

  const HOST = /\.gmx\.(?:fr|com|net)$/;
  const FRAME = 'iframe#mailbody, iframe[name="mailbody"], iframe[src*="/mail/client/mailbody/"]';
  const DETAIL = "webmailer-mail-detail";
  const WHO = '[class*="from" i], [class*="sender" i]';

  /** @param {Element} root */
  const frameOf = (root) => tools().all(root, FRAME, 1)[0] ?? null;

  /** @param {Element} root */
  function bodiesOf(root) {
    const inner = tools().inside(frameOf(root));
    return inner ? [inner] : [];
  }

  /** @type {MailAdapter} */
  const adapter = {
    id: "gmx",
    label: "GMX",
    trial: true,
    matches: ["*://*.gmx.fr/*", "*://*.gmx.com/*", "*://*.gmx.net/*"],

    find() {
      if (!HOST.test(location.hostname)) return null;
      const { all, attribute } = tools();
      const frame = frameOf(document.documentElement);
      if (frame) {
        const root = frame.closest('[class*="detail" i], [class*="mail-view" i], main') ?? document.body;
        return { key: attribute(frame, "src", 300) || location.href.slice(0, 300), root };
      }
      const detail = all(document, DETAIL, 1)[0];
      const inner = detail?.shadowRoot?.querySelector("iframe");
      return detail && inner ? { key: attribute(inner, "src", 300) || "detail", root: detail } : null;
    },

    read(root) {
      const { first, all, declared, lineOf, seen } = tools();
      if (root.localName === DETAIL || root === document.body) return null;
      const from = declared(root, WHO, []);
      return seen(bodiesOf(root), {
        from_name: from.name,
        from_address: from.address,
        subject: lineOf(first(root, ['[class*="subject" i]', "h1"], [])),
        attachments: all(root, '[class*="attachment" i] [class*="name" i]', 64).map((one) => ({
          name: lineOf(one),
          kind: "",
        })),
      });
    },

    bodies: bodiesOf,

    // What stands beside the detail in its container has no place of its own there.
    place: (root) => frameOf(root) ?? root.closest("mail-list-container"),
  };

  /** @type {any} */ (globalThis).guetteurAdapters ??= [];
  /** @type {any} */ (globalThis).guetteurAdapters.push(adapter);
})();
