/**
 * Watches a webmail for opened messages, has each checked, and shows what came of it. Which page parts are a message is
 * the adapter's knowledge (content/adapters/); nothing is read before the background said that the person agreed.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  /** @type {typeof chrome} */
  const api = scope.browser ?? scope.chrome;
  if (scope.guetteurMailEngine) return;
  scope.guetteurMailEngine = true;

  const { guetteurUi, guetteurBanner, guetteurLinks, guetteurMailSize, guetteurMailRaw } = scope;

  const SOON_MS = 150;
  const RETRY_MS = 400;
  const MOST_TRIES = 8; // a message is often drawn some time after its frame
  const MOST_CHECKS = 6; // of one message whose content keeps changing

  /** @typedef {import("../shared/wire.d.ts").MailAdapter} MailAdapter */
  /** @typedef {import("../shared/wire.d.ts").MailSeen} MailSeen */
  /** @typedef {import("../shared/wire.d.ts").MailLabels} MailLabels */

  /**
   * @typedef {object} Message the one that is open
   * @property {MailAdapter} adapter
   * @property {string} key
   * @property {Element} root
   * @property {string | null} shape what its content looked like when it was last read
   * @property {number} tries
   * @property {number} checks
   * @property {number} returns
   * @property {Promise<ArrayBuffer | null> | null} raw
   * @property {boolean} reporting
   * @property {HTMLElement | null} banner
   * @property {boolean} unread nothing could be read of it
   * @property {boolean} unjudged nobody answered
   * @property {boolean} closed the person has seen it and put it away
   * @property {any} links
   */

  // Tells the background one document from the next in the same frame.
  const page = crypto.getRandomValues(new Uint32Array(4)).join("-");

  /** @type {MailLabels | null} */
  let labels = null;
  /** @type {Message | null} */
  let current = null;
  let asking = false;
  let stale = false;
  let stopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const watched = new WeakSet();

  /**
   * @param {string} type
   * @param {object} [more]
   * @returns {Promise<any>}
   */
  async function tell(type, more = {}) {
    try {
      return await api.runtime.sendMessage({ type, page, ...more });
    } catch {
      if (!api.runtime?.id) stop(); // the extension was replaced while this page stayed open
      return null;
    }
  }

  /** @returns {{adapter: MailAdapter, key: string, root: Element} | null} */
  function find() {
    for (const adapter of /** @type {MailAdapter[]} */ (scope.guetteurAdapters ?? [])) {
      try {
        const found = adapter.find();
        if (found) return { adapter, ...found };
      } catch {
        // not a page as it knows it
      }
    }
    return null;
  }

  /** @param {Message} mail */
  function bodiesOf({ adapter, root }) {
    try {
      return adapter.bodies(root);
    } catch {
      return [];
    }
  }

  /**
   * @param {Message} mail
   * @returns {MailSeen | null}
   */
  function read({ adapter, root }) {
    try {
      const seen = adapter.read(root);
      return seen && guetteurMailSize.fit(seen);
    } catch {
      return null;
    }
  }

  /** @param {Message} mail */
  const rawOf = (mail) => (mail.raw ??= guetteurMailRaw.beginning(mail.adapter, mail.root));

  /** @param {Message} mail */
  function placeBanner(mail) {
    if (mail.banner === null || mail.banner.isConnected) return;
    if (++mail.returns > guetteurUi.MOST_RETURNS) return;
    let before = null;
    try {
      before = mail.adapter.place(mail.root);
    } catch {
      // then at the top of the message
    }
    if (before?.isConnected) before.before(mail.banner);
    else mail.root.prepend(mail.banner);
  }

  /**
   * @param {Message} mail
   * @param {HTMLElement | null} banner
   */
  function show(mail, banner) {
    mail.banner?.remove();
    mail.banner = mail.closed ? null : banner;
    placeBanner(mail);
  }

  /** @param {Message} mail */
  async function report(mail) {
    if (mail.reporting) return;
    mail.reporting = true;
    const evidence = await guetteurMailRaw.whole(mail.adapter, mail.root, await rawOf(mail));
    if (current === mail) await tell("mail.report", { shown: read(mail), ...evidence });
    mail.reporting = false;
  }

  /** @param {Message} mail */
  const placed = (mail) => ({
    mode: "closed",
    on: {
      report: () => void report(mail),
      guide: () => void tell("mail.guide"),
      close: () => {
        mail.banner = null;
        mail.closed = true;
      },
    },
  });

  /**
   * @param {Message} mail
   * @param {any} reply
   */
  function showReply(mail, reply) {
    const texts = /** @type {MailLabels} */ (labels);
    if (reply?.verdict) {
      const told = ["DANGER", "CAUTION", "OFFICIAL"].includes(reply.verdict.level);
      show(mail, told ? guetteurBanner.build(reply.verdict, reply.labels, placed(mail)) : null);
      mail.links.judge(reply.verdict.links);
    } else show(mail, guetteurBanner.note(texts.notChecked, texts, placed(mail)));
    mail.unjudged = !reply?.verdict;
  }

  /**
   * @param {Message} mail
   * @param {MailSeen} shown
   * @param {string} shape
   */
  async function check(mail, shown, shape) {
    mail.shape = shape;
    mail.checks++;
    const isLate = () => stopped || current !== mail || mail.shape !== shape;
    const bytes = await rawOf(mail);
    if (isLate()) return;
    if (bytes === null && shown.from_address === "") return cannotRead(mail); // of whom would a verdict speak?
    const reply = await tell("mail.check", {
      shown,
      ...(bytes ? guetteurMailSize.encode(bytes) : { truncated: false }),
    });
    if (!isLate()) showReply(mail, reply);
  }

  /** @param {Message} mail */
  async function cannotRead(mail) {
    if (mail.unread) return;
    mail.unread = true;
    const first = await tell("mail.cannotRead");
    if (!first || labels === null || current !== mail) return;
    show(mail, guetteurBanner.note(labels.cannotRead, labels, placed(mail)));
  }

  /** @param {Message} mail */
  function visit(mail) {
    const bodies = bodiesOf(mail);
    for (const body of bodies) watch(body.ownerDocument ?? /** @type {Document} */ (body));
    const shape = guetteurMailSize.shapeOf(bodies);
    if (shape !== mail.shape && mail.checks < MOST_CHECKS) {
      const shown = bodies.length > 0 ? read(mail) : null;
      if (shown) void check(mail, shown, shape);
      else if (++mail.tries < MOST_TRIES) soon(RETRY_MS);
      else void cannotRead(mail);
    }
    placeBanner(mail);
    if (mail.returns <= guetteurUi.MOST_RETURNS) mail.links.refresh(bodies);
  }

  function leave() {
    if (current === null) return;
    current.banner?.remove();
    current.links.detach();
    current = null;
    void tell("mail.gone");
  }

  async function look() {
    timer = undefined;
    stale = document.hidden;
    if (stopped || stale || asking) return;
    const found = find();
    if (found === null) return leave();
    if (labels === null) {
      asking = true;
      labels = (await tell("mail.begin"))?.labels ?? null;
      asking = false;
      if (labels === null) return stop(); // not agreed to, or no more
      return soon();
    }
    if (current?.key !== found.key) {
      leave();
      const links = guetteurLinks.attach(labels, (/** @type {string} */ url) => void tell("mail.open", { url }));
      current = {
        ...found,
        shape: null,
        tries: 0,
        checks: 0,
        returns: 0,
        raw: null,
        reporting: false,
        banner: null,
        unread: false,
        unjudged: false,
        closed: false,
        links,
      };
    }
    const mail = /** @type {Message} */ (current);
    // Drawn anew: until then the message before may have stood under this one's key.
    if (mail.root !== found.root) mail.shape = null;
    mail.root = found.root;
    visit(mail);
  }

  function soon(ms = SOON_MS) {
    timer ??= setTimeout(() => void look(), ms);
  }

  const observer = new MutationObserver(() => soon());

  /** @param {Document} root */
  function watch(root) {
    if (watched.has(root)) return;
    watched.add(root);
    observer.observe(root, { childList: true, subtree: true });
    root.addEventListener("load", () => soon(), { capture: true }); // of a frame in it
  }

  function stop() {
    stopped = true;
    scope.guetteurMailEngine = false; // the person may agree again
    observer.disconnect();
    clearTimeout(timer);
    leave();
  }

  api.runtime.onMessage.addListener((message, sender) => {
    if (sender.id !== api.runtime.id) return;
    if (message?.type === "mail.stop" && !stopped) stop();
    if (message?.type !== "mail.again" || !current?.unjudged) return;
    current.shape = null; // as if it had just been opened
    soon();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && stale) soon();
  });
  for (const type of ["hashchange", "popstate"]) addEventListener(type, () => soon());
  addEventListener("pagehide", leave);
  addEventListener("pageshow", () => {
    labels = null; // kept in memory meanwhile, when the person may have said no
    soon();
  });
  watch(document);
  soon(0);
})();
