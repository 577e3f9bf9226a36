/** The calm bar that asks, in a webmail, whether opened messages may be read. */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  /** @type {typeof chrome} */
  const api = scope.browser ?? scope.chrome;
  if (scope.guetteurMailAsk) return;
  scope.guetteurMailAsk = true;

  /** @param {any} data */
  function build(data) {
    const { button, bar } = scope.guetteurUi;
    // At the bottom: who wrote, and about what, stays in sight while the person decides.
    const look = { ...data, ground: "#eef6f7", line: "#0d4f58", low: true };
    const { row, show, remove } = bar("guetteur-ask", look);
    /** @param {boolean} on */
    const answer = (on) => () => {
      remove();
      scope.guetteurMailAsk = false;
      void api.runtime.sendMessage({ type: "mail.answer", on });
    };
    row.append(button(data.yes, true, answer(true)), button(data.no, false, answer(false)));
    show();
  }

  void api.runtime.sendMessage({ type: "mail.ask" }).then(
    (data) => {
      if (data) build(data);
      else scope.guetteurMailAsk = false;
    },
    () => {
      scope.guetteurMailAsk = false;
    },
  );
})();
