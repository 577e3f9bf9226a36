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
  assert.equal(markFor({}, on), "silent");
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

const page = (base, hosts, next, more = {}) => ({
  base,
  unchanged: false,
  hosts,
  next,
  version: base,
  added: [],
  removed: [],
  ...more,
});

test("the list is fetched page by page, unfit names left out", async () => {
  const daemon = serving(
    page("2", ["a.test", "É.test", 7, "xn--ildcard-0c2c.test"], 4, {
      version: "3",
    }),
    page("2", ["b.test"], null, {
      version: "3",
      added: ["c.test", "É.test"],
      removed: ["a.test"],
    }),
  );
  assert.deepEqual(await fetchHosts(daemon, "1"), {
    base: "2",
    hosts: ["a.test", "b.test"],
    version: "3",
    added: ["c.test"],
    removed: ["a.test"],
  });
  assert.deepEqual(daemon.asked, [
    { base: "1", cursor: 0 },
    { base: "1", cursor: 4 },
  ]);
});

test("a list that changes on the way is fetched from its start", async () => {
  const daemon = serving(
    page("2", ["a.test"], 1),
    page("3", ["z.test"], null),
    page("3", ["c.test"], null),
  );
  assert.deepEqual((await fetchHosts(daemon, null))?.hosts, ["c.test"]);
});

test("what changed since comes page by page too, from one state", async () => {
  const at = (version, next, more) =>
    page("1", [], next, { unchanged: true, version, ...more });
  const daemon = serving(
    at("2", 5, { added: ["old.test"] }),
    at("3", 6, { added: ["lost.test"] }),
    at("3", 5, { added: ["a.test"] }),
    at("3", 6, { added: ["b.test"], removed: ["x.test"] }),
    at("3", null, { removed: ["y.test"] }),
  );
  assert.deepEqual(await fetchHosts(daemon, "1"), {
    base: "1",
    hosts: null,
    version: "3",
    added: ["a.test", "b.test"],
    removed: ["x.test", "y.test"],
  });
  assert.deepEqual(
    daemon.asked.map(({ cursor }) => cursor),
    [0, 5, 0, 5, 6],
  );
});

test("an unchanged base brings only what changed since", async () => {
  const same = page("1", [], null, {
    unchanged: true,
    version: "2",
    added: ["n.test"],
  });
  assert.deepEqual(await fetchHosts(serving(same), "1"), {
    base: "1",
    hosts: null,
    version: "2",
    added: ["n.test"],
    removed: [],
  });
});

test("an unreadable list changes nothing", async () => {
  assert.equal(await fetchHosts(serving({ hosts: "x" }), "1"), null);
  assert.equal(await fetchHosts(serving(page("1", "x", null)), "1"), null);
});
