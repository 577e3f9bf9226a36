import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRouter } from "../../../extension/background/router.js";
import { makeRoutes } from "../../../extension/thunderbird/routes.js";
import { strict } from "./fakes.mjs";

const HEADER = { id: 7, author: "Ameli <x@evil.example>", subject: "Vitale" };

function setUp({
  messages = [HEADER],
  raw = "From: x\n\nBonjour",
  reply = { ok: true, body: { level: "DANGER", summary: "Danger" } },
} = {}) {
  const asked = [];
  const opened = [];
  const reported = [];
  const begun = [];
  const messenger = strict("messenger", {
    messageDisplay: strict("messageDisplay", {
      getDisplayedMessages: async (tabId) => {
        if (tabId !== 3) throw new Error("no mail in this tab");
        return { id: null, messages };
      },
    }),
    messages: strict("messages", {
      getRaw: async (id) => {
        if (raw === null) throw new Error(`Error reading message ${id}`);
        return new File([raw], "message.eml");
      },
    }),
    messengerUtilities: strict("messengerUtilities", {
      parseMailboxString: async () => [
        { name: "Ameli", email: "x@evil.example" },
      ],
    }),
    windows: strict("windows", {
      openDefaultBrowser: async (url) => void opened.push(url),
    }),
  });
  const daemon = strict("daemon", {
    state: { phase: "connected", reason: "" },
    request: async (path, body) => {
      asked.push([path, body]);
      return path === "/v1/status" ? { ok: true, body: {} } : reply;
    },
  });
  const routes = makeRoutes({
    messenger,
    daemon,
    reports: strict("reports", {
      once: async (tabId, begin) => {
        begun.push(tabId);
        await begin();
      },
      open: async (...what) => void reported.push(what),
    }),
    language: async () => "fr",
    translate: async () => (key) => key,
  });
  const run = (type, message, tabId = 3) =>
    routes[type].run({ message, tabId, sender: {} });
  return { run, routes, asked, opened, reported, begun };
}

test("the raw message and what is on screen are asked together", async () => {
  const { run, asked } = setUp();
  const shown = { text: "Bonjour", links: [{ url: "https://a/", text: "a" }] };
  const { outcome, labels, texts } = await run("tb.check", { shown });
  assert.equal(outcome.verdict.level, "DANGER");
  assert.ok(labels.notChecked && texts.stay);
  const [path, body] = asked[0];
  assert.equal(path, "/v1/check/mail");
  assert.equal(
    Buffer.from(body.raw, "base64").toString(),
    "From: x\n\nBonjour",
  );
  assert.equal(body.truncated, false);
  assert.equal(body.shown.from_address, "x@evil.example");
  assert.deepEqual(body.shown.links, shown.links);
});

test("a message that is not on this computer is judged by what is shown", async () => {
  const { run, asked } = setUp({ raw: null });
  await run("tb.check", { shown: { text: "Bonjour", links: [] } });
  assert.ok(!("raw" in asked[0][1]));
  assert.equal(asked[0][1].shown.text, "Bonjour");
});

test("only the beginning of a large message is sent", async () => {
  const { run, asked } = setUp({ raw: "a".repeat(600 * 1024) });
  await run("tb.check", { shown: {} });
  assert.equal(asked[0][1].truncated, true);
  assert.equal(asked[0][1].raw.length, 640 * 1024);
});

test("a report has the whole message, and what is shown of it", async () => {
  const shown = { text: "Bonjour", links: [] };
  const { run, reported, begun } = setUp({ raw: "a".repeat(600 * 1024) });
  await run("tb.report", { shown });
  assert.deepEqual(begun, [3]); // the tab in which no second one begins
  const [{ begin, evidence, partial }] = reported[0];
  assert.equal(begin.shown.from_address, "x@evil.example");
  assert.equal(Buffer.from(evidence.mail, "base64").length, 600 * 1024);
  assert.equal(partial, false);
  await run("tb.report", { shown }, 9); // no mail is open there
  assert.equal(reported.length, 1);
  const absent = setUp({ raw: null });
  await absent.run("tb.report", { shown });
  assert.deepEqual(absent.reported[0][0].evidence, {});
  assert.equal(absent.reported[0][0].begin.shown.text, "Bonjour");
});

test("of a message larger than evidence may be, the beginning is kept, and that is said", async () => {
  const most = 16 * 1024 * 1024;
  for (const [size, partial] of [
    [most, false],
    [most + 1, true],
  ]) {
    const { run, reported } = setUp({ raw: "a".repeat(size) });
    await run("tb.report", { shown: {} });
    const [{ evidence, partial: said }] = reported[0];
    assert.equal(Buffer.from(evidence.mail, "base64").length, most);
    assert.equal(said, partial);
  }
});

test("what was not checked is said, never silence", async () => {
  const away = setUp({ reply: { ok: false, error: { code: "stopped" } } });
  assert.deepEqual((await away.run("tb.check", {})).outcome, {
    degraded: "stopped",
  });
  const nonsense = setUp({ reply: { ok: true, body: { level: "SAFE" } } });
  assert.deepEqual((await nonsense.run("tb.check", {})).outcome, {
    degraded: "bad_answer",
  });
});

test("the popup knows a tab without a message, and one with several", async () => {
  const { run } = setUp();
  assert.equal((await run("tb.status", { tabId: 9 })).outcome, null);
  const several = setUp({ messages: [HEADER, HEADER] });
  assert.equal((await several.run("tb.status", { tabId: 3 })).outcome, null);
});

test("only web addresses are handed to the browser", async () => {
  const { run, opened } = setUp();
  for (const url of ["https://a.example/", "file:///etc/passwd", "x", null])
    await run("tb.open", { url });
  assert.deepEqual(opened, ["https://a.example/"]);
});

test("a message's document may ask; an article from the web may not", async () => {
  const { routes } = setUp();
  const router = makeRouter(
    { id: "us", base: "moz-extension://us/", content: /^(?!https?:)/ },
    routes,
    Promise.resolve(),
  );
  const send = (url) =>
    router(
      { type: "tb.check" },
      { id: "us", url, tab: { id: 3 }, frameId: 0 },
      () => {},
    );
  assert.equal(send("mailbox:///home/p/Inbox?number=1"), true);
  assert.equal(send("imap://p@imap.example:993/fetch"), true);
  assert.equal(send("https://feed.example/article"), false);
});
