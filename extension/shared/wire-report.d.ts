/** docs/reference/wire.md as types: reports. Times are ISO 8601 in UTC. */

import type { Level } from "./wire.d.ts";

export interface BegunReport {
  case: string;
}

export interface EvidenceTaken {
  bytes: number;
  complete: boolean;
}

export interface KindChoice {
  id: string;
  label: string;
}

export interface ChangeReply {
  kind: string;
  where: string;
  before: string;
  after: string;
}

export interface FieldReply {
  label: string;
  value: string;
}

export interface FileReply {
  name: string;
  kind: string;
  bytes: number;
}

export interface NeedReply {
  id: string;
  label: string;
  hint: string;
  secret: boolean;
  set: boolean;
  value: string | null;
}

export interface QuestionReply {
  text: string;
  otherwise: string;
}

export interface Recipient {
  id: string;
  kind: "api" | "mail" | "form";
  name: string;
  reason: string;
  gets: string;
  privacy: string;
  to: string;
  fields: FieldReply[];
  files: FileReply[];
  link: string;
  needs: NeedReply[];
  earlier: string | null;
  questions: QuestionReply[];
  pieces: string[];
}

export interface OutsideReply {
  name: string;
  text: string;
}

export interface EvidenceReply {
  path: string;
  label: string;
  bytes: number;
}

export interface CampaignBrief {
  id: string;
  others: number;
  text: string;
  first_at: string;
  last_at: string;
  links: string[];
}

export interface PreviewReply {
  case: string;
  what: "page" | "mail";
  kind: string;
  kinds: KindChoice[];
  title: string;
  level: Level;
  summary: string;
  body: string | null;
  url: string | null;
  exact_url: string | null;
  changes: ChangeReply[];
  recipients: Recipient[];
  outside: OutsideReply[];
  evidence: EvidenceReply[];
  looked_up: boolean;
  network: FieldReply[];
  campaign: CampaignBrief | null;
  earlier: string | null;
  registrable: string;
  sender: string;
  subject: string;
}

export interface StepReply {
  at: string;
  text: string;
}

export interface ReceiptReply {
  channel: string;
  name: string;
  kind: string;
  state: string;
  text: string;
  reference: string;
  at: string;
  wait_until: string | null;
  retractable: boolean;
  link: string;
  fields: FieldReply[];
  steps: StepReply[];
}

export interface WatchReply {
  on: boolean;
  state: "off" | "waiting" | "open" | "closed" | "unknown";
  text: string;
  checked_at: string | null;
  closed_at: string | null;
}

export interface CaseReply {
  case: string;
  kind: string;
  kind_label: string;
  title: string;
  url: string | null;
  found_at: string;
  sent_at: string;
  receipts: ReceiptReply[];
  watch: WatchReply | null;
  campaign: CampaignBrief | null;
  bundle: string | null;
}

export interface ReceiptsReply {
  cases: CaseReply[];
  total: number;
}

export interface BundlePiece {
  name: string;
  bytes: number;
  data: string;
  next: number | null;
}

export interface CampaignLink {
  kind: string;
  label: string;
  value: string;
  count: number;
}

export interface CampaignMember {
  case: string;
  title: string;
  found_at: string;
}

export interface CampaignReply {
  id: string;
  title: string;
  count: number;
  first_at: string;
  last_at: string;
  links: CampaignLink[];
  members: CampaignMember[];
}

export interface CampaignsReply {
  campaigns: CampaignReply[];
  single: number;
}

export interface ChannelState {
  id: string;
  name: string;
  kind: string;
  gets: string;
  privacy: string;
  needs: string[];
  optional: string[];
  ready: boolean;
}

export interface ChannelsReply {
  kept_in: "keyring" | "file";
  where: string;
  needs: NeedReply[];
  channels: ChannelState[];
}
