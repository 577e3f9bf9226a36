/** Keeps what is asked about a mail within one message to the relay (1 MiB at most), and says when it has changed. */
(() => {
  "use strict";

  /** @type {any} */
  const scope = globalThis;
  if (scope.guetteurMailSize) return;

  /** @typedef {import("../shared/wire.d.ts").MailSeen} MailSeen */

  const MOST_RAW = 480 * 1024; // 640 KiB in base64
  const MOST_WHOLE = 16 * 1024 * 1024; // of a message as evidence, which goes in pieces
  const MOST_SHOWN = 320 * 1024;
  const SHORT_TEXT = 16_000;
  const CHUNK = 0x8000;

  /** @param {MailSeen} seen */
  const sizeOf = (seen) => new TextEncoder().encode(JSON.stringify(seen)).length;

  /**
   * Cuts the text, then drops links from the end: only a message made to be large has so much of either.
   * @param {MailSeen} seen within the daemon's limits for each part
   * @returns {MailSeen}
   */
  function fit(seen) {
    if (sizeOf(seen) <= MOST_SHOWN) return seen;
    const text = seen.text.slice(0, SHORT_TEXT).replace(/\p{Surrogate}/gu, "");
    let { links } = seen;
    while (links.length > 0 && sizeOf({ ...seen, text, links }) > MOST_SHOWN) links = links.slice(0, links.length >> 1);
    return { ...seen, text, links };
  }

  /**
   * @param {ArrayBuffer} bytes
   * @param {number} [most]
   * @returns {{raw: string, truncated: boolean}} base64
   */
  function encode(bytes, most = MOST_RAW) {
    const part = new Uint8Array(bytes, 0, Math.min(bytes.byteLength, most));
    let binary = "";
    for (let start = 0; start < part.length; start += CHUNK) {
      binary += String.fromCharCode(...part.subarray(start, start + CHUNK));
    }
    return { raw: btoa(binary), truncated: bytes.byteLength > most };
  }

  /**
   * Cheap to know, and other than before when a message was not complete or shows more now.
   * @param {(Element | Document)[]} bodies
   */
  function shapeOf(bodies) {
    const parts = bodies.map((body) => {
      const element = /** @type {Element | null} */ ("documentElement" in body ? body.documentElement : body);
      return `${body.querySelectorAll("a[href], area[href]").length}:${element?.textContent?.length ?? 0}`;
    });
    return parts.join();
  }

  scope.guetteurMailSize = { MOST_RAW, MOST_WHOLE, fit, encode, shapeOf };
})();
