// SPDX-License-Identifier: GPL-2.0-only
// Files of pages for tests, in a directory that goes with the process: exported from captures, or made of documents.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { blocksOf, captureFile, type Json } from "./document";
import { writePage } from "./generate";

export const scratch = mkdtempSync(join(tmpdir(), "socklife-page-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

let files = 0;
const exports = new Map<string, string>();

export const newFile = (suffix: string) => join(scratch, `${++files}${suffix}`);

/** A page that `socklife export -f html` writes of a file. */
export function exportPage(capture: string, ...options: string[]): string {
  const key = [capture, ...options].join("\n");
  let file = exports.get(key);
  if (!file) {
    exports.set(key, (file = newFile(".html")));
    const program = `${process.env.BUILD ?? "build"}/socklife`;
    execFileSync(program, ["export", capture, "-f", "html", "-o", file, ...options], {
      stdio: ["ignore", "ignore", "pipe"],
    });
  }
  return file;
}

export const capturePage = (capture: string, ...options: string[]) =>
  exportPage(captureFile(capture), ...options);

/** A page of a document in the json format. */
export function jsonPage(json: Json): string {
  const file = newFile(".html");
  writePage(file, (write) => blocksOf(json).forEach(write));
  return file;
}

/** The texts of a page's data blocks. */
export function blocksIn(file: string): string[] {
  const blocks = readFileSync(file, "utf8").matchAll(
    /^<script type="application\/(\w+)" class="\w+">(.*)<\/script>$/gm,
  );
  return Array.from(blocks, ([, type, text]) =>
    type === "gzip" ? gunzipSync(Buffer.from(text, "base64")).toString() : text,
  );
}
