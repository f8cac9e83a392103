/** Quantities (`50M`, `10x`), durations (`15m`) and sizes (`256MiB`) of the spec. The patterns are anchored and without nested repeats. */

export const quantityPattern = /^[0-9]{1,15}(?:\.[0-9]{1,6})?[kMGT]?$/;
export const factorPattern = /^[0-9]{1,6}(?:\.[0-9]{1,6})?x$/;
export const durationPattern = /^[0-9]{1,12}(?:\.[0-9]{1,6})?(?:ms|s|m|h|d)$/;
export const sizePattern = /^[0-9]{1,15}(?:\.[0-9]{1,6})?(?:B|KiB|MiB|GiB|TiB)$/;

const decimalUnits: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  x: 1,
};
const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3_600e3,
  d: 86_400e3,
};
const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

function scaled(text: string | number, units: Readonly<Record<string, number>>): number {
  if (typeof text === "number") return text;
  const unitAt = text.search(/[A-Za-z]/);
  const digits = unitAt < 0 ? text : text.slice(0, unitAt);
  const factor = units[unitAt < 0 ? "" : text.slice(unitAt)];
  if (factor === undefined) throw new RangeError(`no unit in ${JSON.stringify(text)}`);
  return Number((Number(digits) * factor).toPrecision(15));
}

/** `50M` → 50,000,000; also factors: `10x` → 10. */
export const quantity = (text: string | number): number => scaled(text, decimalUnits);
/** `15m` → 900,000 milliseconds. */
export const milliseconds = (text: string): number => Math.round(scaled(text, durationUnits));
/** `256MiB` → 268,435,456 bytes. */
export const bytes = (text: string | number): number => Math.round(scaled(text, sizeUnits));
