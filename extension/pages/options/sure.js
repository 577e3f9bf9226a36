/** A question before what cannot be undone. */
import { box, button, make } from "../../shared/page.js";

/**
 * @param {{yes: string, no: string}} words
 * @param {() => unknown} run
 * @param {() => void} [back] when the answer was no; the focus has to go somewhere
 * @returns {{root: HTMLElement, ask: (question: string) => void, close: () => void}}
 */
export function sure({ yes, no }, run, back = () => {}) {
  const question = make("p", "");
  question.tabIndex = -1;
  const close = () => {
    root.hidden = true;
  };
  const confirm = button(
    yes,
    async () => {
      await run();
      close();
    },
    "button quiet",
  );
  const cancel = button(no, () => {
    close();
    back();
  });
  const root = box("sure", question, box("row", cancel, confirm));
  root.hidden = true;
  const ask = (/** @type {string} */ text) => {
    question.textContent = text;
    root.hidden = false;
    question.focus({ preventScroll: true });
    root.scrollIntoView({ block: "nearest" }); // the answers, too, and not the question alone
  };
  return { root, ask, close };
}
