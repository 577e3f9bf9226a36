/** data.js is written by build.mjs from blocklists/guide/*.toml: texts in French, and in English with `_en`. */

/** Every inner list must have an answer that was given, as "question:answer". */
export interface Use {
  id: string;
  if?: string[][];
}

export interface Contact {
  name: string;
  name_en: string;
  phone?: string;
  url?: string;
  price?: string;
  price_en?: string;
  always?: boolean;
  hours?: { days: number[]; from: string; to: string }[];
  holidays?: "open" | "closed" | "unknown";
  say: string;
  say_en: string;
  source: string;
  checked: string | false;
}

export interface Option {
  id: string;
  label: string;
  label_en: string;
}

export interface Question {
  kind: "choice" | "many" | "date" | "money";
  text: string;
  text_en: string;
  short: string;
  short_en: string;
  help?: string;
  help_en?: string;
  options?: Option[];
}

export interface Act {
  title: string;
  title_en: string;
  text: string;
  text_en: string;
  told?: string;
  told_en?: string;
  contact?: string;
  /** A page of ours that helps with it, and what its link says. */
  page?: "pages/mail/mail.html";
  link?: string;
  link_en?: string;
  strict?: boolean;
}

export interface Place {
  name: string;
  name_en: string;
  url: string;
  text: string;
  text_en: string;
  note: string;
  note_en: string;
  checked: string | false;
  pieces: { id: string; label: string; label_en: string; answers?: string[] }[];
}

export interface Situation {
  label: string;
  label_en: string;
  call: string;
  call_en: string;
  urgent: string;
  urgent_en: string;
  urgent_contact?: string;
  offence: string;
  ask: string;
  ask_en: string;
  strict?: string;
  strict_en?: string;
  strict_title?: string;
  strict_title_en?: string;
  questions: Use[];
  acts: Use[];
  contacts: Use[];
  pieces: Use[];
}

export interface Calendar {
  fixed: string[];
  easter: number[];
}

export interface Relative {
  lead: string;
  lead_en: string;
  do: string[];
  do_en: string[];
  dont: string[];
  dont_en: string[];
}

export interface Guide {
  acts: Record<string, Act>;
  calendar: Calendar;
  contacts: Record<string, Contact>;
  pieces: Record<string, Place>;
  questions: Record<string, Question>;
  relative: { sheet: Relative };
  situations: Record<string, Situation>;
}

export declare const guide: Guide;
