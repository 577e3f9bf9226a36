/**
 * What Guetteur says of a mail, as an element that can stand anywhere: over a message in a webmail, in Thunderbird, on
 * a page of ours. The contract is BannerTools in shared/wire-mail.d.ts.
 */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  if (scope.guetteurBanner) return;

  const { make, ring, button, disclosure, shell } = scope.guetteurUi;

  /** @typedef {import("../shared/wire.d.ts").MailVerdict} MailVerdict */
  /** @typedef {import("../shared/wire.d.ts").MailLabels} MailLabels */
  /** @typedef {import("../shared/wire.d.ts").BannerPlace} BannerPlace */
  /** @typedef {{icon: string, ground: string, line: string, word: string}} Look */

  /** Colours stay what they are in dark pages: a warning that adapts may end up unread. @type {Look} */
  const QUIET = { icon: "i", ground: "#f4f2ee", line: "#6b655c", word: "#4c4740" };
  /** @type {Record<string, Look>} */
  const LOOKS = {
    DANGER: { icon: "!", ground: "#fdeeea", line: "#9c1c12", word: "#9c1c12" },
    CAUTION: { icon: "!", ground: "#fff4dc", line: "#b36a00", word: "#7a4600" },
    OFFICIAL: { icon: "✓", ground: "#eef7f0", line: "#14572f", word: "#14572f" },
  };
  const LIST = { margin: "6px 0", padding: "0 0 0 24px" };
  const PART = { margin: "12px 0 0", padding: "4px 0 0", "border-top": "1px solid #6b655c" };
  const PARAGRAPH = { margin: "10px 0 4px" };

  /**
   * @param {string} text
   * @param {string} value takes the place of `$1`
   */
  const fill = (text, value) => text.replace("$1", () => value);

  /** @param {string[]} texts */
  function list(texts) {
    const element = make("ul", "", LIST);
    element.append(...texts.map((text) => make("li", text, { margin: "4px 0" })));
    return element;
  }

  /**
   * @param {string} text
   * @param {string} address
   */
  function link(text, address) {
    const element = make("a", text, { color: "#0d4f58", "font-weight": "600", "text-decoration": "underline" });
    element.setAttribute("href", address);
    element.setAttribute("target", "_blank");
    element.setAttribute("rel", "noopener noreferrer");
    ring(element);
    return element;
  }

  /**
   * The empty banner: region, icon, word, sentence.
   * @param {Look} look
   * @param {string} word
   * @param {string} sentence
   * @param {MailLabels} labels
   * @param {BannerPlace["mode"]} mode
   * @param {Record<string, string>} [styles]
   */
  function frame(look, word, sentence, labels, mode, styles = {}) {
    const { host, root } = shell("guetteur-banner", mode, {
      margin: "8px",
      padding: "10px 14px",
      border: `2px solid ${look.line}`,
      "border-left-width": "10px",
      "border-radius": "8px",
      background: look.ground,
      font: "17px/1.45 system-ui, sans-serif",
      "text-align": "left",
      "white-space": "normal",
      "overflow-wrap": "anywhere",
      "min-width": "0",
      "color-scheme": "light",
      position: "relative",
      "z-index": "1",
      ...styles,
    });
    host.setAttribute("role", "region");
    host.setAttribute("aria-label", labels.region);
    const head = make("div", "", { display: "flex", "flex-wrap": "wrap", gap: "6px 12px", "align-items": "center" });
    const icon = make("span", look.icon, {
      flex: "none",
      width: "28px",
      "border-radius": "50%",
      background: look.line,
      color: "#ffffff",
      font: "800 18px/28px system-ui, sans-serif",
      "text-align": "center",
    });
    icon.setAttribute("aria-hidden", "true");
    // Text put into a region that is already there is what screen readers announce.
    const spoken = make("div", "", { flex: "1 1 220px", "min-width": "0" });
    spoken.setAttribute("role", "status");
    setTimeout(() => {
      const said = sentence.toLowerCase().startsWith(word.toLowerCase()); // "Prudence : …" begins with the word itself
      if (word)
        spoken.append(make("strong", said ? sentence.slice(0, word.length) : `${word}. `, { color: look.word }));
      spoken.append(said ? sentence.slice(word.length) : sentence);
    }, 50);
    head.append(icon, spoken);
    root.append(head);
    return { host, root, head };
  }

  /**
   * @param {MailVerdict} verdict
   * @param {MailLabels} labels
   */
  function whyPart({ reasons, script }, labels) {
    const part = make("div", "", PART);
    const texts = reasons.map(({ text }) => text);
    const words = (script?.words ?? []).filter((word) => !texts.some((text) => text.includes(word)));
    if (texts.length > 0) part.append(list(texts));
    if (words.length > 0) part.append(make("p", labels.words, PARAGRAPH), list(words));
    return part;
  }

  /**
   * @param {MailVerdict} verdict
   * @param {MailLabels} labels
   */
  function todoPart({ todo, script, body, route }, labels) {
    const part = make("div", "", PART);
    const [, ...others] = todo; // the first stands above, always in sight
    if (others.length > 0) part.append(list(others));
    const advice = script?.advice || body?.advice;
    if (advice && !todo.includes(advice)) part.append(make("p", advice, PARAGRAPH));
    if (body?.home && body.home_host) {
      const line = make("p", "", PARAGRAPH);
      line.append(link(fill(labels.home, body.home_host), body.home));
      part.append(line);
    }
    if (body && body.phones.length > 0) {
      const phones = make("ul", "", LIST);
      for (const { number, label, hours } of body.phones) {
        const line = make("li", "", { margin: "4px 0" });
        const details = [label, hours].filter(Boolean).join(", ");
        line.append(link(number, "tel:" + number.replace(/[^+\d]/g, "")), details && ` — ${details}`);
        phones.append(line);
      }
      part.append(make("p", labels.phones, PARAGRAPH), phones);
    }
    if (route) part.append(make("p", route.text, PARAGRAPH));
    return part;
  }

  /**
   * @param {MailLabels} labels
   * @param {BannerPlace["on"]} on
   * @param {HTMLElement} host
   */
  const closer = (labels, { close }, host) =>
    close
      ? [
          button(labels.close, false, () => {
            host.remove();
            close();
          }),
        ]
      : [];

  /**
   * @param {MailVerdict} verdict
   * @param {MailLabels} labels
   * @param {BannerPlace} place
   * @returns {HTMLElement}
   */
  function build(verdict, labels, { mode, on }) {
    const { level } = verdict;
    const { host, root, head } = frame(LOOKS[level] ?? QUIET, labels.levels[level], verdict.summary, labels, mode);
    host.dataset["level"] = level;
    if (level === "OFFICIAL") {
      head.append(...closer(labels, on, host)); // small: good news needs no room
      return host;
    }
    const [first] = verdict.todo;
    if (first) root.append(make("p", first, { margin: "8px 0 0", "font-weight": "700" }));
    const row = make("div", "", { display: "flex", "flex-wrap": "wrap", gap: "8px 10px", margin: "10px 0 0" });
    const parts = [
      { text: labels.todo, part: todoPart(verdict, labels), strong: true },
      { text: labels.why, part: whyPart(verdict, labels), strong: false },
    ].filter(({ part }) => part.childElementCount > 0);
    row.append(...parts.map(({ text, part, strong }) => disclosure(text, part, strong)));
    if (on.report && (level === "DANGER" || level === "CAUTION")) row.append(button(labels.report, false, on.report));
    row.append(...closer(labels, on, host));
    if (row.childElementCount > 0) root.append(row);
    if (on.guide && (level === "DANGER" || level === "CAUTION")) {
      const line = make("div", "", { margin: "10px 0 0" });
      line.append(button(labels.guide, false, on.guide));
      root.append(line);
    }
    root.append(...parts.map(({ part }) => part));
    return host;
  }

  /**
   * @param {string} sentence
   * @param {MailLabels} labels
   * @param {BannerPlace} place
   * @returns {HTMLElement}
   */
  function note(sentence, labels, { mode, on }) {
    const thin = { border: `1px solid ${QUIET.line}`, font: "16px/1.45 system-ui, sans-serif" };
    const { host, head } = frame({ ...QUIET, icon: "?" }, "", sentence, labels, mode, thin);
    head.append(...closer(labels, on, host));
    return host;
  }

  scope.guetteurBanner = { build, note };
})();
