/**
 * Copies the extension into dist/extension/{chromium,firefox,thunderbird}/ and stamps the manifest. Nothing is compiled:
 * what a reviewer reads here is what runs. `--pack` adds the reproducible archives.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { zip } from "./tools/zip.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const DIST = join(ROOT, "dist");
const SHIPPED = ["_locales", "background", "content", "icons", "pages", "shared"];
/** What Thunderbird needs of it: no page is browsed there. */
const SHIPPED_TO_MAIL = [
  "_locales",
  "background/mailfile.js",
  "background/router.js",
  "content/banner.js",
  "content/links.js",
  "content/mail-size.js",
  "content/mailtools.js",
  "content/ui.js",
  "icons",
  "pages/mail",
  "pages/report",
  "shared",
  "thunderbird",
];

/** @typedef {"chromium" | "firefox" | "thunderbird"} Target */

/** @type {Target[]} */
const TARGETS = ["chromium", "firefox", "thunderbird"];

/** The version has one home: the Python package. */
export function productVersion() {
  const text = readFileSync(join(ROOT, "daemon/guetteur/__init__.py"), "utf8");
  const found = /^__version__ = "(\d+(?:\.\d+){1,3})"$/m.exec(text);
  if (!found?.[1]) throw new Error("daemon/guetteur/__init__.py has no __version__ a browser accepts");
  return found[1];
}

/** @param {Target} target */
export function readManifest(target) {
  const folder = target === "thunderbird" ? join(HERE, "thunderbird") : HERE;
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
}

/**
 * Drops what the other browser understands and this one warns about; Thunderbird has a manifest of its own.
 * @param {any} source the parsed manifest.json
 * @param {Target} target
 * @param {string} version
 */
export function stampManifest(source, target, version) {
  const manifest = structuredClone(source);
  manifest.version = version;
  if (target === "chromium") {
    delete manifest.browser_specific_settings;
    delete manifest.background.scripts;
    manifest.permissions = manifest.permissions.filter((/** @type {string} */ p) => p !== "webRequestBlocking");
  } else if (target === "firefox") {
    delete manifest.key;
    delete manifest.minimum_chrome_version;
    delete manifest.background.service_worker;
    // The hold: Firefox holds the request itself.
    manifest.content_scripts = manifest.content_scripts.filter(
      (/** @type {{js: string[]}} */ { js }) => !js.includes("content/hold.js"),
    );
    delete manifest.incognito; // "split" is Chromium's; Firefox shows our pages in private tabs without it
  }
  return manifest;
}

/** What shared/messages.js becomes: see there. */
export function stampMessages() {
  const literal = (/** @type {string} */ lang) =>
    `export const ${lang} = ${readFileSync(join(HERE, "_locales", lang, "messages.json"), "utf8").trim()};\n`;
  return `/** Written by build.mjs from _locales/. */\n${literal("en")}${literal("fr")}`;
}

/** @param {string} folder */
function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * @param {Target} target
 * @param {string} version
 */
function build(target, version) {
  const out = join(DIST, "extension", target);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const part of target === "thunderbird" ? SHIPPED_TO_MAIL : SHIPPED) {
    cpSync(join(HERE, part), join(out, part), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|svg\.src)$/.test(path),
    });
  }
  if (target === "firefox") rmSync(join(out, "content/hold.js"));
  writeFileSync(join(out, "shared/messages.js"), stampMessages());
  rmSync(join(out, "thunderbird/manifest.json"), { force: true });
  const manifest = stampManifest(readManifest(target), target, version);
  writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version = productVersion();
  for (const target of TARGETS) {
    const out = build(target, version);
    console.log(relative(ROOT, out));
    if (!process.argv.includes("--pack")) continue;
    const files = new Map(
      filesUnder(out).map((path) => [relative(out, path).split(sep).join("/"), readFileSync(path)]),
    );
    const archive = join(DIST, `guetteur-${target}-${version}.${target === "chromium" ? "zip" : "xpi"}`);
    writeFileSync(archive, zip(files));
    console.log(relative(ROOT, archive));
  }
}
