/** The sealed bundle of an earlier report, read on this page: what it holds becomes annexes of the letter. */
import { longDay } from "./facts.js";

/** @typedef {{name: string, sha256: string, note: string}} Annex */
/** @typedef {{path: string, sha256: string, taken_at: string}} Entry */

const MANIFEST = "manifest.json";
/** They vouch for the others and stand in no manifest. */
const VOUCHERS = [MANIFEST, "signature.json", "timestamp.tsr"];
const LOCAL = 0x04034b50;
const HEADER = 30;

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The files of an archive as Guetteur writes it: one after the other, stored as they are.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Map<string, Uint8Array<ArrayBuffer>> | null} null: no bundle
 */
export function filesIn(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map();
  let at = 0;
  while (at + HEADER <= bytes.length && view.getUint32(at, true) === LOCAL) {
    const [flags, method] = [view.getUint16(at + 6, true), view.getUint16(at + 8, true)];
    const size = view.getUint32(at + 18, true);
    const begin = at + HEADER + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    if (flags !== 0 || method !== 0 || begin + size > bytes.length) return null;
    const name = new TextDecoder().decode(bytes.subarray(at + HEADER, at + HEADER + view.getUint16(at + 26, true)));
    files.set(name, bytes.subarray(begin, begin + size));
    at = begin + size;
  }
  return files.has(MANIFEST) ? files : null;
}

/**
 * Annexes in French, since the court reads them. Every hash is of the bytes that are there; the signature is not looked
 * at here (`guetteur report verify` does).
 * @param {string} name of the file
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Annex[] | "altered" | null>} the bundle, then each file in it; null: no bundle
 */
export async function bundleAnnexes(name, bytes) {
  const files = filesIn(bytes);
  if (files === null) return null;
  try {
    const manifest = JSON.parse(new TextDecoder().decode(files.get(MANIFEST)));
    /** @type {Entry[]} */
    const entries = manifest.files;
    const held = [...files.keys()].filter((path) => !VOUCHERS.includes(path));
    if (held.length !== entries.length) return "altered";
    for (const { path, sha256: told } of entries) {
      const data = files.get(path);
      if (data === undefined || (await sha256(data)) !== told) return "altered";
    }
    const sealed = `Dossier scellé le ${moment(manifest.created_at)}, signalement ${manifest.case_id}`;
    return [
      { name, sha256: await sha256(bytes), note: sealed },
      ...entries.map((one) => ({
        name: one.path,
        sha256: one.sha256,
        note: `Dans ce dossier, recueilli le ${moment(one.taken_at)}`,
      })),
    ];
  } catch {
    return "altered"; // its manifest is none
  }
}

/** @param {string} at ISO moment in UTC */
const moment = (at) => `${longDay(at.slice(0, 10), "fr")} à ${at.slice(11, 16)} UTC`;
