/**
 * The calm bar above a page that calls for care. It lives in a closed shadow root in the top layer, styled inline:
 * neither the page's style sheets nor its content policy reach it.
 */
(() => {
  "use strict";

  /** @type {typeof chrome} */
  const api = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;
  const scope = /** @type {any} */ (globalThis);
  if (scope.guetteurBar) return; // the isolated world survives the back-forward cache, and so does the bar
  scope.guetteurBar = true;

  const { make, button, disclosure, bar } = scope.guetteurUi;
  const ASIDE_MS = 3_000; // for a picture, which takes less

  /** @param {any} data */
  function build(data) {
    const { row, root, show, aside, remove } = bar("guetteur-bar", { ...data, ground: "#fff4dc", line: "#b36a00" });
    if (data.home) {
      const home = button(data.home, true, () => void api.runtime.sendMessage({ type: "bar.home" }));
      home.title = data.homeHost;
      row.append(home);
    }
    const reasons = make("ul", "", { margin: "10px 0 2px", "padding-left": "22px" });
    reasons.append(...data.reasons.map((/** @type {string} */ reason) => make("li", reason, { margin: "4px 0" })));
    if (data.reasons.length > 0) {
      row.append(disclosure(data.why, reasons));
      root.append(reasons);
    }
    row.append(button(data.report, false, () => void api.runtime.sendMessage({ type: "bar.report" })));
    row.append(
      button(data.close, false, () => {
        remove();
        void api.runtime.sendMessage({ type: "bar.close" });
      }),
    );
    show();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    api.runtime.onMessage.addListener((message, sender, reply) => {
      if (sender.id !== api.runtime.id) return false;
      // The person said that they know the site: no more of it.
      if (message?.type === "bar.gone") {
        remove();
        scope.guetteurBar = false;
      }
      if (message?.type !== "bar.aside") return false;
      aside(message.on === true);
      clearTimeout(timer);
      // Whoever put it aside may be gone before it says that the picture is taken.
      if (message.on === true) timer = setTimeout(() => aside(false), ASIDE_MS);
      // Two frames: what is taken of the page then no longer shows it.
      requestAnimationFrame(() => requestAnimationFrame(() => reply(true)));
      return true;
    });
  }

  void api.runtime.sendMessage({ type: "bar.data" }).then(
    (data) => {
      if (data) build(data);
      else scope.guetteurBar = false;
    },
    () => {
      scope.guetteurBar = false;
    },
  );
})();
