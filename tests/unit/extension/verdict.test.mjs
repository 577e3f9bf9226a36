import assert from "node:assert/strict";
import { test } from "node:test";
import { markFor } from "../../../extension/background/badge.js";
import { fetchHosts } from "../../../extension/background/rules.js";
import {
  checkable,
  hostOf,
  splitHost,
} from "../../../extension/shared/address.js";
import {
  merelyListed,
  readVerdict,
} from "../../../extension/shared/verdict.js";

const RAW = {
  level: "DANGER",
  url: "u",
  host: "h",
  registrable_domain: "r",
  summary: "s",
  reasons: [],
  list_version: "v",
};

test("refuses what is not a verdict", () => {
  for (const raw of [
    null,
    undefined,
    3,
    "x",
    {},
    { level: "SAFE" },
    { level: "toString" },
  ]) {
    assert.equal(readVerdict(raw ?? null), null);
  }
});

test("the button's name is the address it opens, and only a web address", () => {
  const body = {
    name: "Impôts",
    home: "https://www.impots.gouv.fr/",
    home_host: "evil.test",
    phones: null,
  };
  assert.equal(
    readVerdict({ ...RAW, body })?.body?.home_host,
    "www.impots.gouv.fr",
  );
  for (const home of [
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "",
    7,
    null,
  ]) {
    assert.equal(
      readVerdict({ ...RAW, body: { ...body, home } })?.body?.home,
      null,
    );
  }
});

test("merely listed: nobody imitated", () => {
  const reasons = [{ code: "listed", text: "t" }];
  assert.ok(merelyListed(null));
  assert.ok(merelyListed(readVerdict({ ...RAW, body: null, reasons })));
  assert.ok(
    !merelyListed(readVerdict({ ...RAW, body: { name: "Impôts" }, reasons })),
  );
});

test("green is said of official sites only", () => {
  const on = { phase: "connected", reason: "" };
  const off = { phase: "unreachable", reason: "stopped" };
  assert.equal(markFor({ level: "OFFICIAL" }, on), "official");
  assert.equal(markFor({ level: "OFFICIAL" }, off), "unprotected");
  assert.equal(markFor({ level: "NO_KNOWN_RISK" }, on), "none");
  assert.equal(markFor({ level: "UNKNOWN" }, on), "none");
  assert.equal(markFor({}, off), "unprotected");
  assert.equal(markFor({ degraded: "timeout" }, on), "unprotected");
  assert.equal(markFor({ level: "DANGER" }, off), "danger");
});

test("reads addresses as the browser does", () => {
  assert.equal(checkable("http://safe.com\\@evil.com/")?.hostname, "safe.com");
  assert.equal(checkable("https://a.test/x#y")?.href, "https://a.test/x");
  assert.equal(
    checkable("blob:https://evil.test/1234")?.href,
    "https://evil.test/",
  );
  for (const none of [
    undefined,
    "",
    "about:blank",
    "chrome://settings",
    "blob:null/1",
    "data:,x",
  ]) {
    assert.equal(checkable(none), null);
  }
  assert.equal(hostOf(new URL("http://evil.com./")), "evil.com");
  assert.deepEqual(splitHost("impots.gouv.fr.evil.com", "evil.com"), [
    "impots.gouv.fr.",
    "evil.com",
  ]);
  assert.deepEqual(splitHost("notevil.com", "evil.com"), ["", "notevil.com"]);
});

/** A daemon that serves pages of hosts. */
const serving = (...answers) => ({
  asked: [],
  async request(path, body) {
    this.asked.push(body);
    assert.equal(path, "/v1/lists/hosts");
    return { ok: true, body: answers.shift() };
  },
});

test("the list is fetched page by page, unfit names left out", async () => {
  const daemon = serving(
    { version: "2", unchanged: false, hosts: ["a.test", "É.test", 7], next: 2 },
    { version: "2", unchanged: false, hosts: ["b.test"], next: null },
  );
  assert.deepEqual(await fetchHosts(daemon, "1"), {
    version: "2",
    hosts: ["a.test", "b.test"],
  });
  assert.deepEqual(daemon.asked, [
    { version: "1", cursor: 0 },
    { version: "1", cursor: 2 },
  ]);
});

test("a list that changes on the way is fetched from its start", async () => {
  const daemon = serving(
    { version: "2", unchanged: false, hosts: ["a.test"], next: 1 },
    { version: "3", unchanged: false, hosts: ["z.test"], next: null },
    { version: "3", unchanged: false, hosts: ["c.test"], next: null },
  );
  assert.deepEqual(await fetchHosts(daemon, null), {
    version: "3",
    hosts: ["c.test"],
  });
});

test("an unchanged or unreadable list changes nothing", async () => {
  assert.equal(
    await fetchHosts(
      serving({ version: "1", unchanged: true, hosts: [], next: null }),
      "1",
    ),
    null,
  );
  assert.equal(await fetchHosts(serving({ hosts: "x" }), "1"), null);
});
