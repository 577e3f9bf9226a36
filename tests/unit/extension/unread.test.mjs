/** The person's choices cannot be read: pages are checked all the same, and what fails is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { strict } from "./fakes.mjs";

globalThis.chrome = strict("chrome", {
  i18n: { getUILanguage: () => "en-GB" },
  storage: {
    local: {
      get: async () => {
        throw new Error("the profile's disk is damaged");
      },
    },
  },
});

const { Checker } = await import("../../../extension/background/checker.js");
const { language } = await import("../../../extension/shared/i18n.js");
const { readSettings } = await import("../../../extension/shared/storage.js");

test("choices that cannot be read are those at first: nothing more leaves or is kept", async () => {
  assert.deepEqual(await readSettings(), {
    lang: "auto",
    strictMode: false,
    ageLookups: false,
    history: false,
  });
});

test("a page is checked although the choices cannot be read", async () => {
  const asked = [];
  const daemon = strict("daemon", {
    request: async (path, body) => {
      asked.push([path, body]);
      return { ok: true, body: { level: "DANGER" } };
    },
  });
  const checker = new Checker(daemon, language, () => 0);
  assert.equal((await checker.check("u")).verdict.level, "DANGER");
  assert.deepEqual(asked, [["/v1/check/url", { url: "u", lang: "en" }]]);
});

test("a question that could not be asked is an answer, and is asked again", async () => {
  let fails = true;
  const spoken = async () => {
    if (fails) throw new Error("no language");
    return "fr";
  };
  const daemon = strict("daemon", {
    request: async () => ({ ok: true, body: { level: "DANGER" } }),
  });
  const checker = new Checker(daemon, spoken, () => 0);
  assert.deepEqual(await checker.check("u"), { degraded: "not_asked" });
  fails = false;
  assert.equal((await checker.check("u")).verdict.level, "DANGER");
});
