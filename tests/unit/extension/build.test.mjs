/** Builds beside each other: tests, make and a developer's terminal share one dist/. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const VERSION = "daemon/guetteur/__init__.py";
const copy = mkdtempSync(join(tmpdir(), "guet-build-"));
const dist = join(copy, "dist/extension");

mkdirSync(join(copy, "daemon/guetteur"), { recursive: true });
cpSync(join(ROOT, VERSION), join(copy, VERSION));
cpSync(join(ROOT, "extension"), join(copy, "extension"), {
  recursive: true,
  filter: (path) => basename(path) !== "node_modules",
});
cpSync(join(ROOT, "blocklists/guide"), join(copy, "blocklists/guide"), {
  recursive: true,
});
symlinkSync(
  join(ROOT, "extension/node_modules"),
  join(copy, "extension/node_modules"),
);
after(() => rmSync(copy, { recursive: true, force: true }));

/** @param {string[]} options */
const build = (...options) =>
  new Promise((resolve, reject) => {
    const script = join(copy, "extension/build.mjs");
    const child = spawn(process.execPath, [script, ...options], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("exit", resolve);
  });

const filesOf = (/** @type {string} */ target) =>
  readdirSync(join(dist, target), { recursive: true }).map(String).sort();

test("builds at the same time leave whole folders, and nothing else", async () => {
  assert.equal(await build(), 0);
  const whole = ["chromium", "firefox", "thunderbird"].map(filesOf);
  const mark = join(copy, "extension/shared/extra.js");
  for (let round = 0; round < 3; round++) {
    writeFileSync(mark, `export const round = ${round};\n`);
    const ends = await Promise.all([build(), build("--pack"), build()]);
    assert.deepEqual(ends, [0, 0, 0]);
    const now = ["chromium", "firefox", "thunderbird"].map(filesOf);
    assert.deepEqual(
      now.map((files) => files.filter((path) => path !== "shared/extra.js")),
      whole,
    );
    const built = join(dist, "firefox/shared/extra.js");
    assert.equal(readFileSync(built, "utf8"), readFileSync(mark, "utf8"));
  }
  const left = readdirSync(join(copy, "dist"));
  assert.deepEqual(
    left.filter((name) => !name.startsWith("guetteur-")),
    ["extension"],
  );
});

test("a build that changes nothing touches nothing", async () => {
  assert.equal(await build(), 0);
  const manifest = join(dist, "firefox/manifest.json");
  const before = statSync(manifest).ino;
  assert.equal(await build(), 0);
  assert.equal(statSync(manifest).ino, before);
});
