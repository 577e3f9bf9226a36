/** docs/reference/wire.md as types; what is about mail is in wire-mail.d.ts. */

import type { MailSeen, OpenMail } from "./wire-mail.d.ts";

export type * from "./wire-mail.d.ts";

export type Level = "DANGER" | "CAUTION" | "UNKNOWN" | "NO_KNOWN_RISK" | "OFFICIAL";

export interface Phone {
  number: string;
  label: string;
  hours: string;
}

export interface Body {
  id: string;
  name: string;
  home: string | null;
  home_host: string | null;
  advice: string;
  phones: Phone[];
}

export interface Reason {
  code: string;
  text: string;
}

export interface Verdict {
  level: Level;
  url: string;
  host: string;
  registrable_domain: string;
  body: Body | null;
  summary: string;
  reasons: Reason[];
  list_version: string | null;
  /** Something speaks against it, if too little for a warning. */
  doubted: boolean;
  /** It is open, and the age of the site's name may settle it. */
  age_would_help: boolean;
  /** The person made an exception for this host. */
  excepted: boolean;
  /** An exception would end the warning. */
  exceptable: boolean;
}

/** A site the person does not want to be warned of. */
export interface Exception {
  host: string;
  added_at: string;
}

export interface Exceptions {
  exceptions: Exception[];
  /** False when a change could not be written and ends with the daemon. */
  kept: boolean;
}

/** What content/describe.js tells of a page; the daemon refuses more than its limits (docs/reference/wire.md). */
export interface PageSeen {
  title: string;
  names: string[];
  headings: string[];
  logos: string[];
  owners: string[];
  assets: string[];
  text: string;
  fields: { kind: string; autocomplete: string; words: string; limit: number; form: number }[];
  forms: string[];
  keypad: boolean;
  partial: boolean;
}

/** A document or a shadow root: wherever a field may be. */
export interface Root {
  node: Document | ShadowRoot;
  shadow: boolean;
}

/** What content/dom.js hands to content/describe.js; classic scripts cannot import. */
export interface DomTools {
  list: (root: Root, selector: string) => NodeListOf<Element>;
  all: (root: Root, selector: string, most?: number) => Element[];
  attribute: (element: Element | null, name: string) => string;
  clean: (text: string | null | undefined, most?: number) => string;
  safely: <T>(part: () => T, otherwise: T) => T;
  textOf: (node: Node | null | undefined, most: number) => string;
  walk: (start: Node, what: number, filter?: (node: Node) => number) => TreeWalker;
  rootsOf: (late: () => boolean) => Root[];
}

/** Folded phrases that make a page worth a question. */
export interface PageHints {
  fields: string[];
  text: string[];
}

export interface WireError {
  code: string;
  message: string;
  hint: string;
}

export type Reply = { ok: true; body: unknown } | { ok: false; error: WireError };

export type Phase = "connecting" | "connected" | "unreachable";

export interface DaemonState {
  phase: Phase;
  /** Empty unless unreachable: not_installed, forbidden, stopped, silent, or the relay's own code. */
  reason: string;
}

/** A check that ended: an answer, or why there is none. "Not checked" is a value. */
export type Outcome = { verdict: Verdict } | { degraded: string };

/** What the warning page shows; held by the background, keyed by tab. */
export interface Cover {
  url: string;
  host: string;
  registrable: string;
  /** Null when the daemon is down and only our copy of the list knows the host. */
  verdict: Verdict | null;
}

export interface TabState {
  url?: string;
  level?: Level;
  verdict?: Verdict;
  degraded?: string;
  cover?: Cover;
  /** The last page that stayed open and was not covered: where "Quitter cette page" goes. */
  good?: string;
  /** What the page now shown was judged by, beyond its name. */
  page?: { url: string; verdict: Verdict };
  /** The last good page on another host than `good`. */
  earlier?: string;
  /** Where the last "Quitter" went: going there twice means it sends people back to the trap. */
  left?: string;
  barClosed?: string;
  /** Level and host of the warning that stands in it: said again, it is the same one. */
  warned?: string;
  /** The mail that is open in it. */
  mail?: OpenMail;
  /** The webmail that was recognised in it; its host may be that of a frame. */
  mailFound?: { host: string; webmail: string };
  /** The host in it of which was said that its messages cannot be read. */
  cannotRead?: string;
  /** The tab with the mail whose link opened this one: where "Quitter cette page" goes. */
  back?: number;
}

/** How a page came into a tab. */
export interface Trail {
  /** The browser's number of the request. */
  requestId: string;
  /** Addresses, the page's own last. */
  hops: string[];
  /** IP address; empty while no server answered. */
  address: string;
  status: number | null;
  /** Milliseconds. */
  at: number;
  /** The address the page gave itself since. */
  moved?: string;
}

export interface TabTrail {
  /** Of the page that stands in the tab. */
  shown?: Trail;
  /** Of what was asked for since: it may be covered before it stands there, or become a download, or nothing. */
  coming?: Trail;
}

/** `/v1/report/begin`, without browser and language. */
export interface ReportBegin {
  what: "page" | "mail";
  url?: string;
  redirects?: string[];
  address?: string;
  status?: number;
  seen_at?: string;
  shown?: MailSeen;
}

/** What is kept of a report through the worker's naps. */
export interface ReportDraft {
  begin: ReportBegin;
  private: boolean;
  /** The daemon's number of it, once it has all evidence. */
  case?: string | undefined;
  /** Evidence was lost. */
  partial?: boolean;
  sent?: boolean;
  /** The tab of its page. */
  page?: number;
}

export interface Allowance {
  tabId: number;
  host: string;
  ruleId: number;
}
