/**
 * Draws icons/*.png from icons/logo.svg with a local Chromium; run by hand when the drawing changes:
 *
 *     node tools/icons.mjs /usr/bin/chromium
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ICONS = fileURLToPath(new URL("../icons", import.meta.url));
const SIZES = [16, 32, 48, 128];
const logo = "data:image/svg+xml;base64," + readFileSync(join(ICONS, "logo.svg")).toString("base64");

// A canvas, not a screenshot: headless windows have a smallest size, larger than an icon.
const page = `<script>
  const image = new Image();
  image.onload = () => {
    for (const size of ${JSON.stringify(SIZES)}) {
      const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
      canvas.getContext("2d").drawImage(image, 0, 0, size, size);
      document.body.append(\`[\${size} \${canvas.toDataURL("image/png")}]\`);
    }
  };
  image.src = "${logo}";
</script><body></body>`;

const scratch = mkdtempSync(join(tmpdir(), "guetteur-icons-"));
try {
  const file = join(scratch, "icons.html");
  writeFileSync(file, page);
  const flags = [
    "--headless",
    "--no-sandbox",
    "--dump-dom",
    "--virtual-time-budget=3000",
    `--user-data-dir=${scratch}/profile`,
  ];
  const dom = execFileSync(process.argv[2] ?? "chromium", [...flags, pathToFileURL(file).href], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const drawn = [...dom.toString().matchAll(/\[(\d+) data:image\/png;base64,([^\]]+)\]/g)];
  if (drawn.length !== SIZES.length) throw new Error(`${drawn.length} icons drawn`);
  for (const [, size, data] of drawn) writeFileSync(join(ICONS, `${size}.png`), Buffer.from(data ?? "", "base64"));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
