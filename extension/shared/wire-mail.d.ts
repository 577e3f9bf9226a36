/** Mail: what is asked, what is answered, and what the parts of the extension owe one another. */

import type { Body, Level, Reason } from "./wire.d.ts";

/** What a webmail shows of a message; empty is "not shown". The daemon refuses more than its limits. */
export interface MailSeen {
  from_name: string;
  from_address: string;
  reply_to: string[];
  to: string[];
  subject: string;
  text: string;
  links: { url: string; text: string }[];
  attachments: { name: string; kind: string }[];
  signed_by: string;
  mailed_by: string;
  unverified: boolean;
}

/** One link of a mail; `host` is where it leads in the end. */
export interface MailLink {
  url: string;
  text: string;
  host: string;
  registrable_domain: string | null;
  level: Level;
  summary: string;
  reasons: Reason[];
}

export interface MailVerdict {
  level: Level;
  summary: string;
  sender: string;
  sender_name: string;
  subject: string;
  body: Body | null;
  script: { id: string; label: string; advice: string; words: string[] } | null;
  reasons: Reason[];
  /** What the person should do, first things first; empty on ordinary mail. */
  todo: string[];
  route: { id: string; name: string; text: string; url: string } | null;
  /** As asked: the links on screen in their order, or those of the raw message. */
  links: MailLink[];
  list_version: string | null;
}

/** One webmail: content/adapters/*.js. Read both by content scripts and by the background (patterns and name only). */
export interface MailAdapter {
  id: string;
  /** The webmail's name, as people know it. */
  label: string;
  /** Nobody could compare it with the webmail's own page: the person is told. */
  trial?: true;
  /** Match patterns of its pages; a pattern without a host of its own (`*://*\/SOGo/*`) is for servers people run. */
  matches: string[];
  /**
   * The message that is open in this document; null when none is (a list, a compose window, the outer frame).
   * `key` differs from message to message and stays while the same one is shown.
   */
  find(): { key: string; root: Element } | null;
  /** What is shown of it; null when the page is not as this adapter knows it. Never a guess. */
  read(root: Element): MailSeen | null;
  /** The elements or documents that hold the body: where links are. */
  bodies(root: Element): (Element | Document)[];
  /** Where the banner goes: the element it is put before. */
  place(root: Element): Element | null;
  /**
   * The raw message, where the webmail lets its own page fetch it; rejects or null when it does not.
   * @param most bytes; what MailTools.raw reads by itself unless given
   */
  raw?(root: Element, most?: number): Promise<ArrayBuffer | null>;
}

/** What content/mailtools.js hands to the adapters and to content/mail*.js; every answer is within the daemon's limits. */
export interface MailTools {
  /** At most `most` (1,000) matches, in document order. */
  all(part: Element | Document, selector: string, most?: number): Element[];
  /** The mail address these words are, and are alone (`<…>` and `mailto:` aside); else "". */
  address(said: string | null | undefined): string;
  /** The links of the bodies, one for each entry of `links()` and in the same order. */
  anchors(bodies: (Element | Document)[]): Element[];
  /** An attribute as one line; "" where it is missing. */
  attribute(element: Element | null | undefined, name: string, most?: number): string;
  /** Of several open messages: the newest of those on screen, else the newest. */
  current(candidates: Element[]): Element | null;
  /**
   * The sender in a page that is not known closely: an address that declares itself one (a link to write to it, a class
   * such as `sender-email`) in a line that declares itself the sender's (`who`). Two that differ are none.
   */
  declared(part: Element | Document, who: string, bodies: (Element | Document)[]): { name: string; address: string };
  /** The first match of the first selector that has one, outside all bodies. */
  first(part: Element | Document, selectors: string[], bodies: (Element | Document)[]): Element | null;
  holds(outer: Element | Document, inner: Node): boolean;
  /** The document in a frame; null when it is of another host or not there yet. */
  inside(frame: Element | null | undefined): Document | null;
  /** White space folded, cut. */
  line(text: string | null | undefined, most?: number): string;
  /** The visible words of an element, as one line. */
  lineOf(element: Element | null | undefined): string;
  links(bodies: (Element | Document)[]): { url: string; text: string }[];
  /** `Name <address>`, by its last address: only for elements in which the webmail always writes one. */
  mailbox(said: string | null | undefined): { name: string; address: string };
  /** The matches that lie in no other match, nor in text being written: what a mail puts into itself lies in its body. */
  outermost(part: Element | Document, selector: string): Element[];
  /** The matches that lie in none of the bodies, nor in text being written. */
  outside(part: Element | Document, selector: string, bodies: (Element | Document)[]): Element[];
  /** The beginning (`most`, 600,000 bytes) of a raw message of the same origin; null when the answer is none. */
  raw(url: string, most?: number): Promise<ArrayBuffer | null>;
  /**
   * What was read, with the text and the links of the bodies; null without a body or without a sender's address,
   * unless `rawTells`: the page shows none that can be believed, and the raw message can be had.
   */
  seen(bodies: (Element | Document)[], parts: Partial<MailSeen>, rawTells?: boolean): MailSeen | null;
  shown(element: Element): boolean;
  /** The visible words, a line for each paragraph; what could be read in 30 ms. */
  text(bodies: (Element | Document)[]): string;
}

