import fc from "fast-check";
import { expect, test } from "vitest";
import {
  printRecord,
  type RecordedFile,
  sorted,
  type UnitRecord,
} from "../../../src/reconcile/record.ts";

/** The same record by the plain way, which takes three times as long. */
function plain({ files, model }: UnitRecord): string {
  const entries = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const value = {
    files: Object.fromEntries(entries.map(([path, file]) => [path, entryOf(file)])),
    ...(model === undefined ? {} : { model: sorted(model) }),
    version: 1,
  };
  return `${JSON.stringify(value, null, 1)}\n`;
}

function entryOf(file: RecordedFile): unknown {
  if (file.kind === "yours") return { yours: true };
  const content = file.kind === "text" ? { base: file.base.split("\n") } : { hash: file.hash };
  const { at, deleted } = file;
  return {
    ...(at === undefined ? {} : { at }),
    ...content,
    ...(deleted === undefined ? {} : { deleted }),
  };
}

const where = {
  at: fc.string(),
  deleted: fc.constant(true as const),
};
const file: fc.Arbitrary<RecordedFile> = fc.oneof(
  fc.constant({ kind: "yours" as const }),
  fc.record(
    {
      kind: fc.constant("text" as const),
      base: fc.stringMatching(/^[a\n\\"n\u2028é{}[\]]*$/),
      ...where,
    },
    { requiredKeys: ["kind", "base"] },
  ),
  fc.record(
    { kind: fc.constant("hashed" as const), hash: fc.string(), ...where },
    { requiredKeys: ["kind", "hash"] },
  ),
);

test("a record is what JSON.stringify makes of it, line by line of each base", () => {
  const paths = fc.string().map((path) => `p${path}`);
  const property = fc.property(
    fc.uniqueArray(fc.tuple(paths, file), { selector: ([path]) => path }),
    fc.option(fc.jsonValue(), { nil: undefined }),
    (files, model) => {
      const record: UnitRecord = { unit: "project", files: new Map(files), model };
      expect(printRecord(record)).toBe(plain(record));
    },
  );
  fc.assert(property, { seed: 20261121, numRuns: 500 });
});

test("keys are sorted at every depth, of wide objects too; what is sorted stays the same object", () => {
  const plainly = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plainly);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, each]) => [key, plainly(each)]));
  };
  const wide = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), {
    minKeys: 0,
    maxKeys: 120,
    size: "max",
  });
  const property = fc.property(wide, (value) => {
    const once = sorted(value);
    expect(JSON.stringify(once)).toBe(JSON.stringify(plainly(value)));
    expect(once).toEqual(value);
    // Digits come first in every object, and the prototype's name is copied.
    if (!/"(?:\d+|__proto__)":/.test(JSON.stringify(value))) expect(sorted(once)).toBe(once);
  });
  fc.assert(property, { seed: 20_261_123, numRuns: 300 });
});
