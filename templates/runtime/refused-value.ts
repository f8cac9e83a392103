/**
 * Refuses a value that a codec cannot encode. The message never holds the value itself, which may be personal.
 *
 * @param what what the type takes: `int (32 bit)`
 * @throws TypeError
 */
export const refuse = (what: string, value: unknown): never => {
  throw new TypeError(
    value === undefined
      ? `a value is required: ${what}`
      : value === null
        ? `null is not taken: ${what} is required`
        : `${what} cannot hold ${kindOf(value)}`,
  );
};

function kindOf(value: unknown): string {
  if (Number.isNaN(value)) return "NaN";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return words.get(typeof value) ?? `a ${typeof value}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "this Date";
  return value instanceof Float32Array ? "this Float32Array" : "an object";
}

/** Kinds that a codec may take, but not this one of them. */
const words: ReadonlyMap<string, string> = new Map([
  ["string", "this text"],
  ["number", "this number"],
  ["bigint", "this bigint"],
]);
