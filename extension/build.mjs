/**
 * Copies the extension into dist/extension/{chromium,firefox}/ and stamps the manifest. Nothing is compiled:
 * what a reviewer reads here is what runs. `--pack` adds the two reproducible archives.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { zip } from "./tools/zip.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const DIST = join(ROOT, "dist");
const SHIPPED = ["_locales", "background", "content", "icons", "pages", "shared"];

/** @typedef {"chromium" | "firefox"} Target */

/** The version has one home: the Python package. */
export function productVersion() {
  const text = readFileSync(join(ROOT, "daemon/guetteur/__init__.py"), "utf8");
  const found = /^__version__ = "(\d+(?:\.\d+){1,3})"$/m.exec(text);
  if (!found?.[1]) throw new Error("daemon/guetteur/__init__.py has no __version__ a browser accepts");
  return found[1];
}

/**
 * Drops what the other browser understands and this one warns about.
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
  } else {
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
  for (const folder of SHIPPED) {
    cpSync(join(HERE, folder), join(out, folder), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|svg\.src)$/.test(path),
    });
  }
  if (target === "firefox") rmSync(join(out, "content/hold.js"));
  writeFileSync(join(out, "shared/messages.js"), stampMessages());
  const source = JSON.parse(readFileSync(join(HERE, "manifest.json"), "utf8"));
  writeFileSync(join(out, "manifest.json"), JSON.stringify(stampManifest(source, target, version), null, 2) + "\n");
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version = productVersion();
  for (const target of /** @type {Target[]} */ (["chromium", "firefox"])) {
    const out = build(target, version);
    console.log(relative(ROOT, out));
    if (!process.argv.includes("--pack")) continue;
    const files = new Map(
      filesUnder(out).map((path) => [relative(out, path).split(sep).join("/"), readFileSync(path)]),
    );
    const archive = join(DIST, `guetteur-${target}-${version}.${target === "firefox" ? "xpi" : "zip"}`);
    writeFileSync(archive, zip(files));
    console.log(relative(ROOT, archive));
  }
}
