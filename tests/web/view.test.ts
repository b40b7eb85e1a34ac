// SPDX-License-Identifier: GPL-2.0-only
// The window on the trace, and where lanes and times stand on the canvas.
import assert from "node:assert/strict";
import test from "node:test";
import { LANE, laneAt, lanesSeen, plotOf, RULER, timeAt, xOf, yOf } from "../../web/src/geometry";
import { clampView, fitView, panView, viewTicks, wholeView, zoomView, type View } from "../../web/src/view";

const DURATION = 1e9;
const whole = wholeView(DURATION);
const width = (view: View) => view.to - view.from;

function close(got: number, expected: number, within = 1) {
  assert.ok(Math.abs(got - expected) <= within, `${got} is not ${expected}`);
}

test("the whole view shows all of the trace and a little on both sides", () => {
  assert.ok(whole.from < 0 && whole.to > DURATION);
  assert.ok(width(whole) < 1.1 * DURATION);
  assert.equal(wholeView(DURATION, 56).top, 56);
});

test("a trace of no time has a view that is not empty", () => {
  for (const duration of [0, 1]) {
    const view = wholeView(duration);
    assert.ok(width(view) > 0 && view.from <= 0 && view.to >= duration);
    assert.ok(Number.isFinite(zoomView(view, 0.5, 0, duration).from));
  }
});

test("zooming keeps the time at the pointer where it is", () => {
  const at = 0.3e9;
  const share = (view: View) => (at - view.from) / width(view);
  const near = zoomView(whole, 0.1, at, DURATION);
  close(width(near), width(whole) * 0.1);
  close(share(near), share(whole), 1e-9);
  const back = zoomView(near, 10, at, DURATION);
  close(back.from, whole.from);
  close(back.to, whole.to);
});

test("zooming ends at some nanoseconds, and at the whole trace", () => {
  let view = whole;
  for (let i = 0; i < 200; i++) view = zoomView(view, 0.5, 0.5e9, DURATION);
  assert.ok(width(view) > 0 && width(view) <= 100, String(width(view)));
  for (let i = 0; i < 200; i++) view = zoomView(view, 2, 0.5e9, DURATION);
  assert.deepEqual(view, whole);
});

test("panning stops at both ends and keeps the width", () => {
  const near = zoomView(whole, 0.1, 0.5e9, DURATION);
  close(panView(near, 0.5, DURATION).from, near.from + width(near) / 2);
  for (const [fraction, edge] of [
    [-100, "from"],
    [100, "to"],
  ] as const) {
    const moved = panView(near, fraction, DURATION);
    close(moved[edge], whole[edge]);
    close(width(moved), width(near));
  }
});

test("no view leaves the trace or stands above its first lane", () => {
  const view = clampView({ from: -5e9, to: 9e9, top: -30 }, DURATION);
  assert.deepEqual(view, { ...whole, top: 0 });
});

test("fit centres first, and fits once it is centred", () => {
  const centred = fitView(zoomView(whole, 0.5, 0.2e9, DURATION), 0.55e9, 0.56e9, DURATION);
  close((centred.from + centred.to) / 2, 0.555e9);
  close(width(centred), width(whole) / 2);
  const fitted = fitView(centred, 0.55e9, 0.56e9, DURATION);
  assert.ok(fitted.from < 0.55e9 && fitted.to > 0.56e9 && width(fitted) < 0.013e9, JSON.stringify(fitted));
});

test("fit shows at once what is wider than the view", () => {
  const near = zoomView(whole, 0.01, 0.5e9, DURATION);
  const fitted = fitView(near, 0.1e9, 0.8e9, DURATION);
  assert.ok(fitted.from < 0.1e9 && fitted.to > 0.8e9);
});

test("fit of something without a length shows some time around it", () => {
  let view = fitView(whole, 0.5e9, 0.5e9, DURATION);
  view = fitView(view, 0.5e9, 0.5e9, DURATION);
  assert.ok(view.from < 0.5e9 && view.to > 0.5e9);
});

test("ticks are round, in order, some 100 pixels apart and never before the trace", () => {
  for (const view of [
    whole,
    zoomView(whole, 0.003, 0.123e9, DURATION),
    zoomView(whole, 1e-9, 0.5e9, DURATION),
  ]) {
    const all = viewTicks(view, 1000).times;
    assert.ok(all.length >= 4 && all.length <= 22, `${all.length} ticks`);
    assert.ok(all.every((t, i) => t >= 0 && t <= view.to && (i === 0 || t > all[i - 1])));
  }
  assert.ok(viewTicks(whole, 10).times.length >= 1);
});

test("times and pixels are each other's inverse", () => {
  const plot = plotOf(1000, 600);
  const view = { from: 100, to: 1100, top: 0 };
  close(xOf(plot, view, 100), plot.left, 1e-9);
  close(xOf(plot, view, 1100), plot.left + plot.width, 1e-9);
  for (const t of [100, 345.5, 1100]) close(timeAt(plot, view, xOf(plot, view, t)), t, 1e-9);
});

test("lanes and pixels are each other's inverse, wherever it is scrolled", () => {
  for (const top of [0, 13, LANE, 700]) {
    const view = { from: 0, to: 1, top };
    for (const lane of [30, 40]) {
      assert.equal(laneAt(view, yOf(view, lane)), lane);
      assert.equal(laneAt(view, yOf(view, lane) + LANE - 1), lane);
    }
  }
  assert.equal(laneAt({ from: 0, to: 1, top: 100 }, RULER - 1), -1);
});

test("the lanes that are seen are those that a pixel of the plot is of", () => {
  const plot = plotOf(800, RULER + 100);
  for (const top of [0, 13, 56]) {
    const view = { from: 0, to: 1, top };
    const [first, end] = lanesSeen(plot, view, 1000);
    assert.equal(first, laneAt(view, RULER));
    assert.ok(end > laneAt(view, plot.height - 1) && end <= laneAt(view, plot.height - 1) + 2);
  }
  assert.deepEqual(lanesSeen(plot, { from: 0, to: 1, top: 0 }, 2), [0, 2]);
  const [first, end] = lanesSeen(plot, { from: 0, to: 1, top: 9999 }, 2);
  assert.ok(first >= end || first === 2);
});

test("names leave most of a narrow canvas to the time", () => {
  for (const wide of [200, 320, 1280, 4000]) {
    const plot = plotOf(wide, 400);
    assert.equal(plot.left + plot.width, wide);
    assert.ok(plot.width >= 0.6 * wide);
  }
  assert.ok(plotOf(0, 0).width > 0);
});
