/**
 * The texts of both languages. build.mjs writes them out in place of these imports: a Chromium service worker that
 * imports JSON starts once and, after its first nap, never again (seen in 156).
 */
import en from "../_locales/en/messages.json" with { type: "json" };
import fr from "../_locales/fr/messages.json" with { type: "json" };

export { en, fr };
