/**
 * Copies the extension into dist/extension/{chromium,firefox,thunderbird}/ and stamps the manifest. Nothing is compiled:
 * what a reviewer reads here is what runs. `--pack` adds the reproducible archives.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { stampGuide } from "./tools/guide.mjs";
import { zip } from "./tools/zip.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const DIST = join(ROOT, "dist");
const SHIPPED = ["_locales", "background", "content", "icons", "pages", "shared"];
/** What Thunderbird needs of it: no page is browsed there. */
const SHIPPED_TO_MAIL = [
  "_locales",
  "background/guide.js",
  "background/letter.js",
  "background/mailfile.js",
  "background/report.js",
  "background/reportroutes.js",
  "background/router.js",
  "background/state.js",
  "content/banner.js",
  "content/links.js",
  "content/mail-size.js",
  "content/mailtools.js",
  "content/ui.js",
  "icons",
  "pages/guide",
  "pages/mail",
  "pages/report",
  "pages/reports",
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

/** @param {string} folder */
function contents(folder) {
  const files = filesUnder(folder).map((path) => /** @type {const} */ ([relative(folder, path), readFileSync(path)]));
  return new Map(files);
}

/**
 * @param {string} one
 * @param {string} other
 */
function isSame(one, other) {
  if (!existsSync(other)) return false;
  const [mine, theirs] = [contents(one), contents(other)];
  return mine.size === theirs.size && [...mine].every(([path, bytes]) => theirs.get(path)?.equals(bytes));
}

/** What a build beside this one leaves: the place was taken, or emptied, a moment ago. */
const MEANWHILE = ["EEXIST", "ENOTEMPTY", "ENOENT"];
const MOST_TRIES = 100;

/**
 * @template T
 * @param {() => T} step
 * @returns {T | undefined}
 */
function unlessMeanwhile(step) {
  try {
    return step();
  } catch (error) {
    if (MEANWHILE.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? "")) return undefined;
    throw error;
  }
}

/**
 * Puts a finished folder into its place. Another build may do the same at the same time, and somebody may be reading
 * what is there: what is there already, as it should be, is left alone.
 * @param {string} made
 * @param {string} place
 */
function install(made, place) {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (unlessMeanwhile(() => isSame(made, place))) return;
    unlessMeanwhile(() => renameSync(place, `${made}.before-${tries}`));
    if (unlessMeanwhile(() => (renameSync(made, place), true))) return;
  }
  throw new Error(`${place} is changed again and again by somebody else`);
}

/**
 * @param {Target} target
 * @param {string} version
 * @param {string} scratch beside the folder it will be
 */
function build(target, version, scratch) {
  const out = join(scratch, target);
  mkdirSync(out);
  for (const part of target === "thunderbird" ? SHIPPED_TO_MAIL : SHIPPED) {
    cpSync(join(HERE, part), join(out, part), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|svg\.src)$/.test(path),
    });
  }
  writeFileSync(join(out, "shared/messages.js"), stampMessages());
  writeFileSync(join(out, "pages/guide/data.js"), stampGuide());
  rmSync(join(out, "thunderbird/manifest.json"), { force: true });
  const manifest = stampManifest(readManifest(target), target, version);
  writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
  return out;
}

/**
 * @param {string} folder
 * @param {string} archive
 * @param {string} scratch
 */
function pack(folder, archive, scratch) {
  const files = [...contents(folder)].map(([path, bytes]) => /** @type {const} */ ([path.split(sep).join("/"), bytes]));
  const made = join(scratch, basename(archive));
  writeFileSync(made, zip(new Map(files)));
  renameSync(made, archive);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version = productVersion();
  mkdirSync(join(DIST, "extension"), { recursive: true });
  const scratch = mkdtempSync(join(DIST, ".build-"));
  try {
    for (const target of TARGETS) {
      const made = build(target, version, scratch);
      if (process.argv.includes("--pack")) {
        const archive = join(DIST, `guetteur-${target}-${version}.${target === "chromium" ? "zip" : "xpi"}`);
        pack(made, archive, scratch);
        console.log(relative(ROOT, archive));
      }
      const place = join(DIST, "extension", target);
      install(made, place);
      console.log(relative(ROOT, place));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
