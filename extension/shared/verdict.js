/** Reads what the daemon sent into known types; whatever does not fit is refused, not guessed. */

/** @typedef {import("./wire.d.ts").Verdict} Verdict */

export const LEVELS = ["DANGER", "CAUTION", "UNKNOWN", "NO_KNOWN_RISK", "OFFICIAL"];

/**
 * @param {unknown} value
 * @returns {string}
 */
export const text = (value) => (typeof value === "string" ? value : "");

/**
 * Only a web address may become a button: never javascript:, data: or file:.
 * @param {unknown} value
 * @returns {string | null}
 */
export function webAddress(value) {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  return ["http:", "https:"].includes(new URL(value).protocol) ? value : null;
}

/**
 * @param {any} raw
 * @returns {import("./wire.d.ts").Body | null}
 */
export function readBody(raw) {
  if (raw === null || typeof raw !== "object" || typeof raw.name !== "string") return null;
  const home = webAddress(raw.home);
  const phones = Array.isArray(raw.phones) ? raw.phones : [];
  return {
    id: text(raw.id),
    name: raw.name,
    home,
    // Taken from the address the button opens, so that the two can never differ.
    home_host: home === null ? null : new URL(home).hostname,
    advice: text(raw.advice),
    phones: phones.map((/** @type {any} */ phone) => ({
      number: text(phone?.number),
      label: text(phone?.label),
      hours: text(phone?.hours),
    })),
  };
}

/**
 * @param {unknown} raw
 * @returns {import("./wire.d.ts").Reason[]}
 */
export function readReasons(raw) {
  const reasons = Array.isArray(raw) ? raw : [];
  return reasons.map((reason) => ({ code: text(reason?.code), text: text(reason?.text) }));
}

/**
 * @param {any} raw
 * @returns {Verdict | null}
 */
export function readVerdict(raw) {
  if (raw === null || typeof raw !== "object" || !LEVELS.includes(raw.level)) return null;
  return {
    level: raw.level,
    url: text(raw.url),
    host: text(raw.host),
    registrable_domain: text(raw.registrable_domain),
    body: readBody(raw.body),
    summary: text(raw.summary),
    reasons: readReasons(raw.reasons),
    list_version: typeof raw.list_version === "string" ? raw.list_version : null,
    doubted: raw.doubted === true,
    age_would_help: raw.age_would_help === true,
    excepted: raw.excepted === true,
    exceptable: raw.exceptable === true,
  };
}

/**
 * The one that says more against the site; the first of two that say the same.
 * @param {Verdict} one
 * @param {Verdict} other
 */
export function graver(one, other) {
  const rank = (/** @type {Verdict} */ { level }) => (level === "DANGER" ? 2 : level === "CAUTION" ? 1 : 0);
  return rank(other) > rank(one) ? other : one;
}

/**
 * @param {unknown} raw
 * @returns {import("./wire.d.ts").Exceptions | null}
 */
export function readExceptions(raw) {
  const { exceptions, kept } = /** @type {any} */ (raw ?? {});
  if (!Array.isArray(exceptions)) return null;
  return {
    exceptions: exceptions.map((/** @type {any} */ one) => ({ host: text(one?.host), added_at: text(one?.added_at) })),
    kept: kept === true,
  };
}

/**
 * True when lists alone speak against the site: it may imitate nobody.
 * @param {Verdict | null} verdict
 */
export function merelyListed(verdict) {
  return (
    verdict === null || (verdict.body === null && verdict.reasons.some((reason) => reason.code.startsWith("listed")))
  );
}
