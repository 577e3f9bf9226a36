/** What to do when the daemon does not answer. */
import { language, localise } from "../../shared/i18n.js";

const t = localise(document, await language());
document.title = t("helpTitle");
