/** The report page: preview, one button, receipts. */
import { language, localise } from "../../shared/i18n.js";
import { ask, byId } from "../../shared/page.js";
import { mayChange } from "./case.js";
import { printAll, repaint } from "./elements.js";
import { follow } from "./follow.js";
import { previewParts } from "./preview.js";
import { news, readCase, receiptParts } from "./receipt.js";
import { sentence, troubleParts } from "./trouble.js";
import { words } from "./words.js";

/** @typedef {import("../../shared/wire-report.d.ts").PreviewReply} PreviewReply */
/** @typedef {import("../../shared/wire-report.d.ts").CaseReply} CaseReply */
/** @typedef {import("./place.d.ts").Draft} Draft */
/** @typedef {import("./place.d.ts").Kept} Kept */

const QUIET_MS = 400;
const CASE = "case=";
/** What the daemon says when it would not send what is seen: it was started anew, or a setting is gone. */
const LOOK_AGAIN = ["not_previewed", "report_unknown", "channel_not_offered", "needs_missing", "report_sent"];

const lang = await language();
const t = localise(document, lang);
document.title = t("reportTabTitle");
const screen = byId("screen", HTMLElement);
const say = (/** @type {string} */ text) => {
  byId("live", HTMLElement).textContent = text;
};
const common = { t, words: words(lang), say };

/** Only the last question is answered. */
let asked = 0;
/** What the page shows: it says when another screen begins. */
let shown = "";
/** @type {() => void} */
let unfollow = () => {};

/**
 * @param {string} name
 * @param {(HTMLElement | string)[]} parts
 */
function show(name, parts) {
  const isNew = shown !== name;
  shown = name;
  document.body.dataset["screen"] = name;
  repaint(screen, parts);
  screen.setAttribute("aria-busy", "false");
  byId("loading", HTMLElement).textContent = "";
  if (!isNew) return;
  scrollTo(0, 0);
  screen.querySelector("h1")?.focus({ preventScroll: true });
}

