import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { test } from "node:test";
import {
  productVersion,
  readManifest,
  stampManifest,
  stampMessages,
} from "../../../extension/build.mjs";
import { HOST_NAME } from "../../../extension/shared/daemon.js";
import { pickLanguage } from "../../../extension/shared/i18n.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const EXTENSION = join(ROOT, "extension");
const read = (path) => readFileSync(join(EXTENSION, path), "utf8");
const manifest = JSON.parse(read("manifest.json"));
const locales = {
  fr: JSON.parse(read("_locales/fr/messages.json")),
  en: JSON.parse(read("_locales/en/messages.json")),
};
const sources = [
  "background",
  "content",
  "pages",
  "shared",
  "thunderbird",
].flatMap((folder) =>
  readdirSync(join(EXTENSION, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(EXTENSION.length + 1),
    ),
);

test("both languages say the same things", () => {
  assert.deepEqual(
    Object.keys(locales.fr).sort(),
    Object.keys(locales.en).sort(),
  );
  for (const [key, { message }] of Object.entries(locales.fr)) {
    const holes = (text) => [...new Set(text.match(/\$\d/g) ?? [])].sort();
    assert.deepEqual(holes(message), holes(locales.en[key].message), key);
  }
});

test("every text a page names exists, and every text is used", () => {
  const code =
    sources
      .filter((path) => !path.startsWith("_"))
      .map(read)
      .join("\n") + read("manifest.json");
  const named = [...code.matchAll(/data-i18n(?:-label)?="([^"]+)"/g)].map(
    (match) => match[1],
  );
  assert.ok(named.length > 20);
  for (const key of named) assert.ok(key in locales.fr, key);
  for (const [, key] of code.matchAll(/\bt\("(\w+)"/g))
    assert.ok(key in locales.fr, key);
  for (const key of Object.keys(locales.fr)) {
    assert.ok(
      key.startsWith("reason_") || new RegExp(`["_]${key}(?:["_])`).test(code),
      `${key} is unused`,
    );
  }
});

test("French typography: no plain space before : ; ? ! and inside « »", () => {
  for (const [key, { message }] of Object.entries(locales.fr))
    assert.doesNotMatch(message, / [:;?!»]|« /, key);
});

test("nothing builds markup from text", () => {
  for (const path of sources.filter((name) => name.endsWith(".js"))) {
    assert.doesNotMatch(
      read(path),
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(/,
      path,
    );
  }
});

test("pages hold no inline script, style or handler, and load nothing from elsewhere", () => {
  for (const path of sources.filter((name) => name.endsWith(".html"))) {
    assert.doesNotMatch(
      read(path),
      /<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)|https?:/,
      path,
    );
  }
  const policy = manifest.content_security_policy.extension_pages;
  assert.equal(
    policy,
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'",
  );
  assert.ok(!("web_accessible_resources" in manifest));
});

test("no shipped module imports JSON: a Chromium worker that does never starts again after its first nap", () => {
  const importing = sources.filter(
    (path) =>
      path.endsWith(".js") && /with \{ type: "json" \}/.test(read(path)),
  );
  assert.deepEqual(importing, ["shared/messages.js"]);
  assert.doesNotMatch(stampMessages(), /import/);
});

test("files stay short", () => {
  for (const path of sources)
    assert.ok(read(path).split("\n").length <= 300, path);
});

test("ids are those the native host admits", () => {
  const identities = readFileSync(
    join(ROOT, "daemon/guetteur/transport/identities.toml"),
    "utf8",
  );
  const list = (key) =>
    JSON.parse(new RegExp(`^${key} = (.+)$`, "m").exec(identities)[1]);
  // Chromium: the first 128 bits of the key's SHA-256, written in the letters a to p.
  const digest = createHash("sha256")
    .update(Buffer.from(manifest.key, "base64"))
    .digest("hex")
    .slice(0, 32);
  const id = [...digest]
    .map((digit) => String.fromCharCode(97 + parseInt(digit, 16)))
    .join("");
  assert.deepEqual(list("chromium_extension_ids"), [id]);
  assert.deepEqual(list("gecko_extension_ids"), [
    manifest.browser_specific_settings.gecko.id,
  ]);
  assert.equal(list("host_name"), HOST_NAME);
});

test("each browser gets what it understands", () => {
  const version = productVersion();
  const chromium = stampManifest(manifest, "chromium", version);
  const firefox = stampManifest(manifest, "firefox", version);
  assert.equal(chromium.version, version);
  assert.deepEqual(chromium.background, {
    service_worker: "background/main.js",
    type: "module",
  });
  assert.ok(!chromium.permissions.includes("webRequestBlocking"));
  assert.ok(firefox.permissions.includes("webRequestBlocking"));
  assert.deepEqual(firefox.background, {
    scripts: ["background/main.js"],
    type: "module",
  });
  assert.ok(!("key" in firefox));
  const scripts = ({ content_scripts }) =>
    content_scripts.flatMap(({ js }) => js);
  assert.deepEqual(scripts(firefox), [
    "content/hold.js",
    "content/dom.js",
    "content/describe.js",
    "content/page.js",
  ]);
  assert.deepEqual(scripts(chromium), scripts(firefox));
  assert.equal(manifest.version, "0.0.0");
});

test("Thunderbird has a manifest of its own: the same name, id and policy, and no web", () => {
  const mail = readManifest("thunderbird");
  assert.equal(
    stampManifest(mail, "thunderbird", productVersion()).version,
    productVersion(),
  );
  assert.equal(
    mail.browser_specific_settings.gecko.id,
    manifest.browser_specific_settings.gecko.id,
  );
  assert.deepEqual(
    mail.content_security_policy,
    manifest.content_security_policy,
  );
  assert.ok(!("host_permissions" in mail));
  for (const path of mail.message_display_scripts.flatMap(({ js }) => js))
    assert.ok(sources.includes(path), path);
});

test("language follows the browser unless chosen", () => {
  assert.equal(pickLanguage("auto", "fr-FR"), "fr");
  assert.equal(pickLanguage("auto", "en-GB"), "en");
  assert.equal(pickLanguage("auto", "pt"), "fr");
  assert.equal(pickLanguage("en", "fr"), "en");
});
