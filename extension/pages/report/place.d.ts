/** What the parts of the pages on reports are given. */

import type { Translate } from "../../shared/i18n.js";
import type { Recipient } from "../../shared/wire-report.d.ts";
import type { words } from "./words.js";

export interface Place {
  t: Translate;
  words: ReturnType<typeof words>;
  /** Read out by screen readers; what is said is also seen elsewhere. */
  say: (sentence: string) => void;
}

/** Asks for the person's e-mail address. */
export interface EmailForm {
  root: HTMLElement;
  /** `main`: nobody can be sent to before it. */
  show: (waiting: Recipient[], main: boolean) => void;
}

/** What the preview page keeps while the person decides. */
export interface Draft extends Place {
  id: string;
  kind: string | null;
  exact: boolean;
  lookups: boolean;
  watch: boolean;
  /** Once somebody waits for the address. */
  emailForm?: EmailForm;
  /** What the person ticked or cleared, by channel. */
  said: Map<string, boolean>;
  /** Answers to the questions of forms, by channel and number. */
  answers: Map<string, boolean>;
  privately: boolean;
  partial: boolean;
  /** Why the last choice could not be shown, or empty. */
  trouble: string;
  /** Another preview was asked for: what is seen may not be what would be sent. */
  pending: boolean;
  change: (choice: { kind?: string | null; exact?: boolean; lookups?: boolean }) => void;
  choose: (id: string, on: boolean) => void;
  /** Answers what went wrong, or nothing. */
  saveEmail: (value: string) => Promise<string>;
  handOver: (channel: string) => void;
  send: (channels: string[], again: boolean) => void;
}

/** What a case that was sent is shown with. */
export interface Kept extends Place {
  /** Level of the headings inside a case. */
  level: "h2" | "h4";
  /** Its part on the sealed original, once there is one. */
  evidence?: HTMLElement;
  /** Asks, and shows what came of it; answers what went wrong, or nothing. */
  act: (type: "report.retract" | "report.watch" | "report.handOver", more: object) => Promise<string>;
}