/**
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function busy(work) {
  screen.setAttribute("aria-busy", "true");
  const timer = setTimeout(() => {
    byId("loading", HTMLElement).textContent = t("reportLoading");
  }, QUIET_MS);
  return work.finally(() => clearTimeout(timer));
}

/** @param {string} id */
function draftOf(id) {
  /** @type {PreviewReply | null} */
  let preview = null;
  /** @type {Draft} */
  const draft = {
    ...common,
    id,
    kind: null,
    exact: false,
    lookups: false,
    watch: false,
    said: new Map(),
    answers: new Map(),
    privately: false,
    partial: false,
    trouble: "",
    pending: false,
    change(choice) {
      void change(choice);
    },
    choose(channel, on) {
      draft.said.set(channel, on);
      paint();
    },
    async saveEmail(value) {
      const answer = await ask("report.need", { id: "email", value });
      if (answer?.ok !== true) return sentence(answer?.code ?? null, t);
      await look();
      say(t("reportEmailKept"));
      (document.getElementById("send") ?? document.getElementById("title"))?.focus();
      return "";
    },
    handOver: (channel) => void ask("report.handOver", { id, channel }),
    send: (channels, again) => void send(channels, again),
  };

  function paint() {
    if (preview !== null) show("preview", previewParts(preview, draft));
  }

  /** @param {Parameters<Draft["change"]>[0]} choice */
  async function change(choice) {
    const { kind, exact, lookups } = draft;
    const code = await look(choice, true);
    if (code === undefined) return say(t("reportsRenewed"));
    if (code === "") return;
    // The daemon sends what it previewed last: that must be what is seen.
    if ((await look({ kind, exact, lookups })) !== undefined) return;
    draft.trouble = sentence(code, t);
    paint();
    document.getElementById("preview-wrong")?.scrollIntoView({ block: "center" });
  }

  /**
   * @param {Parameters<Draft["change"]>[0]} [choice]
   * @param {boolean} [tried] when it fails, what was shown before is shown again
   * @returns {Promise<string | null | undefined>} what kept it from being shown; empty when another screen is shown
   */
  async function look(choice, tried = false) {
    const mine = ++asked;
    Object.assign(draft, choice);
    const { kind, exact, lookups } = draft;
    draft.pending = true;
    paint();
    const answer = await busy(ask("report.preview", { id, ...(kind ? { kind } : {}), exact, lookups }));
    if (mine !== asked) return "";
    if (answer?.ok === true) {
      Object.assign(draft, { trouble: "", pending: false });
      preview = answer.preview;
      draft.privately = answer.private === true;
      draft.partial = answer.partial === true;
      paint();
      return undefined;
    }
    const code = answer?.code ?? null;
    if (code === "report_sent" && typeof answer.case === "string") await openCase(answer.case);
    else if (tried && preview !== null && code !== "report_unknown") return code;
    else {
      const address = answer?.address ?? preview?.exact_url ?? preview?.url ?? "";
      show("trouble", troubleParts(code, address, { t, say, retry: () => void look() }));
    }
    return "";
  }

  /**
   * @param {string[]} channels
   * @param {boolean} again
   */
  async function send(channels, again) {
    const mine = ++asked;
    const pressed = [document.getElementById("send"), document.getElementById("keep")];
    for (const one of pressed) one?.setAttribute("disabled", "");
    say(t("reportSending"));
    const answer = await ask("report.send", { id, channels, again, watch: draft.watch });
    if (mine !== asked) return;
    /** @type {CaseReply[]} */
    const cases = answer?.ok === true ? answer.body.cases : [];
    const one = cases.find((each) => each.case === preview?.case) ?? cases[0]; // the others had it before
    if (one) return keep(one);
    if (LOOK_AGAIN.includes(answer?.code ?? "")) {
      say("");
      if ((await look()) !== undefined) return;
      draft.trouble = t("reportLookAgain");
      paint();
      return document.getElementById("send")?.focus();
    }
    for (const one of pressed) {
      one?.removeAttribute("disabled");
      one?.focus();
    }
    byId("send-wrong", HTMLElement).textContent = sentence(answer?.code ?? null, t);
    say("");
  }

  return look();
}

/** @param {string} id */
async function openCase(id) {
  const mine = ++asked;
  const found = await busy(readCase(id));
  if (mine !== asked) return;
  if ("one" in found) keep(found.one);
  else show("trouble", troubleParts(found.code, "", { t, say, retry: () => void openCase(id) }));
}

/**
 * Shows a report that was sent, and goes on looking what becomes of it.
 * @param {CaseReply} first
 */
function keep(first) {
  unfollow();
  history.replaceState(null, "", `#${CASE}${first.case}`); // so that a reload shows the same
  let now = first;
  /** @type {Kept} */
  const place = {
    ...common,
    level: "h2",
    async act(type, more) {
      const answer = await ask(type, more);
      if (answer?.ok !== true) return sentence(answer?.code ?? null, t);
      await following.again();
      return "";
    },
  };
  const look = async () => {
    const found = await readCase(first.case);
    byId("loading", HTMLElement).textContent = "one" in found ? "" : sentence(found.code, t);
    if (!("one" in found)) return found.code !== "report_unknown";
    if (JSON.stringify(found.one) !== JSON.stringify(now)) {
      say(news(now, found.one, t));
      now = found.one;
      show("receipt", receiptParts(now, place));
    }
    return mayChange(now);
  };
  show("receipt", receiptParts(now, place));
  const following = follow(look, mayChange(now));
  unfollow = following.end;
}

function begin() {
  unfollow();
  shown = "";
  const named = location.hash.slice(1);
  if (named.startsWith(CASE)) void openCase(named.slice(CASE.length));
  else void draftOf(named);
}

printAll();
window.addEventListener("hashchange", begin);
begin();
document.body.dataset["ready"] = "true";
