import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeArea, strict } from "./fakes.mjs";

const PRIVATE = 2;
const tabs = new Map();
globalThis.chrome = strict("chrome", {
  tabs: strict("tabs", {
    get: async (tabId) => {
      if (!tabs.has(tabId)) throw new Error("No tab");
      return tabs.get(tabId);
    },
  }),
});

const { Checker } = await import("../../../extension/background/checker.js");
const { exceptions } =
  await import("../../../extension/background/exceptions.js");
const { Followup } = await import("../../../extension/background/followup.js");
const { Permits } = await import("../../../extension/background/permits.js");
const { SessionState } = await import("../../../extension/background/state.js");
const { withoutWww } = await import("../../../extension/shared/address.js");
const { readVerdict } = await import("../../../extension/shared/verdict.js");

const verdict = (level, more = {}) => readVerdict({ level, ...more });

/** A followup with its surroundings; `answer` is what the registry leads to. */
function following({ answer = "CAUTION", allowed = true } = {}) {
  const said = [];
  const checker = strict("checker", {
    noteVisit: async (url) => void said.push(["visit", url]),
    checkAge: async (url) => {
      said.push(["age", url]);
      return answer === null
        ? { degraded: "timeout" }
        : { verdict: verdict(answer) };
    },
  });
  const settle = async (tabId, url, outcome) =>
    void said.push(["settle", url, outcome.verdict.level]);
  const followup = new Followup({
    checker,
    mayAskAge: async () => allowed,
    settle,
  });
  return { followup, said };
}

const URL_ = new URL("http://a.test/x");
const OPEN = { doubted: true, age_would_help: true };
tabs.set(1, { id: 1, incognito: false });
tabs.set(2, { id: 2, incognito: true });

test("an ordinary page is told of to nobody", async () => {
  const { followup, said } = following();
  await followup.passed(1, URL_, verdict("NO_KNOWN_RISK"));
  assert.deepEqual(said, []);
});

test("a private window tells and asks nothing", async () => {
  const { followup, said } = following();
  await followup.passed(2, URL_, verdict("NO_KNOWN_RISK", OPEN));
  await followup.passed(3, URL_, verdict("NO_KNOWN_RISK", OPEN)); // closed meanwhile
  assert.deepEqual(said, []);
});

test("the age is asked only where the person allowed it and it helps", async () => {
  const forbidden = following({ allowed: false });
  await forbidden.followup.passed(1, URL_, verdict("NO_KNOWN_RISK", OPEN));
  assert.deepEqual(forbidden.said, [["visit", URL_.href]]);
  const useless = following();
  await useless.followup.passed(
    1,
    URL_,
    verdict("NO_KNOWN_RISK", { doubted: true }),
  );
  assert.deepEqual(useless.said, [["visit", URL_.href]]);
});

test("a graver answer is shown, and the visit is no habit", async () => {
  const { followup, said } = following();
  await followup.passed(1, URL_, verdict("NO_KNOWN_RISK", OPEN));
  assert.deepEqual(said, [
    ["age", URL_.href],
    ["settle", URL_.href, "CAUTION"],
  ]);
});

test("an answer that says no more, or none, changes nothing", async () => {
  for (const answer of ["CAUTION", "NO_KNOWN_RISK", null]) {
    const { followup, said } = following({ answer });
    await followup.passed(1, URL_, verdict("CAUTION", OPEN));
    assert.deepEqual(said, [
      ["age", URL_.href],
      ["visit", URL_.href],
    ]);
  }
});

test("one page is one visit, however many listeners see it", async () => {
  const { followup, said } = following({ allowed: false });
  const quiet = verdict("NO_KNOWN_RISK", OPEN);
  await followup.passed(1, URL_, quiet);
  await followup.passed(1, URL_, quiet);
  await followup.passed(1, new URL("http://b.test/"), quiet);
  await followup.passed(1, URL_, quiet);
  assert.deepEqual(
    said.map(([, url]) => url),
    [URL_.href, "http://b.test/", URL_.href],
  );
});

