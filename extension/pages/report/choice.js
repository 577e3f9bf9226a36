/** Who can be sent to, who waits for what, and what the one button does. */

/** @typedef {import("../../shared/wire-report.d.ts").Recipient} Recipient */

/**
 * @typedef {object} Sorted
 * @property {Recipient[]} ready can be sent to now
 * @property {Recipient[]} waiting wait for the person's e-mail address alone
 * @property {Recipient[]} lacking wait for more than that
 * @property {Recipient[]} forms are for the person to send
 */

/**
 * @param {Recipient[]} recipients
 * @returns {Sorted}
 */
export function sorted(recipients) {
  const forms = recipients.filter(({ kind }) => kind === "form");
  const sent = recipients.filter(({ kind }) => kind !== "form");
  const ready = sent.filter(({ needs }) => needs.length === 0);
  const waiting = sent.filter(({ needs }) => needs.length > 0 && needs.every(({ id }) => id === "email"));
  const lacking = sent.filter((one) => !ready.includes(one) && !waiting.includes(one));
  return { ready, waiting, lacking, forms };
}

/**
 * Who gets it unless the person says otherwise: whoever has it already does not, unless they all have.
 * @param {Recipient} one
 * @param {Recipient[]} ready
 */
const chosenAtFirst = (one, ready) => one.earlier === null || ready.every(({ earlier }) => earlier !== null);

/**
 * @param {Recipient[]} ready
 * @param {ReadonlyMap<string, boolean>} said what the person ticked or cleared
 */
export const chosen = (ready, said) => ready.filter((one) => said.get(one.id) ?? chosenAtFirst(one, ready));

/**
 * Whether the person said of no condition of a form that it does not hold.
 * @param {string} key of the form
 * @param {number} questions how many it has
 * @param {ReadonlyMap<string, boolean>} answers by key and number
 */
export const fits = (key, questions, answers) =>
  Array.from({ length: questions }, (_, at) => answers.get(`${key}-${at}`)).every((answer) => answer !== false);

/** @param {Recipient[]} sentTo */
export const isAgain = (sentTo) => sentTo.some(({ earlier }) => earlier !== null);
