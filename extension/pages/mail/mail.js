/** A mail that is dropped, chosen or pasted is judged here, whatever program it was read in. */
import { language, localise } from "../../shared/i18n.js";
import { mailLabels } from "../../shared/mail.js";
import { ask, byId, make } from "../../shared/page.js";
import { splitHost } from "../../shared/address.js";
import { evidenceOf, fromBytes, fromText, kindOf, linksOf, MOST_BYTES } from "./source.js";

/** @typedef {import("../../shared/i18n.js").Key} Key */
/** @typedef {import("../../shared/wire.d.ts").MailVerdict} MailVerdict */

/** @type {import("../../shared/wire.d.ts").BannerTools} */
const banners = /** @type {any} */ (globalThis).guetteurBanner;

/** @type {Record<string, Key>} */
const LINK_LEVELS = {
  DANGER: "mailPageLinkDanger",
  CAUTION: "mailPageLinkCaution",
  OFFICIAL: "mailPageLinkOfficial",
};

const t = localise(document, await language());
document.title = t("mailPageTitle");

const drop = byId("drop", HTMLElement);
const file = byId("file", HTMLInputElement);
const text = byId("text", HTMLTextAreaElement);
const result = byId("result", HTMLElement);
/** Where the copied words led. @type {{url: string, text: string}[]} */
let links = [];
/** Only the last question is answered. */
let asked = 0;

/** @param {string} sentence */
function say(sentence) {
  const status = byId("status", HTMLElement);
  status.textContent = sentence;
  if (sentence) status.scrollIntoView({ block: "nearest" });
}

/** @param {import("../../shared/wire.d.ts").MailLink} link */
function linkLine({ host, registrable_domain, level, text, url }) {
  const line = document.createElement("li");
  const [before, bought] = splitHost(host, registrable_domain ?? "");
  const address = make("div", before, "address");
  // Never an anchor: a page that lists traps must not open them.
  address.append(registrable_domain ? make("strong", bought) : bought || url);
  line.append(address);
  if (text) line.append(make("div", t("mailPageLinkText", text), "soft"));
  const said = make("div", t(LINK_LEVELS[level] ?? "mailPageLinkUnknown"), "level");
  said.dataset["level"] = level;
  line.append(said);
  return line;
}

/** @param {MailVerdict} verdict */
function showFacts({ sender, sender_name, subject }) {
  const facts = byId("facts", HTMLElement);
  facts.replaceChildren();
  const from = [sender_name, sender && `<${sender}>`].filter(Boolean).join(" ");
  if (from) facts.append(make("dt", t("mailPageFrom")), make("dd", from));
  if (subject) facts.append(make("dt", t("mailPageSubject")), make("dd", subject));
}

/**
 * @param {MailVerdict} verdict
 * @param {Key | null} limits what was not looked at, and why
 * @param {() => object} evidence the whole of it
 */
function show(verdict, limits, evidence) {
  const speaks = ["DANGER", "CAUTION", "OFFICIAL"].includes(verdict.level);
  byId("result-title", HTMLElement).textContent = t("mailPageResult");
  byId("calm", HTMLElement).textContent = speaks ? "" : t("mailPageCalm");
  const report = () => void ask("mail.fileReport", evidence());
  const place = { mode: /** @type {const} */ ("open"), on: { report } };
  byId("banner", HTMLElement).replaceChildren(...(speaks ? [banners.build(verdict, mailLabels(t), place)] : []));
  showFacts(verdict);
  byId("limits", HTMLElement).textContent = limits ? t(limits) : "";
  byId("link-list", HTMLElement).replaceChildren(...verdict.links.map(linkLine));
  byId("links", HTMLElement).hidden = verdict.links.length === 0;
  result.hidden = false;
  byId("result-title", HTMLElement).focus();
  byId("result-title", HTMLElement).scrollIntoView({ block: "start" }); // what it says stands below
}

/**
 * @param {import("./source.js").Question} question
 * @param {Key | null} more said with the result
 * @param {ArrayBuffer} [bytes] of the whole message, where there is one
 */
async function judge(question, more = null, bytes) {
  const mine = ++asked;
  result.hidden = true;
  say(t("mailPageChecking"));
  const answer = await ask("mail.file", question);
  if (mine !== asked) return;
  const verdict = answer?.verdict;
  say(verdict ? "" : t("mailPageAway"));
  if (!verdict) return;
  const evidence = () => (bytes ? evidenceOf(bytes) : question);
  if ("shown" in question) show(verdict, "mailPageTextOnly", evidence);
  else show(verdict, question.truncated ? "mailPageTruncated" : more, evidence);
}

/** @param {FileList | File[]} files */
async function readFiles(files) {
  const [one] = files;
  if (one === undefined) return;
  result.hidden = true;
  if (one.size > MOST_BYTES) return say(t("mailPageTooBig"));
  let bytes;
  try {
    bytes = await one.arrayBuffer();
  } catch {
    return say(t("mailPageUnreadable"));
  }
  const kind = kindOf(new Uint8Array(bytes));
  if (kind === "outlook") return say(t("mailPageMsg"));
  if (kind === "other") return say(t("mailPageNotMail"));
  const question = kind === "mail" ? fromBytes(bytes) : fromText(new TextDecoder().decode(bytes));
  await judge(question, files.length > 1 ? "mailPageOnlyOne" : null, kind === "mail" ? bytes : undefined);
}

byId("choose", HTMLButtonElement).addEventListener("click", () => file.click());
file.addEventListener("change", async () => {
  await readFiles([...(file.files ?? [])]);
  file.value = ""; // so that the same file can be chosen again
});

text.addEventListener("input", () => {
  if (text.value === "") links = [];
});
text.addEventListener("paste", ({ clipboardData }) => {
  links = linksOf(clipboardData?.getData("text/html") ?? "");
});
byId("paste", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim() === "") {
    result.hidden = true;
    say(t("mailPageEmpty"));
    text.focus();
  } else void judge(fromText(text.value, links));
});

// The whole page takes the drop: whoever misses the frame must not see the browser open the file instead.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.dataset["over"] = "true";
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) delete drop.dataset["over"];
});
document.addEventListener("drop", (event) => {
  const data = event.dataTransfer;
  const words = data?.getData("text/plain") ?? "";
  if (event.target === text && !data?.files.length) return; // text dropped into the field stays text
  event.preventDefault();
  delete drop.dataset["over"];
  if (data?.files.length) void readFiles([...data.files]);
  else if (words.trim()) void judge(fromText(words, linksOf(data?.getData("text/html") ?? "")));
  else say(t("mailPageNotMail"));
});

byId("again", HTMLButtonElement).addEventListener("click", () => {
  result.hidden = true;
  say("");
  text.value = "";
  links = [];
  byId("choose", HTMLElement).focus();
  scrollTo(0, 0);
});
document.body.dataset["ready"] = "true";
