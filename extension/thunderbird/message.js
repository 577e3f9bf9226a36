/**
 * Stands in the document of every message Thunderbird displays: asks what to say of it, shows the banner above it, marks
 * its links, and asks before a dangerous one is handed to the browser. Mails have no scripts here, but style sheets they
 * have: the banner lies in the top layer, so that none of them can cover it, and scrolls with the message.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  if (scope.guetteurMessage) return;
  scope.guetteurMessage = true;

  /** @type {typeof chrome} */
  const api = scope.browser;
  const { own, style, make, button, shell, lift } = scope.guetteurUi;
  const { text, links } = scope.guetteurMail;
  const { guetteurMailSize } = scope;

  /** @typedef {import("../shared/wire.d.ts").MailVerdict} MailVerdict */
  /** @typedef {import("../shared/wire.d.ts").BannerPlace} BannerPlace */

  const SPEAKS = ["DANGER", "CAUTION", "OFFICIAL"];

  // What a style sheet can do, through the root, to the top layer too: keep the message scrolled past the banner; paint
  // over it, in Gecko; show nothing but a picture of the root's own.
  const ROOT = { "scroll-snap-type": "none", filter: "none", "content-visibility": "visible" };

  /** @param {HTMLElement} banner */
  function place(banner) {
    const page = document.documentElement;
    const before = page.style.paddingTop;
    const root = own.get(banner);
    const room = new ResizeObserver(() => {
      const { currentCSSZoom: zoom } = /** @type {any} */ (page);
      if (banner.isConnected) return style(page, { "padding-top": `${(root.offsetHeight + 16) / zoom}px` });
      room.disconnect();
      page.style.paddingTop = before;
    });
    style(root, { position: "absolute", inset: "0 0 auto 0", width: "auto", height: "auto", overflow: "visible" });
    style(page, ROOT);
    page.insertBefore(banner, document.body); // before the message, so that Tab and screen readers reach it first
    lift(banner);
    room.observe(root);
    scope.scrollTo({ top: 0, behavior: "instant" }); // a mail can have itself scrolled
    // Nor does it take a script to open a popover or a dialog over the banner: a button of the mail does.
    const above = (/** @type {any} */ event) => {
      if (!banner.isConnected) document.removeEventListener("toggle", above, { capture: true });
      else if (event.newState === "open") lift(banner);
    };
    document.addEventListener("toggle", above, { capture: true });
  }

  /**
   * @param {string} url
   * @param {MailVerdict} verdict
   * @param {Record<string, string>} texts
   */
  function warn(url, { links }, texts) {
    const link = links.find((one) => one.url === url);
    const { host, root } = shell("guetteur-dialog", "closed", {});
    const dialog = /** @type {HTMLDialogElement} */ (
      make("dialog", "", {
        "box-sizing": "border-box",
        width: "min(560px, calc(100vw - 32px))",
        "max-height": "calc(100vh - 32px)",
        overflow: "auto",
        padding: "18px 22px",
        border: "3px solid #9c1c12",
        "border-radius": "10px",
        background: "#fdeeea",
        color: "#1d1b18",
        font: "18px/1.45 system-ui, sans-serif",
        "overflow-wrap": "anywhere",
      })
    );
    const title = make("h2", texts["title"] ?? "", { margin: "0 0 8px", font: "700 22px/1.3 system-ui, sans-serif" });
    title.id = "title";
    dialog.setAttribute("aria-labelledby", "title");
    const leads = make("p", `${texts["leads"]} `, { margin: "8px 0" });
    leads.append(make("strong", link?.host || url, {}));
    const reasons = make("ul", "", { margin: "8px 0", padding: "0 0 0 24px" });
    reasons.append(...(link?.reasons ?? []).map((reason) => make("li", reason.text, { margin: "4px 0" })));
    const row = make("div", "", { display: "flex", "flex-wrap": "wrap", gap: "10px", margin: "14px 0 0" });
    const stay = button(texts["stay"], true, () => dialog.close());
    const go = button(texts["open"], false, () => {
      dialog.close();
      void api.runtime.sendMessage({ type: "tb.open", url });
    });
    row.append(stay, go);
    const words = [texts["calm"], texts["risk"]].map((one) => make("p", one ?? "", { margin: "8px 0" }));
    dialog.append(title, leads, reasons, ...words, row);
    dialog.addEventListener("close", () => host.remove());
    root.append(dialog);
    document.documentElement.append(host);
    dialog.showModal();
    stay.focus();
  }

  /** @param {any} answer */
  function show({ outcome, labels, texts }) {
    /** @type {BannerPlace} */
    const where = { mode: "closed", on: { close: () => {} } };
    /** @type {MailVerdict | undefined} */
    const verdict = outcome?.verdict;
    if (!verdict) return place(scope.guetteurBanner.note(labels.notChecked, labels, where));
    const report = () => void api.runtime.sendMessage({ type: "tb.report", shown });
    const guide = () => void api.runtime.sendMessage({ type: "tb.guide", script: verdict.script?.id });
    if (SPEAKS.includes(verdict.level))
      place(scope.guetteurBanner.build(verdict, labels, { ...where, on: { ...where.on, report, guide } }));
    const marks = scope.guetteurLinks.attach(labels, (/** @type {string} */ url) => warn(url, verdict, texts));
    marks.refresh([document.body]);
    marks.judge(verdict.links);
  }

  const shown = guetteurMailSize.fit({ text: text([document.body]), links: links([document.body]) });
  void api.runtime.sendMessage({ type: "tb.check", shown }).then(
    (answer) => answer && show(answer),
    () => {}, // another message took its place
  );
})();
