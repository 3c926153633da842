import type { Metafile } from "esbuild";

/** What static/manifest.json holds. All paths are relative to static/. */
export interface Manifest {
  /** Changes whenever any source changes; the service gives it out in `/config`, so that a stale widget can tell. */
  build: string;
  /** Logical name (`thread.js`, `console.css`, …) to built file. */
  files: Record<string, string>;
  /** What a reader downloads before the thread shows, without the loader. */
  first_load: string[];
  /** What comes after that: writing, live events, help. */
  on_demand: string[];
  /** One of these comes too, where the page is not in English. */
  locales: string[];
  /** And one of these, where help is asked for. */
  help_locales: string[];
}

/** Walks the import graph from `entry`: static imports make the first load, dynamic ones come on demand. */
export function firstLoad(
  meta: Metafile,
  entry: string,
  name: (output: string) => string,
): Pick<Manifest, "first_load" | "on_demand"> {
  const first = new Set<string>();
  const later = new Set<string>();
  const walk = (file: string, seen: Set<string>): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const edge of meta.outputs[file]?.imports ?? []) {
      if (!edge.external) walk(edge.path, edge.kind === "dynamic-import" ? later : seen);
    }
  };
  const root = Object.keys(meta.outputs).find((file) => meta.outputs[file]?.entryPoint === entry);
  if (!root) throw new Error(`nothing was built from ${entry}`);
  walk(root, first);
  return {
    first_load: [...first].map(name).sort(),
    on_demand: [...later]
      .filter((file) => !first.has(file))
      .map(name)
      .sort(),
  };
}
