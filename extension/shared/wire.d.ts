/** docs/reference/wire.md as types. */

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
  /** Where the last "Quitter" went: going there twice means it sends people back to the trap. */
  left?: string;
  barClosed?: string;
}

export interface Allowance {
  tabId: number;
  host: string;
  ruleId: number;
}
