// SPDX-License-Identifier: GPL-2.0-only
// Drawing a lane in the time of its pixels loses nothing: no interval, and not the worst of many.
import assert from "node:assert/strict";
import test from "node:test";
import { buildPyramid, firstAfter, visitLane, type Pyramid } from "../../web/src/pyramid";
import { randomFrom } from "./random";

interface Interval {
  start: number;
  end: number;
  worst: number;
}

function pyramidOf(lanes: Interval[][]): Pyramid {
  const all = lanes.flat();
  const base = new Uint32Array(lanes.length + 1);
  lanes.forEach((lane, i) => (base[i + 1] = base[i] + lane.length));
  return buildPyramid(
    Float64Array.from(all, (one) => one.start),
    Float64Array.from(all, (one) => one.end),
    Uint8Array.from(all, (one) => one.worst),
    base,
  );
}

function randomLane(random: () => number, length: number): Interval[] {
  let t = 0;
  return Array.from({ length }, () => {
    t += Math.floor(random() * 20);
    const long = random() < 0.01 ? 5000 : 10;
    return { start: t, end: t + Math.floor(random() * long), worst: random() < 0.01 ? 3 : 0 };
  });
}

interface Node extends Interval {
  index: number;
  count: number;
}

function visited(pyramid: Pyramid, lane: number, from: number, to: number, least: number): Node[] {
  const nodes: Node[] = [];
  visitLane(pyramid, lane, from, to, least, (start, end, worst, index, count) =>
    nodes.push({ start, end, worst, index, count }),
  );
  return nodes;
}

const random = randomFrom(7);
const lanes = [0, 1, 3, 4, 5, 17, 1000, 0, 4097].map((length) => randomLane(random, length));
const pyramid = pyramidOf(lanes);
const bases = lanes.map((_, i) => lanes.slice(0, i).reduce((sum, lane) => sum + lane.length, 0));
const windows = [
  [-10, 1e9],
  [0, 100],
  [2000, 2500],
  [9000, 9000],
  [1e9, 2e9],
  [-9, -1],
];

test("every interval of the window is visited once, in order, by itself or in a node", () => {
  lanes.forEach((lane, i) => {
    for (const [from, to] of windows)
      for (const least of [0, 3, 50, 1000, 1e9]) {
        const nodes = visited(pyramid, i, from, to, least);
        const seen = new Set<number>();
        let next = bases[i];
        for (const node of nodes) {
          assert.ok(node.index >= next, "in order");
          next = node.index + node.count;
          for (let k = node.index; k < next; k++) seen.add(k - bases[i]);
        }
        assert.ok(next <= bases[i] + lane.length);
        lane.forEach((one, k) => {
          if (one.end >= from && one.start <= to)
            assert.ok(seen.has(k), `lane ${i}, interval ${k}, least ${least}`);
        });
      }
  });
});

test("a node has the first start, the last end, the worst and the number of its intervals", () => {
  lanes.forEach((lane, i) => {
    for (const node of visited(pyramid, i, -10, 1e9, 200)) {
      const own = lane.slice(node.index - bases[i], node.index - bases[i] + node.count);
      assert.equal(own.length, node.count);
      assert.equal(node.start, own[0].start);
      assert.equal(node.end, Math.max(...own.map((one) => one.end)));
      assert.equal(node.worst, Math.max(...own.map((one) => one.worst)));
    }
  });
});

test("only what is closer together than asked is merged", () => {
  lanes.forEach((_, i) => {
    for (const node of visited(pyramid, i, -10, 1e9, 200))
      assert.ok(node.count === 1 || node.end - node.start < 200);
    assert.ok(visited(pyramid, i, -10, 1e9, 0).every((node) => node.count === 1));
  });
});

test("one broken call shows under 10,000 reads", () => {
  const lane = Array.from({ length: 10001 }, (_, i) => ({
    start: i,
    end: i + 0.5,
    worst: i === 7777 ? 3 : 0,
  }));
  const [node, ...more] = visited(pyramidOf([lane]), 0, 0, 1e6, 1e6);
  assert.deepEqual([node.worst, node.count, more.length], [3, 10001, 0]);
});

test("what is visited is bounded by the pixels, not by the intervals", () => {
  const lane = Array.from({ length: 200000 }, (_, i) => ({ start: i * 10, end: i * 10 + 5, worst: 0 }));
  for (const pixels of [100, 1000]) {
    const visits = visited(pyramidOf([lane]), 0, 0, 2e6, 2e6 / pixels).length;
    assert.ok(visits >= pixels / 4 && visits <= 16 * pixels, `${visits} visits for ${pixels} pixels`);
  }
});

test("the first interval after a time is found in its lane only", () => {
  lanes.forEach((lane, i) => {
    for (const t of [-1, 0, 50, 2000, 1e9]) {
      const after = lane.findIndex((one) => one.start > t);
      assert.equal(firstAfter(pyramid, i, t), bases[i] + (after < 0 ? lane.length : after));
    }
  });
});

test("a pyramid of no lane and of empty lanes is one", () => {
  assert.equal(pyramidOf([]).levels.length, 1);
  assert.deepEqual(visited(pyramidOf([[], []]), 1, 0, 1, 0), []);
});
