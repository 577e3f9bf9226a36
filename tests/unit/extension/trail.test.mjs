/** How a tab came to its page: redirects in order, address and status, and nothing where the page came another way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionState } from "../../../extension/background/state.js";
import { Trail } from "../../../extension/background/trail.js";
import { fakeArea } from "./fakes.mjs";

const AT = Date.UTC(2026, 10, 29, 12);
const SHORT = "https://short.test/x";
const HOP = "http://hop.test/";
const PAGE = "https://evil.test/login";

function setUp(area = fakeArea()) {
  const state = new SessionState(area);
  return { state, area, trail: new Trail(state, () => AT) };
}

const hop = (url, requestId = "1", tabId = 7) => ({ tabId, requestId, url });
const answered = { ...hop(PAGE), ip: "203.0.113.9", statusCode: 200 };

/** @param {Trail} trail */
async function visit(trail) {
  for (const url of [SHORT, HOP, PAGE]) trail.request(hop(url));
  await trail.ended(answered);
}

test("redirects, address, status and time of the page", async () => {
  const { trail } = setUp();
  await visit(trail);
  assert.deepEqual(trail.of(7, new URL(PAGE)), {
    redirects: [SHORT, HOP],
    address: "203.0.113.9",
    status: 200,
    seen_at: "2026-11-29T12:00:00.000Z",
  });
  assert.deepEqual(trail.of(8, new URL(PAGE)), {});
  assert.deepEqual(trail.of(7, new URL("https://evil.test/other")), {});
});

test("it outlives the worker, and not the tab", async () => {
  const { trail, area } = setUp();
  await visit(trail);
  const next = setUp(area);
  await next.state.ready;
  assert.equal(next.trail.of(7, new URL(PAGE)).address, "203.0.113.9");
  await next.state.drop(7);
  assert.deepEqual(next.trail.of(7, new URL(PAGE)), {});
});

test("a hop that was covered before it was asked for has no address", async () => {
  const { trail } = setUp();
  for (const url of [SHORT, HOP]) trail.request(hop(url));
  await trail.ended(hop(HOP)); // stopped
  assert.deepEqual(trail.of(7, new URL(HOP)).address, "");
  trail.request(hop(PAGE));
  await trail.ended(answered);
  const { redirects, address } = trail.of(7, new URL(HOP));
  assert.deepEqual([redirects, address], [[SHORT], undefined]);
});

test("what ends after the answer takes nothing back; another request does", async () => {
  const { trail } = setUp();
  await visit(trail);
  await trail.ended(hop(PAGE));
  assert.equal(trail.of(7, new URL(PAGE)).status, 200);
  trail.request(hop("https://next.test/", "2"));
  await trail.ended({ ...answered, statusCode: 500 }); // of the request before
  assert.deepEqual(trail.of(7, new URL(PAGE)), {});
  assert.equal(trail.of(7, new URL("https://next.test/")).status, undefined);
});

test("an address the page gave itself came the same way; another site's did not", async () => {
  const { trail } = setUp();
  await visit(trail);
  await trail.moved(7, "https://evil.test/step2#x");
  assert.equal(
    trail.of(7, new URL("https://evil.test/step2")).redirects.length,
    2,
  );
  await trail.moved(7, "https://good.test/");
  assert.deepEqual(trail.of(7, new URL("https://good.test/")), {});
});

test("it stays small", async () => {
  const { trail, state } = setUp();
  for (let n = 0; n < 60; n++)
    trail.request(hop(`https://a.test/${n}?${"x".repeat(20_000)}`));
  trail.request({ ...hop(PAGE), tabId: -1 });
  trail.request(hop("about:blank"));
  await trail.ended(hop(PAGE));
  const { hops } = state.tab(7).trail;
  assert.equal(hops.length, 21);
  assert.ok(hops.every((url) => url.length <= 8_192));
});
