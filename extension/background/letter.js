/** What the guide page may ask: the complaint letter. Nothing else of what is typed there leaves it. */

const GUIDE = ["pages/guide/guide.html"];
const PATIENCE_MS = 10_000;

/**
 * @param {{daemon: Pick<import("../shared/daemon.js").Daemon, "request">}} parts
 * @returns {Record<string, import("./router.js").Route>}
 */
export function letterRoutes({ daemon }) {
  return {
    "letter.write": {
      from: GUIDE,
      run: async ({ message: { answers, annexes } }) => {
        const reply = await daemon.request("/v1/letter", { answers, annexes }, PATIENCE_MS);
        return reply.ok ? reply.body : null;
      },
    },
  };
}
