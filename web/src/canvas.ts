// SPDX-License-Identifier: GPL-2.0-only
// A canvas that is as large as its place, in the page's colours, and drawn at most once a frame. Knows nothing of what is
// drawn.
import { effect } from "@preact/signals";
import { readColours, type Colours } from "./colours";
import { theme } from "./state";

export interface Surface {
  context: CanvasRenderingContext2D;
  colours: Colours;
  width: number; // CSS pixels
  height: number;
  ratio: number; // device pixels in one
}

/** draw() is called again when the place, the theme or a signal that changed() reads has changed, until stopped. */
export function watchCanvas(
  canvas: HTMLCanvasElement,
  place: Element,
  changed: () => void,
  draw: (surface: Surface) => void,
): () => void {
  const context = canvas.getContext("2d", { alpha: false })!;
  const surface: Surface = { context, colours: readColours(canvas, context), width: 0, height: 0, ratio: 1 };
  let frame = 0;
  const drawNow = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    context.setTransform(surface.ratio, 0, 0, surface.ratio, 0, 0);
    draw(surface);
  };
  const redraw = () => {
    frame ||= requestAnimationFrame(drawNow);
  };
  const recolour = () => {
    surface.colours = readColours(canvas, context);
    if (surface.width) drawNow(); // no frame comes before a print
  };
  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = place;
    Object.assign(surface, { width, height, ratio: devicePixelRatio });
    canvas.width = Math.round(width * surface.ratio);
    canvas.height = Math.round(height * surface.ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    drawNow();
  });
  observer.observe(place);
  const media = ["(prefers-color-scheme: dark)", "print"].map((query) => matchMedia(query));
  media.forEach((one) => one.addEventListener("change", recolour));
  const stops = [
    effect(() => {
      theme.value;
      queueMicrotask(recolour); // after the page has taken the theme over
    }),
    effect(() => {
      changed();
      redraw();
    }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    observer.disconnect();
    media.forEach((one) => one.removeEventListener("change", recolour));
    cancelAnimationFrame(frame);
  };
}
