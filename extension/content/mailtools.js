/**
 * What the adapters of webmails (content/adapters/) have in common: reading a message that may not want to be read.
 *
 * A mail is written by a stranger. It may imitate the webmail's own sender line inside its body, hide words, bring 100,000
 * elements, or give its fields the names of the browser's own properties (`<input name="getAttribute">`): whatever tells
 * of the sender is looked for outside the body, elements are read through the prototypes, and every loop has an end.
 * Needs the document only when called.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;

  const LINE = 1_000; // what the daemon takes (docs/reference/wire.md)
  const URL_LENGTH = 8_192;
  const TEXT = 64_000;
  const MOST = { links: 256, to: 32, reply_to: 8, attachments: 64, found: 1_000 };

  const BUDGET = 30; // milliseconds for one question about a body
  const RAW = 600_000; // more than the daemon takes, so that "cut" is known
  const RAW_PATIENCE = 10_000;

  const SILENT = /^(?:script|style|noscript|template|title|svg|canvas|iframe|select|textarea|option|head)$/i;
  const BLOCK =
    /^(?:address|article|aside|blockquote|br|center|dd|details|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|tr|ul)$/i;
  const CELL = /^(?:td|th)$/i;
  const ADDRESS = /^[^\s<>()[\]",;:@\\]{1,64}@[^\s<>()[\]",;:@\\/]+\.[^\s<>()[\]",;:@\\/]+$/u;
  const WITH_ADDRESS = /^(.*)<\s*([^<>\s]+)\s*>$/su;
  const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g; // where webmails let long addresses wrap
  const CONTROL = /[\p{Cc}\p{Cf}]/u;
  const EDITED = '[contenteditable]:not([contenteditable="false"])'; // answers being written, with what they quote
  const DECLARES =
    /^(?:e-?mail|(?:e-?mail[-_]?)?addr(?:ess)?|adresse(?:[-_]?e?-?mail)?|\S*(?:from|sender|exped\w*)[-_]?(?:e-?)?(?:mail|addr(?:ess)?|adresse))$/i;
  const HEADER = /^(?:From |[!-9;-~]+[ \t]*:)/; // what a raw message begins with; a login page does not

  /** @typedef {import("../shared/wire.d.ts").MailSeen} MailSeen */
  /** @typedef {Element | Document} Part */

  /** @returns {() => boolean} */
  const deadline =
    (end = performance.now() + BUDGET) =>
    () =>
      performance.now() > end;

  /** @param {string} text @param {number} most; half an emoji is no JSON */
  const cut = (text, most) => text.slice(0, most).replace(/\p{Surrogate}/gu, "");

  /** @param {string | null | undefined} text @param {number} [most] */
  function line(text, most = LINE) {
    const folded = String(text ?? "")
      .slice(0, most * 4)
      .replace(/\s+/g, " ");
    return cut(folded.trim(), most);
  }

  /** @param {Element | null | undefined} element @param {string} name @param {number} [most] */
  const attribute = (element, name, most = LINE) =>
    line(element ? Element.prototype.getAttribute.call(element, name) : "", most);

  /** @param {Part} part @param {string} selector @param {number} [most] @returns {Element[]} */
  function all(part, selector, most = MOST.found) {
    const whole = part.nodeType === Node.DOCUMENT_NODE;
    const query = whole ? Document.prototype.querySelectorAll : Element.prototype.querySelectorAll;
    const found = query.call(part, selector);
    return Array.from({ length: Math.min(found.length, most) }, (_, at) => /** @type {Element} */ (found[at]));
  }

  /** @param {Element} element */
  const shown = (element) => Element.prototype.checkVisibility.call(element);

  /** @param {Element} element */
  const edited = (element) => Element.prototype.closest.call(element, EDITED) !== null;

  /** @param {Part} outer @param {Node} inner */
  const holds = (outer, inner) => Node.prototype.contains.call(outer, inner);

  /** @param {Part} part @param {string} selector */
  function outermost(part, selector) {
    /** @type {Element[]} */
    const kept = [];
    for (const element of all(part, selector)) {
      const last = kept.at(-1); // document order: only the last one kept can hold it
      if (!edited(element) && (!last || !holds(last, element))) kept.push(element);
    }
    return kept;
  }

  /** @param {Part} part @param {string} selector @param {Part[]} bodies */
  const outside = (part, selector, bodies) =>
    all(part, selector).filter((element) => !edited(element) && !bodies.some((body) => holds(body, element)));

  /** @param {Part} part @param {string[]} selectors @param {Part[]} bodies */
  const first = (part, selectors, bodies) =>
    selectors.map((selector) => outside(part, selector, bodies)[0]).find(Boolean) ?? null;

  /** @param {Element[]} candidates in document order, the newest last */
  function current(candidates) {
    const seen = candidates.filter((one) => {
      const box = Element.prototype.getBoundingClientRect.call(one);
      return box.bottom > 0 && box.top < innerHeight;
    });
    return (seen.at(-1) ?? candidates.at(-1)) || null;
  }

  /** @param {Element | null | undefined} frame */
  function inside(frame) {
    try {
      const inner = frame ? /** @type {HTMLIFrameElement} */ (frame).contentDocument : null;
      return inner?.body ? inner : null;
    } catch {
      return null; // of another host
    }
  }

  /** @param {any} element */
  const hidden = (element) => !shown(element) && getComputedStyle(element).display !== "contents";

  /** @param {any} parent */
  const keepsLines = (parent) => parent !== null && /^(?:pre|break-spaces)/.test(getComputedStyle(parent).whiteSpace);

  /**
   * Visible words below a node, a new line for each block.
   * @param {Part} start
   * @param {number} most
   * @param {() => boolean} late
   */
  function words(start, most, late) {
    // A page that is still held without a box (content/hold.js) has nothing visible in it.
    const top = start.nodeType === Node.DOCUMENT_NODE ? /** @type {Document} */ (start).body : start;
    const seen = top !== null && shown(/** @type {Element} */ (top));
    const what = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT;
    const walker = Document.prototype.createTreeWalker.call(document, top ?? start, what, (node) => {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      if (SILENT.test(node.nodeName) || (seen && hidden(node))) return NodeFilter.FILTER_REJECT;
      return NodeFilter.FILTER_ACCEPT;
    });
    let text = "";
    let gap = "";
    /** @param {Node} node */
    const edge = (node) => {
      if (BLOCK.test(node.nodeName)) gap = "\n";
      else if (CELL.test(node.nodeName)) gap ||= " ";
    };
    /** @param {Node} node */
    const take = (node) => {
      if (node.nodeType !== Node.TEXT_NODE) return edge(node);
      const raw = (node.nodeValue ?? "").slice(0, most * 2);
      const lines = raw.includes("\n") && keepsLines(node.parentElement) ? raw.split("\n") : [raw];
      lines.forEach((one, at) => {
        if (at > 0) gap = "\n";
        const flat = one.replace(/[\s\u00a0]+/g, " ");
        if (flat.trim() === "") {
          if (flat) gap ||= " ";
          return;
        }
        if (flat.startsWith(" ")) gap ||= " ";
        text += (text && gap) + flat.trim();
        gap = flat.endsWith(" ") ? " " : "";
      });
    };
    for (let steps = 1; text.length < most; steps++) {
      if (steps % 64 === 0 && late()) break;
      take(walker.currentNode);
      if (walker.firstChild()) continue;
      while (!walker.nextSibling()) {
        if (!walker.parentNode()) return text;
        edge(walker.currentNode);
      }
    }
    return text;
  }

  /** @param {Element | null | undefined} element */
  const lineOf = (element) => (element ? line(words(element, LINE * 2, deadline())) : "");

  /** @param {Part[]} bodies */
  function text(bodies) {
    const late = deadline();
    const parts = bodies.map((body) => words(body, TEXT, late)).filter(Boolean);
    return cut(parts.join("\n"), TEXT);
  }

  /** @param {Element} anchor where a click leads; "" for jumps inside the mail and for scripts */
  function target(anchor) {
    const href = Element.prototype.getAttribute.call(anchor, "href") ?? "";
    if (/^\s*(?:#|$)/.test(href)) return "";
    try {
      const url = new URL(href, anchor.baseURI);
      return url.protocol === "javascript:" ? "" : cut(url.href, URL_LENGTH);
    } catch {
      return "";
    }
  }

  /** @param {Part[]} bodies */
  const anchors = (bodies) =>
    bodies.flatMap((body) => all(body, "a[href], area[href]").filter(target)).slice(0, MOST.links);

  /** @param {Part[]} bodies */
  function links(bodies) {
    const late = deadline();
    return anchors(bodies).map((anchor) => {
      const said = late() ? "" : line(words(anchor, LINE, late));
      return { url: target(anchor), text: said || pictured(anchor) };
    });
  }

  /** @param {Element} anchor */
  function pictured(anchor) {
    const alts = [anchor, ...all(anchor, "img[alt]", 4)].map((one) => attribute(one, "alt"));
    return alts.find(Boolean) ?? (attribute(anchor, "aria-label") || attribute(anchor, "title"));
  }

  /** @param {string | null | undefined} said */
  function address(said) {
    const flat = line(said)
      .replace(INVISIBLE, "")
      .replace(/^mailto:/i, "");
    const bare = flat.replace(/^<(.*)>$/, "$1").trim();
    return bare.length <= 320 && ADDRESS.test(bare) && !CONTROL.test(bare) ? bare : "";
  }

  const unquoted = (name = "") => name.replace(/^\s*"(.*)"\s*$/, "$1").trim();

  /** @param {string | null | undefined} said */
  function mailbox(said) {
    const whole = line(said);
    const found = WITH_ADDRESS.exec(whole);
    const inner = address(found?.[2]);
    if (found && inner) return { name: unquoted(found[1]), address: inner };
    const bare = address(whole);
    return bare ? { name: "", address: bare } : { name: unquoted(whole), address: "" };
  }

  /** @param {Element} element */
  function ownAddress(element) {
    const given = attribute(element, "data-email") || attribute(element, "href").replace(/\?.*$/, "");
    const says = attribute(element, "class")
      .split(" ")
      .some((word) => DECLARES.test(word));
    return address(given) || (says ? address(lineOf(element)) : "");
  }

  /** @param {Part} part @param {string} who @param {Part[]} bodies */
  function declared(part, who, bodies) {
    const lines = outside(part, who, bodies).filter((line) => !bodies.some((body) => holds(line, body)));
    const parts = lines.flatMap((line) => [line, ...all(line, "[class], [href], [data-email]", 32)]);
    const told = [...new Set(parts.map(ownAddress).filter(Boolean))];
    if (told.length !== 1) return { name: "", address: "" }; // one of them is not what it is taken for
    const named = parts.find((one) => /name|nom/i.test(attribute(one, "class")) && ownAddress(one) === "");
    return { name: lineOf(named), address: told[0] };
  }

  /** @param {Part[]} bodies @param {Partial<MailSeen>} parts @param {boolean} [rawTells] @returns {MailSeen | null} */
  function seen(bodies, parts, rawTells = false) {
    const from = address(parts.from_address);
    if ((from === "" && !rawTells) || bodies.length === 0) return null;
    const name = line(parts.from_name);
    const files = (parts.attachments ?? []).map(({ name, kind }) => ({ name: line(name), kind: line(kind) }));
    /** @param {string[] | undefined} list @param {number} most */
    const addresses = (list, most) => [...new Set((list ?? []).map(address))].filter(Boolean).slice(0, most);
    return {
      from_name: from !== "" && name.toLowerCase() === from.toLowerCase() ? "" : name,
      from_address: from,
      reply_to: addresses(parts.reply_to, MOST.reply_to),
      to: addresses(parts.to, MOST.to),
      subject: line(parts.subject),
      text: text(bodies),
      links: links(bodies),
      attachments: files.filter(({ name }) => name !== "").slice(0, MOST.attachments),
      signed_by: line(parts.signed_by),
      mailed_by: line(parts.mailed_by),
      unverified: parts.unverified ?? false,
    };
  }

  /** @param {string} url @param {number} [most] @returns {Promise<ArrayBuffer | null>} */
  async function raw(url, most = RAW) {
    const signal = AbortSignal.timeout(RAW_PATIENCE);
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", signal });
    if (!answer.ok || !answer.body) return null;
    const reader = answer.body.getReader();
    const bytes = new Uint8Array(most);
    let length = 0;
    for (let step = await reader.read(); !step.done && length < most; step = await reader.read()) {
      const piece = step.value.subarray(0, most - length);
      bytes.set(piece, length);
      length += piece.length;
    }
    if (length === most) await reader.cancel();
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1_000)).trimStart();
    return HEADER.test(head) ? bytes.slice(0, length).buffer : null;
  }

  const reading = { line, lineOf, attribute, address, mailbox, text, anchors, links, seen, raw };
  scope.guetteurMail = { ...reading, all, current, declared, first, holds, inside, outermost, outside, shown };
})();
