/** The whole units of a scale next to a decimal number: `0.125` with two digits lies between 12 and 13; a number of no finer digits is both. */
export interface UnitsAround {
  readonly floor: bigint;
  readonly ceil: bigint;
}

const form = /^([-+]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))$/;

/** @param scale digits after the point @returns undefined for what is no decimal number in digits */
export function unitsAround(value: unknown, scale: number): UnitsAround | undefined {
  const parts = typeof value === "string" ? form.exec(value) : null;
  if (parts === null) return undefined;
  const [, sign, whole = "0", part, bare] = parts;
  const digits = (part ?? bare ?? "").padEnd(scale, "0");
  const least = BigInt(whole + digits.slice(0, scale));
  const most = /[1-9]/.test(digits.slice(scale)) ? least + 1n : least;
  return sign === "-" ? { floor: -most, ceil: -least } : { floor: least, ceil: most };
}

/** Past every decimal that a view compares, which has 18 digits at most, and within 64 bits. */
const past = 10n ** 18n;

/**
 * The same for the bound of a range: `floor` is the largest value within a `max`, `ceil` the smallest within a `min`, so that a bound of finer
 * digits than the values have is compared exactly. One past all values becomes one that 64 bits hold.
 */
export function boundUnits(value: unknown, scale: number): UnitsAround | undefined {
  const around = unitsAround(value, scale);
  return around && { floor: held(around.floor), ceil: held(around.ceil) };
}

function held(units: bigint): bigint {
  if (units > past) return past;
  return units < -past ? -past : units;
}
