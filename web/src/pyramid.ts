// SPDX-License-Identifier: GPL-2.0-only
// Intervals in lanes, and over each lane a pyramid: every node tells of the four below it the first start, the last
// end and the worst weight, so that a lane is drawn in the time of its pixels, not of its intervals. Knows no event.

interface Level {
  start: Float64Array;
  end: Float64Array;
  worst: Uint8Array;
  base: Uint32Array; // by lane: where its nodes begin; one more at the end
}

/** levels[0] are the intervals themselves, in order of their start within a lane. */
export interface Pyramid {
  levels: Level[];
}

const FAN = 4;

function above(level: Level): Level {
  const lanes = level.base.length - 1;
  const base = new Uint32Array(lanes + 1);
  for (let lane = 0; lane < lanes; lane++)
    base[lane + 1] = base[lane] + Math.ceil((level.base[lane + 1] - level.base[lane]) / FAN);
  const nodes = base[lanes];
  const up = { start: new Float64Array(nodes), end: new Float64Array(nodes), worst: new Uint8Array(nodes), base };
  for (let lane = 0; lane < lanes; lane++) {
    let node = base[lane];
    for (let first = level.base[lane]; first < level.base[lane + 1]; first += FAN, node++) {
      const last = Math.min(first + FAN, level.base[lane + 1]);
      let end = level.end[first];
      let worst = level.worst[first];
      for (let i = first + 1; i < last; i++) {
        if (level.end[i] > end) end = level.end[i];
        if (level.worst[i] > worst) worst = level.worst[i];
      }
      up.start[node] = level.start[first];
      up.end[node] = end;
      up.worst[node] = worst;
    }
  }
  return up;
}

/** Takes the arrays over: base is by lane, as in Level. */
export function buildPyramid(start: Float64Array, end: Float64Array, worst: Uint8Array, base: Uint32Array): Pyramid {
  const levels: Level[] = [{ start, end, worst, base }];
  let widest = 0;
  for (let lane = 0; lane + 1 < base.length; lane++) widest = Math.max(widest, base[lane + 1] - base[lane]);
  for (; widest > 1; widest = Math.ceil(widest / FAN)) levels.push(above(levels[levels.length - 1]));
  return { levels };
}

/**
 * Visits what is in [from, to] of a lane: each interval that is `least` or longer by itself, and where many lie closer
 * together than that, a node over them. visit(start, end, worst, index, count): index is of the first interval.
 */
export function visitLane(
  pyramid: Pyramid,
  lane: number,
  from: number,
  to: number,
  least: number,
  visit: (start: number, end: number, worst: number, index: number, count: number) => void,
) {
  const { levels } = pyramid;
  const base0 = levels[0].base[lane];
  const total = levels[0].base[lane + 1] - base0;
  if (!total) return;

  function descend(depth: number, node: number) {
    const level = levels[depth];
    const i = level.base[lane] + node;
    const start = level.start[i];
    const end = level.end[i];
    if (end < from || start > to) return;
    const size = FAN ** depth;
    if (depth === 0 || end - start < least) {
      visit(start, end, level.worst[i], base0 + node * size, Math.min(size, total - node * size));
      return;
    }
    const below = levels[depth - 1];
    const last = Math.min((node + 1) * FAN, below.base[lane + 1] - below.base[lane]);
    for (let child = node * FAN; child < last; child++) descend(depth - 1, child);
  }

  let depth = levels.length - 1;
  while (depth > 0 && levels[depth - 1].base[lane + 1] - levels[depth - 1].base[lane] === 1) depth--;
  const top = levels[depth].base[lane + 1] - levels[depth].base[lane];
  for (let node = 0; node < top; node++) descend(depth, node);
}

/** The first interval of a lane that starts after t, as an index of all. */
export function firstAfter(pyramid: Pyramid, lane: number, t: number): number {
  const { start, base } = pyramid.levels[0];
  let low = base[lane];
  let high = base[lane + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start[middle] > t) high = middle;
    else low = middle + 1;
  }
  return low;
}
