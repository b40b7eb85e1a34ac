// SPDX-License-Identifier: GPL-2.0-only
// node web/build.mjs OUT: bundles src/ into the page without data, one HTML file that ends inside its <body>. What runs is
// named by its hash in the Content-Security-Policy, and nothing may be loaded. `export -f html` appends the data.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error("usage: node web/build.mjs OUT");
  process.exit(2);
}

async function bundle(entry) {
  const result = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    tsconfigRaw: {},
    legalComments: "none",
  });
  return result.outputFiles[0].text.trimEnd();
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const script = await bundle("main.tsx");
const style = await bundle("page.css");
const policy = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  `script-src ${hash(script)}`,
  `style-src ${hash(style)}`,
].join("; ");

writeFileSync(
  out,
  `<!doctype html>
<!-- SPDX-License-Identifier: GPL-2.0-only -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>socklife</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<noscript>This timeline is drawn by the script in this file: allow scripts, or read the capture with socklife show.</noscript>
<script>${script}</script>
`,
);
