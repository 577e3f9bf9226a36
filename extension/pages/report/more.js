/** What may be unfolded before sending: what was masked, what happened, where the page lies, what stays here. */
import { box, make } from "../../shared/page.js";
import { bullets, button, fold, foreign, foreignBrief, line, pair, tick } from "./elements.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */
/** @typedef {import("../../shared/wire-report.d.ts").PreviewReply} PreviewReply */
/** @typedef {import("../../shared/wire-report.d.ts").ChangeReply} ChangeReply */
/** @typedef {import("./place.d.ts").Draft} Draft */

const MOST_CHANGES = 100;

/** As in redact/changes.py. @type {Record<string, Key>} */
const CHANGES = {
  address: "reportMaskedAddress",
  name: "reportMaskedName",
  token: "reportMaskedToken",
  typed: "reportMaskedTyped",
  path: "reportMaskedPath",
  header: "reportMaskedHeader",
  file: "reportMaskedFile",
  unread: "reportMaskedUnread",
};

/**
 * @param {ChangeReply[]} changes
 * @param {Draft} place
 */
function changeTable(changes, { t }) {
  const table = make("table", "", "changes");
  const head = table.createTHead().insertRow();
  for (const key of /** @type {Key[]} */ (["reportMaskedBefore", "reportMaskedAfter"])) {
    const cell = make("th", t(key));
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  changes.slice(0, MOST_CHANGES).forEach(({ kind, before, after }, at) => {
    const row = body.insertRow();
    const what = make("div", t(CHANGES[kind] ?? "reportMaskedToken"), "soft");
    row.insertCell().append(what, foreignBrief(`before-${at}`, before, t));
    row.insertCell().append(after ? foreignBrief(`after-${at}`, after, t) : make("em", t("reportMaskedGone")));
  });
  return table;
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function masked({ changes, exact_url: exactUrl }, place) {
  const { t } = place;
  /** @type {HTMLElement[]} */
  const parts = [line(t(changes.length > 0 ? "reportMaskedWhy" : "reportMaskedNone"))];
  if (changes.length > 0) parts.push(changeTable(changes, place));
  if (changes.length > MOST_CHANGES) parts.push(line(t("reportMaskedMore", String(changes.length - MOST_CHANGES))));
  if (exactUrl !== null || place.exact) {
    parts.push(
      tick("exact", t("reportExact"), place.exact, (exact) => place.change({ exact })),
      make("p", t("reportExactWhen"), "soft"),
    );
  }
  return fold("masked", t("reportMasked", String(changes.length)), ...parts);
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function kindChoice({ kind, kinds }, place) {
  const { t } = place;
  const group = make("fieldset", "", "choices");
  group.append(make("legend", t("reportKindAsk")));
  for (const { id, label } of kinds) {
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "kind";
    radio.id = `kind-${id}`;
    radio.checked = id === kind;
    radio.addEventListener("change", () => place.change({ kind: id }));
    const one = make("label", "", "tick");
    one.append(radio, make("span", label));
    group.append(one);
  }
  const now = kinds.find(({ id }) => id === kind)?.label ?? "";
  return fold("kinds", t("reportKind", now), group);
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function hosting({ looked_up: lookedUp, network }, place) {
  const { t } = place;
  if (lookedUp) {
    const facts = make("dl", "", "facts");
    for (const { label, value } of network) facts.append(...pair(label, foreign(value)));
    return fold("hosting", t("reportHosting"), network.length > 0 ? facts : line(t("reportHostingNothing")));
  }
  if (place.privately) return fold("hosting", t("reportHosting"), line(t("reportLookupsPrivate")));
  const ask = button("lookups", t(place.lookups ? "reportLookingUp" : "reportLookups"), () => {
    if (!place.lookups) place.change({ lookups: true });
  });
  ask.ariaDisabled = place.lookups ? "true" : null;
  return fold("hosting", t("reportHosting"), line(t("reportLookupsWhy")), line(t("reportLookupsWhat")), ask);
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function kept({ evidence }, { t, words }) {
  const list = evidence.map(({ label, bytes }) => `${label} (${words.size(bytes)})`);
  return fold("evidence", t("reportEvidence", String(list.length)), line(t("reportEvidenceWhy")), bullets(list));
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function outside({ outside }, { t }) {
  const each = outside.map(({ name, text }) => {
    const entry = box("");
    entry.append(make("strong", name), " — ", text);
    return entry;
  });
  return fold("outside", t("reportOutside", String(each.length)), bullets(each));
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 * @returns {HTMLElement}
 */
export function moreChoices(preview, place) {
  const { t } = place;
  const section = make("section", "", "more");
  const head = make("h2", t("reportMore"));
  head.id = "more";
  section.setAttribute("aria-labelledby", head.id);
  section.append(head);
  if (preview.url !== null) {
    section.append(
      tick("watch", t("reportWatch"), place.watch, (on) => {
        place.watch = on;
      }),
      make("p", t("reportWatchHow"), "soft"),
    );
  }
  if (preview.outside.length > 0) section.append(outside(preview, place));
  section.append(masked(preview, place));
  if (preview.kinds.length > 1) section.append(kindChoice(preview, place));
  if (preview.url !== null) section.append(hosting(preview, place));
  if (preview.evidence.length > 0) section.append(kept(preview, place));
  return section;
}
