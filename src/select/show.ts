import type { Unit } from "./criteria.ts";

const decimal = [
  { factor: 1e12, suffix: "T" },
  { factor: 1e9, suffix: "G" },
  { factor: 1e6, suffix: "M" },
  { factor: 1e3, suffix: "k" },
];
const binary = [
  { factor: 2 ** 40, suffix: "TiB" },
  { factor: 2 ** 30, suffix: "GiB" },
  { factor: 2 ** 20, suffix: "MiB" },
  { factor: 2 ** 10, suffix: "KiB" },
];
const spans = [
  { factor: 86_400e3, suffix: "d" },
  { factor: 3_600e3, suffix: "h" },
  { factor: 60e3, suffix: "min" },
  { factor: 1e3, suffix: "s" },
];

/** At most three significant digits, without an exponent or trailing zeros: 4.1, 82, 1,797 → 1.8 k. */
function significant(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

function scaled(value: number, units: typeof decimal, bare: string): string {
  const unit = units.find(({ factor }) => value >= factor);
  return unit
    ? `${significant(value / unit.factor)} ${unit.suffix}`
    : `${significant(value)}${bare}`;
}

/** A count with a decimal suffix: 2 M, 13 k. */
export const showCount = (value: number): string => scaled(value, decimal, "");

/** A quantity as a reader expects it in its unit. */
export function show(value: number, unit: Unit): string {
  switch (unit) {
    case "bytes":
      return value >= 1e3 ? `${scaled(value, decimal, "")}B` : `${significant(value)} B`;
    case "memory":
      return scaled(value, binary, " B");
    case "per second":
      return `${showCount(value)}/s`;
    case "ms":
      return `${significant(value)} ms`;
    case "seconds":
      return `${significant(value)} s`;
    case "duration":
      return scaled(value, spans, " ms");
    case "percent":
      return `${value} %`;
    case "factor":
      return `${significant(value)}x`;
    case "dimensions":
      return `${value} dimensions`;
    case "processes":
      return value === 1 ? "one process" : `${showCount(value)} processes`;
    case "regions":
      return value === 1 ? "one write region" : `${value} write regions`;
    case "rows":
      return `${showCount(value)} rows`;
  }
}

/** A number with every digit, grouped by commas whatever the locale: a threshold is read to the last one. */
export function showExact(value: number): string {
  const [whole = "", fraction] = String(value).split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
