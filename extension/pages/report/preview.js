/** Before sending: what is reported, who gets exactly what, and one button. */
import { splitHost } from "../../shared/address.js";
import { box, make, title, webLink } from "../../shared/page.js";
import { chosen, fits, isAgain, sorted } from "./choice.js";
import { alertLine, button, fold, foreignBrief, line, names, pair } from "./elements.js";
import { formCard } from "./forms.js";
import { moreChoices } from "./more.js";
import { newEmailForm, lackingNote, readyList } from "./recipients.js";

/** @typedef {import("../../shared/wire-report.d.ts").PreviewReply} PreviewReply */
/** @typedef {import("../../shared/wire-report.d.ts").Recipient} Recipient */
/** @typedef {import("./place.d.ts").Draft} Draft */

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function subject(preview, { t }) {
  const what = box("what");
  what.id = "what";
  if (preview.what === "page") {
    const [before, bought] = splitHost(preview.title, preview.registrable);
    const host = make("bdi", before, "address");
    host.dir = "ltr";
    host.append(preview.registrable ? make("strong", bought) : bought);
    what.append(host);
  } else if (preview.sender || preview.subject) {
    const facts = make("dl", "", "facts");
    if (preview.sender) facts.append(...pair(t("mailPageFrom"), foreignBrief("sender", preview.sender, t)));
    if (preview.subject) facts.append(...pair(t("mailPageSubject"), foreignBrief("subject", preview.subject, t)));
    what.append(facts);
  } else what.append(foreignBrief("reported", preview.title, t));
  what.append(line(preview.summary));
  return what;
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function notes(preview, { t, words, privately, partial }) {
  const sentences = [
    preview.earlier !== null && t("reportEarlier", words.day(preview.earlier)),
    partial && t("reportPartial"),
    privately && t("reportPrivate"),
  ];
  return sentences.filter((one) => one !== false).map((text) => make("p", text, "note"));
}

/**
 * @param {Recipient[]} sentTo
 * @param {Recipient[]} forms
 * @param {Draft} place
 */
function sendBar(sentTo, forms, { t, send, answers, pending }) {
  const again = isAgain(sentTo);
  const [only] = sentTo;
  const how = sentTo.length === 1 && only ? t("reportSendOne", only.name) : t("reportSendMany", String(sentTo.length));
  const press = () => {
    const handed = forms.filter(({ id, questions }) => fits(id, questions.length, answers));
    send(
      [...sentTo, ...handed].map(({ id }) => id),
      again,
    );
  };
  const go = button("send", "", press, "button primary");
  go.append(make("strong", t(again ? "reportSendAgain" : "reportSend")), " ", make("span", how));
  go.disabled = pending || sentTo.length === 0;
  if (sentTo.length === 0) go.replaceChildren(t("reportSendNobody"));
  const bar = box("send-bar", go, alertLine("send-wrong"));
  bar.id = "send-bar";
  return bar;
}

/**
 * @param {Recipient[]} forms
 * @param {Draft} place
 * @param {boolean} alone whether nothing else can be done
 */
function formSection(forms, place, alone) {
  const { t } = place;
  const cards = forms.map((one, at) => {
    const about = [one.reason, one.privacy];
    const form = { ...one, key: one.id, about, opened: () => place.handOver(one.id) };
    return formCard(form, place, { level: "h3", main: alone && at === 0 });
  });
  // What was sent is enough: whoever is tired may stop there.
  if (!alone) return fold("forms", t("reportFormsToo", names(forms)), line(t("reportFormsWhy")), ...cards);
  const section = make("section", "", "forms");
  const head = make("h2", t("reportForms"));
  head.id = "forms";
  section.setAttribute("aria-labelledby", head.id);
  section.append(head, line(t("reportFormsWhy")), ...cards);
  return section;
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
export function previewParts(preview, place) {
  const { t } = place;
  const { ready, waiting, lacking, forms } = sorted(preview.recipients);
  const sentTo = chosen(ready, place.said);
  /** @type {HTMLElement[]} */
  const parts = [
    title(t(preview.what === "page" ? "reportPageTitle" : "reportMailTitle")),
    subject(preview, place),
    ...notes(preview, place),
  ];
  if (place.trouble) parts.push(alertLine("preview-wrong", place.trouble));
  if (waiting.length > 0) {
    place.emailForm ??= newEmailForm(place);
    place.emailForm.show(waiting, ready.length === 0);
    parts.push(place.emailForm.root);
  }
  if (ready.length > 0) {
    parts.push(make("h2", t("reportRecipients")), readyList(ready, sentTo, place), sendBar(sentTo, forms, place));
  }
  if (preview.campaign !== null) {
    parts.push(line(preview.campaign.text, " ", webLink("/pages/reports/reports.html#campaigns", t("reportCampaign"))));
  }
  if (lacking.length > 0) parts.push(lackingNote(lacking, place));
  const alone = ready.length === 0 && waiting.length === 0;
  if (forms.length > 0) parts.push(formSection(forms, place, alone));
  if (alone && forms.length > 0) {
    const keep = button("keep", t("reportKeep"), () =>
      place.send(
        forms.map(({ id }) => id),
        false,
      ),
    );
    keep.disabled = place.pending;
    parts.push(box("", line(t("reportKeepWhy")), keep, alertLine("send-wrong")));
  }
  if (alone && forms.length === 0) parts.push(make("p", t("reportNobody"), "note"));
  parts.push(moreChoices(preview, place));
  return [...parts, address(preview, place)];
}

/**
 * @param {PreviewReply} preview
 * @param {Draft} place
 */
function address({ url }, { t }) {
  const full = box("address-sent");
  if (url !== null)
    full.append(make("p", t("reportAddressSent"), "soft"), foreignBrief("address-whole", url, t, "address"));
  return full;
}
