// SPDX-License-Identifier: GPL-2.0-only
// All that a painting of the lanes is made of.
import type { Colours } from "./colours";
import type { Document } from "./document";
import type { Plot } from "./geometry";
import type { Layout } from "./layout";
import type { RowsImage } from "./paint_rows";
import type { Selection } from "./state";
import type { View } from "./view";

export interface Picture {
  context: CanvasRenderingContext2D;
  rows: RowsImage;
  plot: Plot;
  ratio: number; // device pixels in a CSS pixel
  colours: Colours;
  doc: Document;
  layout: Layout;
  view: View;
  selection: Selection | null;
}
