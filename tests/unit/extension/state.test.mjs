import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionState } from "../../../extension/background/state.js";
import { fakeArea } from "./fakes.mjs";

test("what one worker stored, the next one knows", async () => {
  const area = fakeArea();
  const first = new SessionState(area);
  await first.ready;
  await first.patch(7, { url: "http://a.test/", level: "CAUTION" });
  await first.allow(7, "evil.test");
  await first.setPaused("paused.test", true);
  await first.setMailHost("mail.test", { on: true, webmail: "sogo" });

  const second = new SessionState(area);
  assert.deepEqual(second.tab(7), {});
  await second.ready;
  assert.deepEqual(second.tab(7), { url: "http://a.test/", level: "CAUTION" });
  assert.ok(second.isAllowed(7, "evil.test"));
  assert.ok(second.paused.has("paused.test"));
  assert.deepEqual(second.mailHosts.get("mail.test"), {
    on: true,
    webmail: "sogo",
  });
});

test("what happened before rehydration ended is not overwritten by it", async () => {
  const state = new SessionState(
    fakeArea({
      "tab:1": { url: "http://old.test/", good: "http://good.test/" },
    }),
  );
  await state.patch(1, { url: "http://new.test/" });
  await state.ready;
  assert.deepEqual(state.tab(1), {
    url: "http://new.test/",
    good: "http://good.test/",
  });
});

test("undefined removes", async () => {
  const state = new SessionState(fakeArea());
  await state.patch(1, { url: "http://a.test/", degraded: "timeout" });
  await state.patch(1, { degraded: undefined });
  assert.deepEqual(state.tab(1), { url: "http://a.test/" });
});

test("an allowance is for one tab and one exact host, and ends with the tab", async () => {
  const state = new SessionState(fakeArea());
  const one = await state.allow(1, "evil.test");
  const two = await state.allow(2, "evil.test");
  assert.notEqual(one.ruleId, two.ruleId);
  assert.ok(!state.isAllowed(3, "evil.test"));
  assert.ok(!state.isAllowed(1, "www.evil.test"));
  assert.deepEqual(await state.drop(1), [one.ruleId]);
  assert.ok(!state.isAllowed(1, "evil.test"));
  assert.ok(state.isAllowed(2, "evil.test"));
});

test("storage that is full or broken costs the next worker its memory, and nobody a warning", async () => {
  const refuse = async () => {
    throw new Error("Session storage quota bytes exceeded");
  };
  const state = new SessionState({ get: refuse, set: refuse, remove: refuse });
  await state.ready;
  await state.patch(7, { level: "DANGER" });
  await state.allow(7, "evil.test");
  await state.setPaused("paused.test", true);
  await state.setMailHost("mail.test", { on: true, webmail: "sogo" });
  state.setTrail(7, {});
  await state.keepTrail(7);
  const draft = { begin: { what: "mail" }, partial: false, private: false };
  await state.keepReport("a", { ...draft, page: 9 });
  assert.equal(state.tab(7).level, "DANGER");
  assert.ok(state.isAllowed(7, "evil.test"));
  assert.ok(state.paused.has("paused.test"));
  assert.equal(state.mailHosts.get("mail.test")?.on, true);
  assert.equal(state.report("a")?.page, 9);
  await state.keepReport("a", undefined);
  assert.equal((await state.drop(7)).length, 1);
  assert.deepEqual([state.report("a"), state.tab(7)], [undefined, {}]);
});