test("two registries at once", async () => {
  let busy = 0;
  let most = 0;
  const checker = strict("checker", {
    noteVisit: async () => undefined,
    checkAge: async () => {
      most = Math.max(most, ++busy);
      await new Promise((done) => setTimeout(done, 5));
      busy--;
      return { degraded: "timeout" };
    },
  });
  const followup = new Followup({
    checker,
    mayAskAge: async () => true,
    settle: async () => undefined,
  });
  await Promise.all(
    Array.from({ length: 7 }, (_, number) =>
      followup.passed(
        1,
        new URL(`http://${number}.test/`),
        verdict("NO_KNOWN_RISK", OPEN),
      ),
    ),
  );
  assert.equal(most, 2);
});

test("two tabs of one page share one question, and its answer is the page's from then on", async () => {
  const asked = [];
  const daemon = {
    async request(path, body) {
      asked.push([path, body.visit]);
      return { ok: true, body: { level: "CAUTION" } };
    },
  };
  const checker = new Checker(
    daemon,
    async () => "fr",
    () => 0,
  );
  await Promise.all([checker.checkAge("u"), checker.checkAge("u")]);
  assert.equal((await checker.check("u")).verdict.level, "CAUTION");
  await checker.noteVisit("u");
  assert.deepEqual(asked, [
    ["/v1/check/age", undefined],
    ["/v1/check/url", true],
  ]);
});

test("a site one knows is let through on guesses, not when a list names it", async () => {
  const permits = new Permits(new SessionState(fakeArea()));
  await permits.pausePrivately("www.a.test", true);
  const guess = verdict("DANGER", { exceptable: true });
  assert.ok(await permits.allows(PRIVATE, "a.test", guess));
  assert.ok(await permits.allows(PRIVATE, "www.a.test", guess));
  assert.ok(!(await permits.allows(PRIVATE, "x.a.test", guess)));
  assert.ok(!(await permits.allows(PRIVATE, "a.test", verdict("DANGER"))));
  assert.ok(!(await permits.allows(PRIVATE, "a.test")));
  await permits.pausePrivately("a.test", false);
  assert.ok(!(await permits.allows(PRIVATE, "a.test", guess)));
});

test("what was said in a private window is nothing to the others", async () => {
  const permits = new Permits(new SessionState(fakeArea()));
  await permits.pausePrivately("a.test", true);
  const guess = verdict("DANGER", { exceptable: true });
  assert.ok(!(await permits.allows(1, "a.test", guess)));
  assert.ok(!(await permits.allows(3, "a.test", guess))); // closed meanwhile
  assert.ok(!(await permits.isPausedIn(1, "a.test")));
  assert.ok(await permits.isPausedIn(PRIVATE, "a.test"));
});

test("www. is no part of a site's name, unless it is all of it", () => {
  assert.equal(withoutWww("www.a.test"), "a.test");
  assert.equal(withoutWww("a.test"), "a.test");
  assert.equal(withoutWww("www.test"), "www.test");
  assert.equal(withoutWww("www2.a.test"), "www2.a.test");
});

test("exceptions are read, or there are none to speak of", async () => {
  const answering = (reply) => ({ request: async () => reply });
  const body = {
    exceptions: [{ host: "a.test", added_at: "2026-11-24T12:00:00Z", x: 1 }],
    kept: true,
  };
  assert.deepEqual(await exceptions(answering({ ok: true, body }), "list"), {
    exceptions: [{ host: "a.test", added_at: "2026-11-24T12:00:00Z" }],
    kept: true,
  });
  assert.equal(
    await exceptions(answering({ ok: false, error: {} }), "list"),
    null,
  );
  assert.equal(
    await exceptions(answering({ ok: true, body: 3 }), "list"),
    null,
  );
});
