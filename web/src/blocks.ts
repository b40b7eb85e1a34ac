// SPDX-License-Identifier: GPL-2.0-only
// The data blocks that stand in this page, as texts. Each is taken out of the page once it is read.

function unzip(base64: string): Promise<string> {
  if (typeof DecompressionStream === "undefined")
    throw new Error(
      "This browser cannot unpack a compressed page (it has no DecompressionStream): open it in a newer one, or export it again without --compress.",
    );
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

/** The head first, then the chunks in order. */
export async function* dataBlocks(page: ParentNode): AsyncGenerator<string> {
  for (const block of page.querySelectorAll("script.head, script.chunk")) {
    const text = block.textContent ?? "";
    const packed = block.getAttribute("type") === "application/gzip";
    block.remove();
    yield packed ? await unzip(text) : text;
  }
}
