/** Bundles the prelude into one script for QuickJS. */
import { join } from "node:path";
import { build as bundle } from "esbuild";
import type { Plugin } from "esbuild";

const prelude = join(import.meta.dirname, "../prelude");

/** Files of whatwg-url, and what it imports, that others take the place of. */
const replaced: Record<string, string> = {
  tr46: "url/hosts.ts",
  "@exodus/bytes/whatwg.js": "url/hosts.ts",
  "@exodus/bytes/encoding.js": "url/nothing.ts",
  "./encoding": "url/encoding.ts",
  "./URL": "url/create-url.ts",
  "./url-state-machine": "url/state-machine.ts",
  "./urlencoded": "url/urlencoded.ts",
  "./URLSearchParams": "url/create-search-params.ts",
};

/** @param packages the folder that has `whatwg-url` and `punycode` */
export async function bundlePrelude(packages: string): Promise<Uint8Array> {
  const replace: Plugin = {
    name: "replace",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        const file = replaced[path];
        return importer.includes("whatwg-url") && file !== undefined
          ? { path: join(prelude, file) }
          : undefined;
      });
    },
  };
  const { outputFiles } = await bundle({
    entryPoints: [join(prelude, "index.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2023",
    minify: true,
    keepNames: true,
    nodePaths: [packages],
    // What stands in folders above makes no difference.
    alias: { punycode: join(packages, "punycode") },
    tsconfigRaw: { compilerOptions: { strict: true } },
    plugins: [replace],
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error("esbuild wrote nothing.");
  return output.contents;
}
