/**
 * Builds the widget, the console and the demo's styles into service/static/.
 *
 * What it writes: `embed.js` and `count.js` (at fixed addresses), `assets/*` (names carry a hash of their content, so they may be
 * cached for ever), `console/index.html`, and `manifest.json`, which tells the service the build's id and which built file
 * stands for which logical name.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { cssAsText } from "./css_text.ts";
import { firstLoad, type Manifest } from "./manifest.ts";

const WEB = resolve(import.meta.dirname, "..");
const OUT = resolve(WEB, "../static");

const COMMON: BuildOptions & { metafile: true } = {
  absWorkingDir: WEB,
  bundle: true,
  minify: true,
  write: true,
  metafile: true,
  legalComments: "none",
  target: ["es2022", "safari16.4", "firefox115"],
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  plugins: [cssAsText()],
  logLevel: "warning",
};

/** A short hash of all that the build reads, so that the same sources always give the same id. */
async function buildId(): Promise<string> {
  const hash = createHash("sha256");
  for (const part of ["bundle", "console", "shared", "widget", "package-lock.json"]) {
    const path = join(WEB, part);
    const names = part.endsWith(".json") ? [""] : await readdir(path, { recursive: true });
    for (const name of names.sort()) {
      if (!part.endsWith(".json") && !/\.(tsx?|css|html)$/.test(name)) continue;
      hash.update(name).update(await readFile(join(path, name)));
    }
  }
  return hash.digest("hex").slice(0, 12);
}

/** The built file (relative to static/) whose entry point is `entry`; its stylesheet too, if it has one. */
function outputOf(meta: Metafile, entry: string): { file: string; css: string | null } {
  for (const [file, output] of Object.entries(meta.outputs)) {
    if (output.entryPoint === entry) {
      const css = output.cssBundle ? relative(OUT, resolve(WEB, output.cssBundle)) : null;
      return { file: relative(OUT, resolve(WEB, file)), css };
    }
  }
  throw new Error(`the build wrote nothing for ${entry}`);
}

/** Bundles these entry points into assets/, with what they share in chunks; returns logical names and built files. */
async function bundle(
  entries: Record<string, string>,
  inject = ["bundle/jsx.ts"],
): Promise<{ files: Record<string, string>; meta: Metafile }> {
  const result = await build({
    ...COMMON,
    entryPoints: entries,
    inject,
    outdir: join(OUT, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
  });
  const files: Record<string, string> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const built = outputOf(result.metafile, entry);
    files[`${name}${entry.endsWith(".css") ? ".css" : ".js"}`] = built.file;
    if (built.css) files[`${name}.css`] = built.css;
  }
  return { files, meta: result.metafile };
}

/** One file per language. Their names carry the build's id, so that the widget knows them without a list. */
async function buildLocales(id: string, directory: string, prefix: string): Promise<Metafile> {
  const result = await build({
    ...COMMON,
    entryPoints: [`${directory}/*.ts`],
    outdir: join(OUT, "assets"),
    entryNames: `${prefix}-[name]-${id}`,
    format: "esm",
  });
  return result.metafile;
}

async function buildLoader(id: string, files: Record<string, string>): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: { embed: "widget/loader.ts" },
    outdir: OUT,
    format: "iife",
    define: { BUILD_ID: JSON.stringify(id), THREAD_FILE: JSON.stringify(files["thread.js"]) },
  });
  files["embed.js"] = "embed.js";
}

/** What lists of articles carry, at a fixed address like the loader's. */
async function buildCount(files: Record<string, string>): Promise<void> {
  await build({ ...COMMON, entryPoints: { count: "widget/count.ts" }, outdir: OUT, format: "iife" });
  files["count.js"] = "count.js";
}

/** Fills console/index.html: `%console.js%` and `%console.css%` become the built files' addresses. */
async function buildConsolePage(files: Record<string, string>): Promise<void> {
  const template = join(WEB, "console/index.html");
  const html = (await readFile(template, "utf8")).replace(/%([\w.]+)%/g, (_, name: string) => {
    const file = files[name];
    if (!file) throw new Error(`console/index.html names ${name}, which the build does not have`);
    return `/${file}`;
  });
  await mkdir(join(OUT, "console"), { recursive: true });
  await writeFile(join(OUT, "console/index.html"), html);
}

/** Removes assets of earlier builds: their names carry hashes, so nothing would ever overwrite them. */
async function sweep(metas: Metafile[]): Promise<void> {
  const kept = new Set(metas.flatMap((meta) => Object.keys(meta.outputs)).map((file) => resolve(WEB, file)));
  for (const name of await readdir(join(OUT, "assets"))) {
    const path = join(OUT, "assets", name);
    if (!kept.has(path)) await rm(path);
  }
}

await mkdir(dirname(join(OUT, "assets/x")), { recursive: true });
const id = await buildId();
const { files, meta } = await bundle({
  thread: "widget/main.tsx",
  demo: "widget/demo.css",
  page: "widget/page.css",
});
// By itself: in one bundle the widget would carry whatever only the console uses of the modules that both share.
const desk = await bundle({ console: "console/main.tsx" });
// Has no mark-up, so it needs nothing that makes it.
const frame = await bundle({ frame: "widget/frame.ts" }, []);
Object.assign(files, desk.files, frame.files);
const locales = await buildLocales(id, "widget/locales", "locale");
const helpLocales = await buildLocales(id, "widget/locales/help", "help");
await buildLoader(id, files);
await buildCount(files);
await buildConsolePage(files);
const manifest: Manifest = {
  build: id,
  files,
  locales: Object.keys(locales.outputs).map((f) => relative(OUT, resolve(WEB, f))),
  help_locales: Object.keys(helpLocales.outputs).map((f) => relative(OUT, resolve(WEB, f))),
  ...firstLoad(meta, "widget/main.tsx", (f) => relative(OUT, resolve(WEB, f))),
};
await writeFile(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await sweep([meta, desk.meta, frame.meta, locales, helpLocales]);
