/**
 * Decides who may ask what. Our pages and our content scripts share one channel with whatever managed to reach it, so
 * every message names a type, every type names its senders, and everything else is met with silence.
 */

/** @typedef {"content" | "frame" | string} From a content script in a tab's page or in a frame of it, or one of our pages */
/** @typedef {{message: any, sender: chrome.runtime.MessageSender, tabId: number}} Call */
/** @typedef {{from: From[], run: (call: Call) => unknown}} Route */

/**
 * @param {chrome.runtime.MessageSender} sender
 * @param {{id: string, base: string, content?: RegExp}} self our id, the address our pages start with, and the addresses
 *   of documents our content scripts stand in: the web's, where nothing else is said
 * @returns {From | null} null: nobody we answer
 */
export function senderKind(sender, self) {
  if (sender.id !== self.id || typeof sender.url !== "string") return null;
  const framed = sender.tab !== undefined && sender.frameId !== 0;
  if (sender.url.startsWith(self.base)) {
    // A page of ours inside somebody's frame is not speaking for itself.
    return framed ? null : new URL(sender.url).pathname.slice(1);
  }
  if (sender.tab?.id === undefined || !(self.content ?? /^https?:/).test(sender.url)) return null;
  return framed ? "frame" : "content";
}

/**
 * @param {Parameters<typeof senderKind>[1]} self
 * @param {Record<string, Route>} routes
 * @param {Promise<unknown>} ready what a worker that was just woken must know before any of them runs
 * @returns {(message: any, sender: chrome.runtime.MessageSender, reply: (answer: unknown) => void) => boolean}
 */
export function makeRouter(self, routes, ready) {
  return (message, sender, reply) => {
    const type = message?.type;
    const route = typeof type === "string" && Object.hasOwn(routes, type) ? routes[type] : undefined;
    const kind = senderKind(sender, self);
    if (route === undefined || kind === null || !route.from.includes(kind)) return false;
    ready
      .then(() => route.run({ message, sender, tabId: sender.tab?.id ?? -1 }))
      .then(
        (answer) => reply(answer ?? null),
        () => reply(null),
      );
    return true;
  };
}
