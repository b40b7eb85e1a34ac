// SPDX-License-Identifier: GPL-2.0-only
// node tests/web/bundle.mjs OUT.cjs FILE...: bundles TypeScript files into one script for node, which finds playwright-core
// and axe-core by NODE_PATH=web/node_modules.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../web/node_modules/esbuild/lib/main.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const [out, ...files] = process.argv.slice(2);
if (!files.length) {
  console.error("usage: node tests/web/bundle.mjs OUT.cjs FILE...");
  process.exit(2);
}

await build({
  stdin: {
    contents: files.map((file) => `import ${JSON.stringify(resolve(file))};`).join("\n"),
    resolveDir: root,
  },
  outfile: out,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node18",
  sourcemap: "inline",
  jsx: "automatic",
  jsxImportSource: "preact",
  nodePaths: [join(root, "web/node_modules")],
  external: ["playwright-core", "axe-core"],
  tsconfigRaw: {},
  logLevel: "warning",
});
