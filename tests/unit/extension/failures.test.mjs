import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sentence } from "../../../extension/pages/report/trouble.js";

test("a file of reports that cannot be read is said, and no second try is promised", () => {
  for (const lang of ["fr", "en"]) {
    const file = `../../../extension/_locales/${lang}/messages.json`;
    const messages = JSON.parse(
      readFileSync(new URL(file, import.meta.url), "utf-8"),
    );
    const t = (key) => messages[key].message;
    assert.match(sentence("outbox_unreadable", t), /guetteur doctor/);
    assert.equal(sentence("outbox_newer", t), t("reportFileNewer"));
  }
});
