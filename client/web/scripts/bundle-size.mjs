// Checks the size of a first visit to the watch page: without player and chain library, in total, and for a stream with
// tracks that can be chosen. Sizes are gzip-compressed, as gateways send the files.

import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const KIB = 1_024;
/** Limit for the watch page before player and chain library. */
const PAGE_LIMIT_BYTES = 150 * KIB;
/** Limit for the whole first visit. */
const TOTAL_LIMIT_BYTES = 450 * KIB;
/** The same for a stream with captions or further audio tracks, which needs the full player library. */
const TRACKS_LIMIT_BYTES = 530 * KIB;

const ENTRY = "index.html";
/** Manifest key of the watch page. */
const WATCH_PAGE = /^src\/pages\/watch/;
/** Manifest keys of what the watch page loads late: player and chain library. */
const LATE = /^(?:_hls-(?!full)|_hls\.|src\/chain\/library)|node_modules\/hls\.js\/dist\/hls\.(?!mjs)/;
/** Manifest keys of the player library, in both builds. */
const LIGHT = /^_hls-(?!full)|^_hls\.|node_modules\/hls\.js\/dist\/hls\.light/;
const FULL = /^_hls-full|node_modules\/hls\.js\/dist\/hls\.mjs/;
/** Files of workers, which the manifest does not list. */
const WORKERS = /\.worker-[\w-]+\.js$/;

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));
const sizes = new Map();

function sizeOf(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(new URL(file, DIST))).length);
  return sizes.get(file);
}

/** Files of modules and of their imports; with `late`, of their dynamic imports, too. */
function filesOf(keys, late) {
  const seen = new Set();
  const files = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) visit(imported);
    // The other pages are not part of this visit.
    if (late && key !== ENTRY) for (const imported of chunk.dynamicImports ?? []) visit(imported);
  };
  for (const key of keys) visit(key);
  return files;
}

const sum = (files) => [...files].reduce((total, file) => total + sizeOf(file), 0);
const kib = (bytes) => `${(bytes / KIB).toFixed(1)} KiB`;

const keys = Object.keys(manifest);
const watch = keys.filter((key) => WATCH_PAGE.test(key));
const late = keys.filter((key) => LATE.test(key));
const lateFiles = new Set(late.map((key) => manifest[key].file));
const atOnce = filesOf([ENTRY, ...watch], false);
const page = new Set([...atOnce].filter((file) => !lateFiles.has(file)));
const workers = readdirSync(new URL("assets/", DIST)).filter((file) => WORKERS.test(file));
const total = new Set([...atOnce, ...filesOf(late, true), ...workers.map((file) => `assets/${file}`)]);

const filesMatching = (pattern) => new Set(keys.filter((key) => pattern.test(key)).map((key) => manifest[key].file));
const light = filesMatching(LIGHT);
const full = filesMatching(FULL);
const withTracks = new Set([...[...total].filter((file) => !light.has(file)), ...full]);

let failures = 0;
function check(what, bytes, limitBytes) {
  const isOver = bytes > limitBytes;
  if (isOver) failures++;
  process.stdout.write(`${isOver ? "TOO LARGE" : "ok"}: ${what}: ${kib(bytes)} of ${kib(limitBytes)}\n`);
}

if (watch.length === 0 || late.length < 2 || light.size === 0 || full.size === 0) {
  process.stderr.write("the build has no watch page, player or chain library: adjust the names in this script\n");
  failures++;
}
check("watch page without player and chain library", sum(page), PAGE_LIMIT_BYTES);
check("first visit to the watch page, in total", sum(total), TOTAL_LIMIT_BYTES);
check("first visit to a stream with tracks to choose", sum(withTracks), TRACKS_LIMIT_BYTES);
if (process.argv.includes("--list")) {
  for (const file of [...total].sort((a, b) => sizeOf(b) - sizeOf(a)))
    process.stdout.write(`  ${kib(sizeOf(file))} ${file}\n`);
}
process.exitCode = failures > 0 ? 1 : 0;