/** What is written on the banner and at links, in the person's language (shared/mail.js); `$1` stands for a value. */
export interface MailLabels {
  /** Name of the banner as a region of the page. */
  region: string;
  /** The word beside the icon. */
  levels: Record<Level, string>;
  why: string;
  todo: string;
  /** Before the words of the message that gave it away. */
  words: string;
  /** The real site of the body; `$1` is its host. */
  home: string;
  /** Before the body's telephone numbers. */
  phones: string;
  report: string;
  guide: string;
  close: string;
  cannotRead: string;
  notChecked: string;
  /** Before the host in the bubble at a link. */
  leads: string;
  /** The mark at a link: what is seen, and what is read aloud (`$1` is the host). */
  linkDanger: string;
  linkDangerTo: string;
  linkCaution: string;
  linkCautionTo: string;
}

/** Where a banner stands, and what its buttons do there; a button whose handler is missing is not drawn. */
export interface BannerPlace {
  /** Of its shadow root: closed wherever a page's own scripts run. */
  mode: "closed" | "open";
  on: {
    /** "Signaler" was pressed: open the report page. */
    report?: () => void;
    /** "J’ai été piégé" was pressed: open the guide. */
    guide?: () => void;
    /** "Fermer" was pressed; the banner has already taken itself away. */
    close?: () => void;
  };
}

/**
 * `globalThis.guetteurBanner`, from content/banner.js (classic script; content/ui.js goes before it). Elements carry
 * their own styles and ask for nothing; the sentence is announced to screen readers once the element stands in a page.
 */
export interface BannerTools {
  /** The verdict on a mail, for every level: whether ordinary mail deserves one is the caller's choice. */
  build(verdict: MailVerdict, labels: MailLabels, place: BannerPlace): HTMLElement;
  /** A grey line: not read, or not checked. */
  note(sentence: string, labels: MailLabels, place: BannerPlace): HTMLElement;
}

/** `globalThis.guetteurLinks`, from content/links.js (classic script; content/ui.js goes before it). */
export interface LinkTools {
  /**
   * Watches the links of a message. Marks and click guard come with `judge`, where links really lead is told at once.
   * @param open a dangerous link was clicked by the person; the click itself is already stopped
   */
  attach(
    labels: MailLabels,
    open: (address: string) => void,
  ): {
    /** Where the message's links are now; again whenever it may have been drawn anew. */
    refresh(bodies: (Element | Document)[]): void;
    judge(links: MailLink[]): void;
    detach(): void;
  };
}

/** An opened mail as the background answers for it. "Not checked" is a value. */
export type MailOutcome = { verdict: MailVerdict } | { degraded: string };

/** Whether opened messages of a host may be read. */
export interface MailConsent {
  on: boolean;
  /** Id of its adapter. */
  webmail: string;
}

/** The mail last opened in a tab: what the popup repeats, and whose links may be asked to open. */
export interface OpenMail {
  /** The document it is open in, by a name that document made up. */
  page: string;
  verdict: MailVerdict;
}
