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
  await trail.committed(7, PAGE);
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

test("what ends after the answer takes nothing back; another page does", async () => {
  const { trail } = setUp();
  await visit(trail);
  await trail.ended(hop(PAGE));
  assert.equal(trail.of(7, new URL(PAGE)).status, 200);
  const next = "https://next.test/";
  trail.request(hop(next, "2"));
  await trail.ended({ ...answered, statusCode: 500 }); // of the request before
  assert.equal(trail.of(7, new URL(PAGE)).status, 500);
  assert.equal(trail.of(7, new URL(next)).status, undefined);
  await trail.committed(7, next);
  assert.deepEqual(trail.of(7, new URL(PAGE)), {});
  assert.deepEqual(trail.of(7, new URL(next)).redirects, []);
});

test("the page and the answer it came of are told of in either order", async () => {
  const { trail } = setUp();
  trail.request(hop(PAGE));
  await trail.committed(7, PAGE);
  await trail.ended(answered);
  assert.equal(trail.of(7, new URL(PAGE)).address, "203.0.113.9");
});

test("a download, an answer without a page, a click taken back: the page still came the way it came", async () => {
  const file = "https://evil.test/facture.pdf";
  for (const end of [
    { ip: "203.0.113.9", statusCode: 200 },
    { ip: "203.0.113.9", statusCode: 204 },
    {},
  ]) {
    const { trail, area } = setUp();
    await visit(trail);
    const before = trail.of(7, new URL(PAGE));
    trail.request(hop(file, "2"));
    await trail.ended({ ...hop(file, "2"), ...end });
    assert.deepEqual(trail.of(7, new URL(PAGE)), before);
    const next = setUp(area);
    await next.state.ready;
    assert.deepEqual(next.trail.of(7, new URL(PAGE)), before);
  }
});

test("a page that was covered before it stood there is known by its request", async () => {
  const { trail } = setUp();
  await visit(trail);
  trail.request(hop(SHORT, "2"));
  trail.request(hop("https://evil.test/two", "2"));
  await trail.ended(hop("https://evil.test/two", "2"));
  const covered = trail.of(7, new URL("https://evil.test/two"));
  assert.deepEqual([covered.redirects, covered.address], [[SHORT], ""]);
});

test("a page that came from memory came by nothing of what was asked for", async () => {
  const { trail } = setUp();
  await visit(trail);
  await trail.committed(7, "https://evil.test/before");
  await trail.moved(7, "https://evil.test/step2");
  assert.deepEqual(trail.of(7, new URL("https://evil.test/step2")), {});
  assert.deepEqual(trail.of(7, new URL(PAGE)), {});
});

test("what is asked for while the next worker wakes does not hide the page that stands there", async () => {
  const { trail, area } = setUp();
  await visit(trail);
  const next = setUp(area);
  next.trail.request(hop("https://next.test/", "2"));
  await next.state.ready;
  assert.equal(next.trail.of(7, new URL(PAGE)).status, 200);
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
  const { hops } = state.trail(7).coming;
  assert.equal(hops.length, 21);
  assert.ok(hops.every((url) => url.length <= 2_048));
});
