import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Plugin, transform } from "esbuild";

/**
 * Lets code say `import css from "./x.css?text"` and get the minified stylesheet as a string, for `adoptedStyleSheets`.
 * A plain `import "./x.css"` still goes into the bundle's own stylesheet.
 */
export function cssAsText(): Plugin {
  return {
    name: "css-as-text",
    setup(build) {
      build.onResolve({ filter: /\.css\?text$/ }, (args) => ({
        path: resolve(dirname(args.importer), args.path.replace(/\?text$/, "")),
        namespace: "css-text",
      }));
      build.onLoad({ filter: /.*/, namespace: "css-text" }, async (args) => {
        const source = await readFile(args.path, "utf8");
        const { code } = await transform(source, { loader: "css", minify: true, target: "safari16.4" });
        return { contents: code.trim(), loader: "text", watchFiles: [args.path] };
      });
    },
  };
}
