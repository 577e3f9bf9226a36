/** Which screen follows which. Nothing here touches the page, and nothing is kept anywhere else. */

/** @typedef {import("./data.d.ts").Guide} Guide */
/** @typedef {import("./data.d.ts").Use} Use */
/** @typedef {{situation: string, answers: Record<string, string | string[]>, earlier: boolean, done: Set<string>}} Story */
/** @typedef {"start" | "end" | `question:${string}` | `act:${string}`} Step */

/**
 * @param {boolean} [earlier] the person has met a scam before
 * @returns {Story}
 */
export const newStory = (earlier = false) => ({ situation: "", answers: {}, earlier, done: new Set() });

/**
 * What the address of the page says: `#recovery`, `#recovery,earlier`.
 * @param {string} hash
 * @param {Guide} guide
 * @returns {Story}
 */
export function readHash(hash, guide) {
  const words = hash.replace(/^#/, "").split(",");
  const story = newStory(words.includes("earlier"));
  story.situation = words.find((word) => Object.hasOwn(guide.situations, word)) ?? "";
  return story;
}

/**
 * @param {Guide} guide
 * @param {Story} story
 */
export function situationOf(guide, story) {
  return guide.situations[story.situation] ?? null;
}

/**
 * The answers of questions that are still asked: a person who goes back and answers otherwise is not held to the rest.
 * @param {Guide} guide
 * @param {Story} story
 * @returns {Set<string>} as "question:answer"
 */
export function given(guide, story) {
  /** @type {Set<string>} */
  const found = new Set(story.earlier ? ["earlier:yes"] : []);
  for (const use of situationOf(guide, story)?.questions ?? []) {
    if (!holds(use, found)) continue;
    for (const one of [story.answers[use.id] ?? []].flat()) found.add(`${use.id}:${one}`);
  }
  return found;
}

/**
 * @param {Use} use
 * @param {Set<string>} answers
 */
export function holds(use, answers) {
  return (use.if ?? []).every((any) => any.some((one) => answers.has(one)));
}

/**
 * @param {Guide} guide
 * @param {Story} story
 * @param {"questions" | "acts" | "contacts" | "pieces"} part
 * @returns {string[]} ids, in order
 */
export function chosen(guide, story, part) {
  const answers = given(guide, story);
  return (situationOf(guide, story)?.[part] ?? []).filter((use) => holds(use, answers)).map(({ id }) => id);
}

/**
 * @param {Guide} guide
 * @param {Story} story
 * @returns {Step[]}
 */
export function steps(guide, story) {
  if (!situationOf(guide, story)) return ["start"];
  const asked = chosen(guide, story, "questions").filter((id) => id !== "before" || !story.earlier);
  return [
    "start",
    ...asked.map((id) => /** @type {const} */ (`question:${id}`)),
    ...chosen(guide, story, "acts").map((id) => /** @type {const} */ (`act:${id}`)),
    "end",
  ];
}

/**
 * Whether the person is to be warned as somebody who was robbed before.
 * @param {Guide} guide
 * @param {Story} story
 */
export function strict(guide, story) {
  const situation = situationOf(guide, story);
  return situation?.strict !== undefined && (story.earlier || given(guide, story).has("before:yes"));
}

/**
 * Begins again. Who has told of a scam here has had one.
 * @param {Story} story
 */
export const again = (story) => newStory(story.earlier || story.situation !== "");
