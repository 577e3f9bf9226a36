/** Our pages in the fake document: the elements that their scripts name, and an answering background. */
import { readFileSync } from "node:fs";
import { strict } from "./fakes.mjs";
import { body, document, window } from "./fakedom.mjs";

class HTMLInputElement extends HTMLElement {}
class HTMLButtonElement extends HTMLElement {}
class HTMLFormElement extends HTMLElement {}
Object.assign(globalThis, {
  HTMLInputElement,
  HTMLButtonElement,
  HTMLFormElement,
});
const TYPES = {
  input: HTMLInputElement,
  button: HTMLButtonElement,
  form: HTMLFormElement,
};
const FOCUSABLE = ["a", "button", "input", "select", "summary"];
document.body = body;
document.documentElement = new HTMLElement("html");
document.querySelectorAll = (selector) =>
  selector.startsWith("[") ? [] : body.querySelectorAll(selector);
HTMLElement.prototype.scrollIntoView = () => undefined;
window.scrollTo = () => undefined;
window.location = globalThis.location = { hash: "" };

/** What the background answers, by type of message. @type {Record<string, any>} */
export const answers = {};
export const asked = [];
let granted = false;
globalThis.chrome = strict("chrome", {
  i18n: { getUILanguage: () => "fr" },
  runtime: {
    getURL: (path) => `moz-extension://x/${path}`,
    sendMessage: async (message) => {
      asked.push(message);
      return answers[message.type];
    },
  },
  storage: { local: { get: async (first) => first } },
  permissions: {
    contains: async () => granted,
    request: async () => (granted = true),
  },
  extension: { isAllowedIncognitoAccess: async () => false },
});

/**
 * Lays the named elements of a page side by side in the document.
 * @param {string} page its path in extension/pages
 */
export function lay(page) {
  const file = new URL(`../../../extension/pages/${page}`, import.meta.url);
  const html = readFileSync(file, "utf8");
  body.replaceChildren();
  for (const [whole, tag] of html.matchAll(
    /<(\w+)\b[^>]*\bid="[^"]+"[^>]*>/g,
  )) {
    const one = new (TYPES[tag] ?? HTMLElement)(tag);
    one.hidden = / hidden[ >]/.test(whole);
    one.id = /\bid="([^"]+)"/.exec(whole)[1];
    // As browsers do: a title without tabindex takes no focus.
    if (!FOCUSABLE.includes(tag) && !whole.includes("tabindex"))
      one.focus = () => undefined;
    body.append(one);
  }
}

export const byId = (id) => document.getElementById(id);
export const focused = () => document.activeElement.id;
export const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Presses a button as a person does, who has the focus on it. */
export async function press(one) {
  one.focus();
  one.dispatchEvent(new Event("click"));
  await settle();
}

/** The button in a part of the page. */
export const buttonIn = (id) => byId(id).querySelector("button");
