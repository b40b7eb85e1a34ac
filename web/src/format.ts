// SPDX-License-Identifier: GPL-2.0-only
// Numbers as people read them. Times are nanoseconds. Knows no document.

const UNITS = [
  { unit: "s", size: 1e9 },
  { unit: "ms", size: 1e6 },
  { unit: "µs", size: 1e3 },
  { unit: "ns", size: 1 },
];

const GROUP = "\u202f"; // a narrow space that does not break

/** Three digits that count: "74.9 µs", "1.24 s"; from 100 s on in minutes and hours. */
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return "?";
  if (ns < 0) return `-${duration(-ns)}`;
  if (ns === 0) return "0 s";
  if (ns >= 99.95e9) return clock(Math.round(ns / 1e9));
  const at = UNITS.findIndex(({ size }) => ns >= 0.9995 * size);
  const { unit, size } = UNITS[at < 0 ? UNITS.length - 1 : at];
  return `${size === 1 ? Math.round(ns) : Number((ns / size).toPrecision(3))} ${unit}`;
}

function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min ${two(seconds % 60)} s`;
}

/** A time since the trace's start in seconds, as exact as a step needs: "1.234 567 s". */
export function time(ns: number, step: number): string {
  if (!Number.isFinite(ns)) return "?";
  const digits = Math.min(9, Math.max(0, 9 - Math.floor(Math.log10(Math.max(1, step)) + 1e-9)));
  const [whole, part] = digitsOf(Math.abs(ns), digits);
  const grouped = part.replace(/(\d{3})(?=\d)/g, `$1${GROUP}`);
  return `${ns < 0 ? "-" : ""}${whole}${part && "."}${grouped} s`;
}

/** Nanoseconds below 2^53 divided into seconds without a rounding of binary fractions. */
function digitsOf(ns: number, digits: number): [string, string] {
  const unit = 10 ** (9 - digits);
  const text = String(Math.round(ns / unit)).padStart(digits + 1, "0");
  return [text.slice(0, text.length - digits), text.slice(text.length - digits)];
}

/** "512 B", "1.7 MB": by thousands. */
export function bytes(n: number): string {
  if (!Number.isFinite(n)) return "?";
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let at = 0;
  for (; n >= 999.5 && at < units.length - 1; at++) n /= 1000;
  return `${at && n < 9.95 ? n.toFixed(1) : Math.round(n)} ${units[at]}`;
}

/** "1,204" */
export function count(n: number): string {
  return Number.isFinite(n) ? String(n).replace(/\B(?=(\d{3})+$)/g, ",") : "?";
}

/** "1 call", "1,204 calls" */
export function plural(n: number, what: string): string {
  return `${count(n)} ${what}${n === 1 ? "" : what.endsWith("s") ? "es" : "s"}`;
}
