// SPDX-License-Identifier: GPL-2.0-only
// The whole trace in a row of bins: how many calls began in each, and the worst of them. Pure.
import type { Layout } from "./layout";

export interface Overview {
  calls: Uint32Array;
  worst: Uint8Array;
  most: number; // calls in the fullest bin
}

/** Bins of equal length over [0, duration]. */
export function makeOverview({ calls }: Layout, duration: number, bins: number): Overview {
  const { start, worst } = calls.levels[0];
  const overview = { calls: new Uint32Array(bins), worst: new Uint8Array(bins), most: 0 };
  const perNs = bins / Math.max(1, duration);
  for (let i = 0; i < start.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(start[i] * perNs)));
    overview.calls[bin]++;
    if (worst[i] > overview.worst[bin]) overview.worst[bin] = worst[i];
  }
  for (const count of overview.calls) if (count > overview.most) overview.most = count;
  return overview;
}
