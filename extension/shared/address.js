/** Addresses, as the browser's own parser reads them. */

/**
 * The http(s) address whose site answers for what is shown, or null when there is none to check.
 * A blob: page belongs to the site that made it.
 * @param {string | undefined} address
 * @returns {URL | null}
 */
export function checkable(address) {
  if (!address) return null;
  try {
    const url = new URL(address.startsWith("blob:") ? new URL(address).origin : address);
    if (url.protocol !== "http:" && url.protocol !== "https:") return null;
    url.hash = "";
    return url;
  } catch {
    return null;
  }
}

/**
 * Host without the closing dot: `evil.com.` opens the same site as `evil.com`.
 * @param {URL} url
 */
export const hostOf = (url) => url.hostname.replace(/\.$/, "");

/**
 * `www.a.fr` and `a.fr` are one site to everybody; the daemon keeps exceptions the same way.
 * @param {string} host
 */
export const withoutWww = (host) => host.replace(/^www\.(?=.*\.)/, "");

/**
 * Splits a host for display: what comes before the name that was bought, and that name.
 * @param {string} host
 * @param {string} registrable
 * @returns {[string, string]}
 */
export function splitHost(host, registrable) {
  if (registrable && (host === registrable || host.endsWith("." + registrable))) {
    return [host.slice(0, host.length - registrable.length), registrable];
  }
  return ["", host];
}
