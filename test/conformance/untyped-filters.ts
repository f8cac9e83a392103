/** Filters and pages as untyped code gives them: refused and named, never passed over. */
import { expect } from "vitest";

/** What is given, and what its refusal names. */
export type Untyped = readonly [given: unknown, named: string];

/** A method as code without types calls it. */
export function untyped(
  of: object,
  name: string,
): (...values: readonly unknown[]) => Promise<unknown> {
  const method: unknown = Reflect.get(of, name);
  if (typeof method !== "function") throw new TypeError(`no method ${name}`);
  return (...values) => Promise.resolve<unknown>(Reflect.apply(method, of, values));
}

/**
 * @param parameter of the method: `where`, `filter`
 * @param valid a filter that is taken
 * @param range a property that is filtered by a range
 */
export const untypedFilters = (
  parameter: string,
  valid: Readonly<Record<string, unknown>>,
  range: string,
): readonly Untyped[] => {
  const [one = ""] = Object.keys(valid);
  const path = `${parameter}.${range}`;
  return [
    ...[undefined, null, "nobody's", 7].map((given): Untyped => [given, `\`${parameter}\``]),
    [{ ...valid, otherwise: "nobody's" }, '"otherwise"'],
    [JSON.parse(`{ "__proto__": { "${one}": 1 } }`), "__proto__"],
    [{ ...valid, [one]: null }, `${parameter}.${one} is null`],
    [{ ...valid, [range]: null }, `${path} is null`],
    [{ ...valid, [range]: { min: null } }, `${path}.min is null`],
    ...[new Date(0), 7, "nobody's", [1, 2], { from: 1 }, { min: 1, below: 2 }].map(
      (given): Untyped => [{ ...valid, [range]: given }, `${path} must be a range`],
    ),
  ];
};

/** Each is refused as the caller's slip before anything is sent, and nothing of its values is told. */
export async function expectRefused(
  operation: string,
  call: (given: unknown) => Promise<unknown>,
  all: readonly Untyped[],
): Promise<void> {
  for (const [given, named] of all) {
    const error: unknown = await call(given).catch((reason: unknown) => reason);
    expect(error, named).toMatchObject({
      name: "DataError",
      kind: "programming",
      operation,
      message: expect.stringContaining(operation),
    });
    expect(error).toMatchObject({
      message: expect.stringContaining(named),
      hint: expect.stringMatching(/./),
    });
    expect(String(error)).not.toContain("nobody's");
  }
}
