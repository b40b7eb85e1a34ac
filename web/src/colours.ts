// SPDX-License-Identifier: GPL-2.0-only
// The page's colours (custom properties of page.css), as the canvas needs them. Knows names, no colour.
import { severityNames } from "./calls";
import { states } from "./describe";

export interface Colours {
  text: Record<"bg" | "fg" | "ink" | "dim" | "line" | "accent" | "lost", string>;
  states: Uint32Array; // as ImageData has them: ABGR
  calls: Uint32Array; // by severity
  bars: Uint32Array; // the rest of a long call, by severity
  folds: Uint32Array; // between the layers of merged calls
}

function rgb(colour: string, context: CanvasRenderingContext2D): [number, number, number] {
  context.fillStyle = "#000";
  context.fillStyle = colour;
  const hex = parseInt(String(context.fillStyle).slice(1, 7), 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255];
}

function pixel(colour: number[], over: number[], share: number): number {
  const [r, g, b] = colour.map((part, i) => Math.round(part * share + over[i] * (1 - share)));
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function readColours(element: Element, context: CanvasRenderingContext2D): Colours {
  const style = getComputedStyle(element);
  const text = (name: string) => style.getPropertyValue(`--${name}`).trim() || "#888";
  const of = (name: string) => rgb(text(name), context);
  const bg = of("bg");
  const severities = severityNames.map((_, i) => of(["fine", "later", "failed", "broken"][i]));
  return {
    text: {
      bg: text("bg"),
      fg: text("fg"),
      ink: text("ink"),
      dim: text("dim"),
      line: text("line"),
      accent: text("accent"),
      lost: text("lost"),
    },
    states: Uint32Array.from(states, (_, i) => pixel(of(`state-${i}`), bg, 1)),
    calls: Uint32Array.from(severities, (c) => pixel(c, bg, 1)),
    bars: Uint32Array.from(severities, (c) => pixel(c, bg, 0.45)),
    folds: Uint32Array.from(severities, (c) => pixel(c, bg, 0.25)),
  };
}
