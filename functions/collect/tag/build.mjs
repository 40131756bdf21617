/**
 * Builds the tag and its shims: `node functions/collect/tag/build.mjs [folder]`, by default into dist/ beside this file,
 * and prints their sizes. Fails when the tag is larger than it may be.
 */

import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MOST_BYTES = 4096; // of flow.js, gzipped

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? join(here, "dist"));
const { version } = JSON.parse(readFileSync(join(here, "../../../package.json"), "utf8"));

const ENTRIES = {
  "flow": "src/flow.js",
  "flow-userengage": "src/shims/userengage.js",
  "flow-clevertap": "src/shims/clevertap.js",
  "flow-netmera": "src/shims/netmera.js",
};

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ENTRIES,
  outdir: folder,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  define: { VERSION: JSON.stringify(version) },
  write: false,
});

mkdirSync(folder, { recursive: true });
let tooLarge = false;
for (const { path, contents } of outputFiles) {
  const gzipped = gzipSync(contents, { level: 9 }).length;
  const name = basename(path);
  writeFileSync(path, contents);
  console.log(`${name.padEnd(20)} ${String(contents.length).padStart(6)} bytes ${String(gzipped).padStart(6)} gzipped`);
  tooLarge ||= name === "flow.js" && gzipped > MOST_BYTES;
}
if (tooLarge) {
  console.error(`flow.js may have ${MOST_BYTES} bytes gzipped`);
  process.exit(1);
}
