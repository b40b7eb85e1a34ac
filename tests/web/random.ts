// SPDX-License-Identifier: GPL-2.0-only
// Random numbers that are the same in every run (xorshift32).

/** Numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let x = seed | 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}
