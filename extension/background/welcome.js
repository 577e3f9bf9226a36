/** The page a person sees first, once: what Guetteur does, what it needs, what to do when it warns. */
import { api } from "../shared/browser.js";

const WELCOME_PAGE = "pages/welcome/welcome.html";

/** @param {string} reason why the browser says that something was installed: this extension, a newer one, the browser itself */
export async function welcome(reason) {
  // The private half of a split Chromium starts, too.
  if (reason !== "install" || api.extension.inIncognitoContext) return;
  await api.tabs.create({ url: api.runtime.getURL(WELCOME_PAGE) });
}
