/** docs/reference/wire.md as types: what left this computer, warnings that are kept, sources of the lists. Times are ISO 8601 in UTC. */

export interface EgressEntryReply {
  at: string;
  purpose: "lists" | "age" | "report" | "lookup" | "watch" | "timestamp";
  to: string;
  what: string;
  outcome: "answered" | "refused" | "failed";
  count: number;
  last_at: string;
}

export interface EgressReply {
  entries: EgressEntryReply[];
  kept_days: number;
  complete: boolean;
}

export interface HistoryEntryReply {
  id: number;
  at: string;
  host: string;
  level: "DANGER" | "CAUTION";
  body: string | null;
  body_name: string | null;
  times: number;
  last_at: string;
}

export interface HistoryReply {
  entries: HistoryEntryReply[];
  kept_days: number;
}

export interface ListSourceReply {
  id: string;
  name: string;
  url: string | null;
  licence: string | null;
  entries: number | null;
  fetched_at: string | null;
}

export interface ListSourcesReply {
  version: string | null;
  built_at: string | null;
  entries: number;
  sources: ListSourceReply[];
}
