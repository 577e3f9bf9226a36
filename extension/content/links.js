/**
 * The links of an opened mail: dangerous ones are marked and lead to the warning page, and whoever points at one or
 * reaches it with the keyboard reads where it really leads.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  if (scope.guetteurLinks) return;

  const { style, make, shell, lift } = scope.guetteurUi;

  /** @typedef {import("../shared/wire.d.ts").MailLink} MailLink */
  /** @typedef {import("../shared/wire.d.ts").MailLabels} MailLabels */

  const LINKS = "a[href], area[href]";
  const HOVER_MS = 150;
  const LINGER_MS = 250; // time to move the pointer onto the bubble, which must be readable under a magnifier
  const LONGEST_URL = 8192;
  const RANK = ["DANGER", "CAUTION"];

  /**
   * Where a link leads; an SVG link keeps its address elsewhere.
   * @param {any} link
   */
  function addressOf(link) {
    const href = typeof link.href === "string" ? link.href : link.getAttribute("href");
    try {
      return new URL(href, link.baseURI).href.slice(0, LONGEST_URL);
    } catch {
      return String(href).slice(0, LONGEST_URL);
    }
  }

  /** @param {string} address */
  function plainHost(address) {
    try {
      const url = new URL(address);
      return /^https?:$/.test(url.protocol) ? url.hostname : "";
    } catch {
      return "";
    }
  }

  /**
   * @param {MailLink} link
   * @param {MailLabels} labels
   */
  function makeMark({ level, host }, labels) {
    const danger = level === "DANGER";
    const look = {
      margin: "0 6px 0 0",
      padding: "0 8px",
      "border-radius": "6px",
      background: danger ? "#9c1c12" : "#7a4600",
      color: "#ffffff",
      font: "700 16px/1.5 system-ui, sans-serif",
    };
    const { host: mark, root } = shell("guetteur-mark", "closed", look, "inline-block");
    root.append(make("span", `⚠ ${danger ? labels.linkDanger : labels.linkCaution}`, {}));
    mark.setAttribute("role", "img");
    const named = danger ? labels.linkDangerTo : labels.linkCautionTo;
    const told = host ? named : danger ? labels.linkDanger : labels.linkCaution;
    mark.setAttribute(
      "aria-label",
      told.replace("$1", () => host),
    );
    return mark;
  }

  /**
   * The bubble of one document.
   * @param {MailLabels} labels
   */
  function makeBubble(labels) {
    const { host, root } = shell("guetteur-bubble", "closed", {
      position: "fixed",
      inset: "0 auto auto 0",
      width: "max-content",
      height: "auto",
      "max-width": "min(440px, calc(100vw - 24px))",
      margin: "0",
      padding: "8px 12px",
      border: "2px solid #1d1b18",
      "border-radius": "8px",
      background: "#ffffff",
      font: "17px/1.4 system-ui, sans-serif",
      "overflow-wrap": "anywhere",
      "box-shadow": "0 3px 12px rgba(0,0,0,.3)",
    });
    const spoken = make("div", "", {});
    spoken.setAttribute("role", "status");
    root.append(spoken);

    /** @type {Element | null} */
    let current = null;

    /**
     * @param {Element} link
     * @param {{host: string, name: string, sentence: string}} where
     */
    function show(link, { host: full, name, sentence }) {
      const view = link.ownerDocument.documentElement;
      current = link;
      if (host.ownerDocument !== link.ownerDocument || !host.isConnected) view.append(host);
      style(host, { display: "block" });
      lift(host);
      const rest = name && full.endsWith(`.${name}`) ? full.slice(0, full.length - name.length) : "";
      const line = make("div", rest, {});
      // In one piece where it fits: half a name says nothing.
      line.append(make("strong", full.slice(rest.length), { "font-weight": "800", display: "inline-block" }));
      spoken.replaceChildren(...(full ? [`${labels.leads} `, line] : []));
      if (sentence) spoken.append(make("div", sentence, { margin: "4px 0 0" }));
      place();
    }
    function place() {
      if (current === null || !isShown()) return;
      const box = current.getClientRects()[0] ?? current.getBoundingClientRect();
      const view = current.ownerDocument.documentElement;
      if (box.bottom < 0 || box.top > view.clientHeight) return hide();
      const below = box.bottom + 6 + root.offsetHeight < view.clientHeight;
      const left = Math.max(8, Math.min(box.left, view.clientWidth - root.offsetWidth - 8));
      const top = below ? box.bottom + 6 : Math.max(8, box.top - root.offsetHeight - 6);
      style(root, { inset: `${top}px auto auto ${left}px` });
    }
    function hide() {
      style(host, { display: "none" });
    }
    const isShown = () => host.isConnected && host.style.getPropertyValue("display") === "block";
    return { host, show, place, hide, isShown };
  }

  /**
   * @param {MailLabels} labels
   * @param {(address: string) => void} open a dangerous link was clicked
   */
  function attach(labels, open) {
    /** @type {Map<string, MailLink>} */
    const judged = new Map();
    /** @type {Map<Element, {mark: HTMLElement, outline: string, offset: string}>} */
    const marked = new Map();
    /** @type {Set<EventTarget>} */
    const heard = new Set();
    const quiet = new AbortController();
    const bubble = makeBubble(labels);
    /** @type {(Element | Document)[]} */
    let bodies = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;

    /** @param {Event} event */
    function linkOf(event) {
      const target = /** @type {any} */ (event.composedPath()[0]);
      const link = target?.nodeType === Node.ELEMENT_NODE ? target.closest(LINKS) : null;
      return link && bodies.some((body) => Node.prototype.contains.call(body, link)) ? link : null;
    }

    /** @param {Element} link */
    function tell(link) {
      const address = addressOf(link);
      const known = judged.get(address);
      const host = known?.host || plainHost(address);
      const sentence = known && RANK.includes(known.level) ? known.summary : "";
      if ((host === "" && sentence === "") || !link.isConnected) return;
      bubble.show(link, { host, name: known?.registrable_domain ?? "", sentence });
    }

    /**
     * @param {() => void} run
     * @param {number} ms
     */
    function later(run, ms) {
      clearTimeout(timer);
      timer = setTimeout(run, ms);
    }

    /** @param {any} event */
    function onPointer(event) {
      if (event.pointerType === "touch") return;
      const link = linkOf(event);
      if (link) later(() => tell(link), HOVER_MS);
      else if (event.composedPath().includes(bubble.host)) clearTimeout(timer);
      else if (bubble.isShown()) later(bubble.hide, LINGER_MS);
      else clearTimeout(timer);
    }

    /** @param {any} event */
    function onClick(event) {
      if (event.type === "auxclick" && event.button !== 1) return;
      const link = linkOf(event);
      if (!link) return;
      const address = addressOf(link);
      if (judged.get(address)?.level !== "DANGER") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.isTrusted) return; // a page may not have us open tabs
      if (plainHost(address)) open(address);
      else tell(link); // no warning page for what is no page; not to lead anywhere must have a reason
    }

    /** @param {any} event */
    function onKey(event) {
      if (event.key !== "Escape" || !bubble.isShown()) return;
      event.stopPropagation(); // only the bubble closes, not the message
      clearTimeout(timer);
      bubble.hide();
    }

    /** @param {Window} view */
    function hear(view) {
      if (heard.has(view)) return;
      heard.add(view);
      const how = { capture: true, signal: quiet.signal };
      view.addEventListener("click", onClick, how);
      view.addEventListener("auxclick", onClick, how);
      view.addEventListener("pointerover", onPointer, how);
      view.addEventListener("keydown", onKey, how);
      view.addEventListener("scroll", bubble.place, { ...how, passive: true }); // reaching a link may scroll to it
      view.addEventListener(
        "focusin",
        (event) => {
          const link = linkOf(event);
          if (!link?.matches(":focus-visible")) return;
          clearTimeout(timer); // of the link the focus comes from
          tell(link);
        },
        how,
      );
      view.addEventListener("focusout", () => later(bubble.hide, LINGER_MS), how);
    }

    /**
     * @param {any} link
     * @param {MailLink} said
     */
    function mark(link, said) {
      const before = marked.get(link);
      if (before?.mark.isConnected) return;
      before?.mark.remove();
      const element = makeMark(said, labels);
      const [outline, offset] = [link.style.outline, link.style.outlineOffset];
      marked.set(link, before ? { ...before, mark: element } : { mark: element, outline, offset });
      const line = said.level === "DANGER" ? "3px solid #9c1c12" : "3px dashed #b36a00";
      style(link, { outline: line, "outline-offset": "2px" });
      link.before(element); // before, so that it is read before
    }

    /** @param {any} link */
    function unmark(link) {
      const known = marked.get(link);
      if (known === undefined) return;
      known.mark.remove();
      [link.style.outline, link.style.outlineOffset] = [known.outline, known.offset];
      marked.delete(link);
    }

    /** @param {(Element | Document)[]} now where the message's links are */
    function refresh(now) {
      bodies = now;
      for (const link of [...marked.keys()]) if (!link.isConnected) unmark(link);
      for (const body of bodies) {
        const view = (body.ownerDocument ?? /** @type {Document} */ (body)).defaultView;
        if (view) hear(view);
        for (const link of body.querySelectorAll(LINKS)) {
          const said = judged.get(addressOf(link));
          if (said && RANK.includes(said.level)) mark(link, said);
          else unmark(link);
        }
      }
    }

    /** @param {MailLink[]} links */
    function judge(links) {
      judged.clear();
      const rank = (/** @type {MailLink} */ { level }) => (RANK.includes(level) ? RANK.indexOf(level) : RANK.length);
      for (const link of links) {
        const url = link.url.slice(0, LONGEST_URL);
        const before = judged.get(url);
        // One address may stand behind several words: the worst that is said of it counts.
        if (before === undefined || rank(link) < rank(before)) judged.set(url, link);
      }
      refresh(bodies);
    }

    function detach() {
      quiet.abort();
      clearTimeout(timer);
      bubble.host.remove();
      for (const link of [...marked.keys()]) unmark(link);
    }
    return { refresh, judge, detach };
  }

  scope.guetteurLinks = { attach };
})();
