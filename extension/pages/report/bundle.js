/** The sealed original, fetched piece by piece and saved as a file. */
import { ask, box, make } from "../../shared/page.js";
import { button, foreign, line } from "./elements.js";

/** @typedef {import("../../shared/wire-report.d.ts").BundlePiece} BundlePiece */
/** @typedef {import("../../shared/wire-report.d.ts").CaseReply} CaseReply */
/** @typedef {import("./place.d.ts").Kept} Kept */

/**
 * @param {(offset: number) => Promise<BundlePiece | null>} read
 * @returns {Promise<{name: string, data: Uint8Array<ArrayBuffer>} | null>} null: it could not be read whole
 */
export async function gather(read) {
  const first = await read(0);
  if (first === null) return null;
  const data = new Uint8Array(first.bytes);
  let end = 0;
  for (let piece = /** @type {BundlePiece | null} */ (first); piece !== null;) {
    const part = Uint8Array.from(atob(piece.data), (char) => char.charCodeAt(0));
    if (piece.bytes !== data.length || end + part.length > data.length) return null; // another file meanwhile
    data.set(part, end);
    end += part.length;
    if (piece.next === null) return end === data.length ? { name: first.name, data } : null;
    if (piece.next !== end || part.length === 0) return null;
    piece = await read(end);
  }
  return null;
}

/**
 * @param {CaseReply} one
 * @param {Kept} place
 */
export function bundlePart({ case: id, bundle }, { t, level }) {
  const status = make("p", "", "status");
  status.setAttribute("role", "status");
  const again = make("p", "");
  const save = button(`bundle-${id}`, t("reportBundleSave"), async () => {
    status.textContent = t("reportBundleReading");
    const file = await gather(async (offset) => {
      const answer = await ask("report.bundle", { case: id, offset });
      return answer?.ok === true ? answer.body : null;
    });
    status.textContent = t(file === null ? "reportBundleFailed" : "reportBundleSaved");
    if (file === null) return;
    const link = make("a", t("reportBundleAgain"));
    link.href = URL.createObjectURL(new Blob([file.data], { type: "application/octet-stream" }));
    link.download = file.name;
    again.replaceChildren(link);
    link.click();
  });
  save.dataset["act"] = "bundle";
  const where = box("", make("p", t("reportBundleWhere"), "soft"), foreign(bundle ?? "", "address"));
  return box("bundle", make(level, t("reportBundle")), line(t("reportBundleWhy")), save, status, again, where);
}
