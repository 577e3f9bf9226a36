/** The raw message, where a webmail's adapter can have it: its beginning to judge it by, the whole as evidence. */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  if (scope.guetteurMailRaw) return;

  const BEGINNING_MS = 4_000;
  const WHOLE_MS = 8_000;

  /** @typedef {import("../shared/wire.d.ts").MailAdapter} MailAdapter */

  /**
   * @param {MailAdapter} adapter
   * @param {Element} root
   * @param {number} ms
   * @param {number} [most] bytes
   * @returns {Promise<ArrayBuffer | null>} never rejects
   */
  function read(adapter, root, ms, most) {
    const late = new Promise((resolve) => setTimeout(() => resolve(null), ms));
    const reading = Promise.resolve()
      .then(() => adapter.raw?.(root, most) ?? null)
      .catch(() => null);
    return /** @type {Promise<ArrayBuffer | null>} */ (Promise.race([reading, late]));
  }

  /**
   * @param {MailAdapter} adapter
   * @param {Element} root
   */
  const beginning = (adapter, root) => read(adapter, root, BEGINNING_MS);

  /**
   * @param {MailAdapter} adapter
   * @param {Element} root
   * @param {ArrayBuffer | null} start its beginning, as it was read to judge it
   * @returns {Promise<{raw?: string, truncated?: boolean}>} base64
   */
  async function whole(adapter, root, start) {
    const { MOST_RAW, MOST_WHOLE, encode } = scope.guetteurMailSize;
    if (start === null) return {};
    if (start.byteLength <= MOST_RAW) return encode(start);
    const bytes = await read(adapter, root, WHOLE_MS, MOST_WHOLE + 1);
    return bytes ? encode(bytes, MOST_WHOLE) : { ...encode(start, start.byteLength), truncated: true };
  }

  scope.guetteurMailRaw = { beginning, whole };
})();
