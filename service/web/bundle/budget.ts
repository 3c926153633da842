/**
 * Fails when the widget has outgrown its budget. Sizes are gzip -9 bytes of each file, added up, as a browser fetches them.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { Manifest } from "./manifest.ts";

const STATIC = resolve(import.meta.dirname, "../../static");
const LOADER_BYTES = 1024;
const FIRST_LOAD_BYTES = 15 * 1024;
const EVERYTHING_BYTES = 40 * 1024;

function gzipped(file: string): number {
  return gzipSync(readFileSync(resolve(STATIC, file)), { level: 9 }).length;
}

function total(files: string[]): number {
  return files.reduce((sum, file) => sum + gzipped(file), 0);
}

const manifest = JSON.parse(readFileSync(resolve(STATIC, "manifest.json"), "utf8")) as Manifest;
const loader = gzipped("embed.js");
const first = loader + total(manifest.first_load);
// A reader loads one language at most, so the largest stands for them all.
const everything =
  first +
  total(manifest.on_demand) +
  Math.max(0, ...manifest.locales.map(gzipped)) +
  Math.max(0, ...manifest.help_locales.map(gzipped));

const rows: [string, number, number][] = [
  ["loader", loader, LOADER_BYTES],
  ["first load", first, FIRST_LOAD_BYTES],
  ["everything, one language", everything, EVERYTHING_BYTES],
];
for (const [name, bytes, limit] of rows) {
  console.log(`${name.padEnd(26)} ${String(bytes).padStart(6)} of ${limit} bytes gzip`);
}
if (rows.some(([, bytes, limit]) => bytes > limit)) {
  console.error("over budget");
  process.exit(1);
}
