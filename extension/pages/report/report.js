/** Stands in for the report page to come: keeps the address at hand. */
import { language, localise } from "../../shared/i18n.js";
import { byId } from "../../shared/page.js";

const t = localise(document, await language());
document.title = t("reportTitle");
const address = decodeURIComponent(location.hash.slice(1));
byId("address", HTMLElement).textContent = address;
byId("copy", HTMLButtonElement).addEventListener("click", async () => {
  await navigator.clipboard.writeText(address);
  byId("copied", HTMLElement).textContent = t("reportCopied");
});
