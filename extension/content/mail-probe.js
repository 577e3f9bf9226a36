/** Waits until an adapter recognises an open message, and says so, once: the address alone is no webmail. */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  /** @type {typeof chrome} */
  const api = scope.browser ?? scope.chrome;
  if (scope.guetteurMailProbe) return;
  scope.guetteurMailProbe = true;

  const SOON_MS = 500;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {import("../shared/wire.d.ts").MailAdapter} adapter */
  function recognises(adapter) {
    try {
      return adapter.find() !== null;
    } catch {
      return false;
    }
  }

  function look() {
    timer = undefined;
    const webmail = scope.guetteurAdapters.find(recognises);
    if (webmail === undefined) return;
    observer.disconnect();
    void api.runtime.sendMessage({ type: "mail.found", webmail: webmail.id }).catch(() => undefined);
  }

  const observer = new MutationObserver(() => {
    timer ??= setTimeout(look, SOON_MS);
  });
  observer.observe(document, { childList: true, subtree: true });
  look();
})();
