import { describe, expect, test } from "vitest";
import { formatIssues } from "../../src/spec/issues.ts";
import { loadSpec } from "../../src/spec/load.ts";
import { memoryFiles } from "../support/memory-files.ts";

/** S4: names that every object has already, at every place where a spec takes a name. */

const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "__defineGetter__",
];

const places: Readonly<Record<string, (name: string) => string>> = {
  root: (name) =>
    `version: 1\nproject: p\n${name}: { polluted: true }\nentities: {}\nworkloads: {}\n`,
  entity: (name) =>
    `version: 1\nproject: p\nentities: { ${name}: { fields: { id: { type: uuid, key: true } } } }\nworkloads: {}\n`,
  field: (name) =>
    `version: 1\nproject: p\nentities: { A: { fields: { id: { type: uuid, key: true }, ${name}: { type: int } } } }\nworkloads: {}\n`,
  "key of a field": (name) =>
    `version: 1\nproject: p\nentities: { A: { fields: { id: { type: uuid, key: true, ${name}: 1 } } } }\nworkloads: {}\n`,
  check: (name) =>
    `version: 1\nproject: p\nentities: { A: { checks: { ${name}: "1 = 1" }, fields: { id: { type: uuid, key: true } } } }\nworkloads: {}\n`,
  workload: (name) =>
    `version: 1\nproject: p\nentities: {}\nworkloads: { ${name}: { kind: cache } }\n`,
  method: (name) =>
    `version: 1\nproject: p\nentities: { A: { fields: { id: { type: uuid, key: true } } } }\nworkloads: { w: { kind: document, entities: [A], access: { A: { ${name}: { op: get } } } } }\n`,
  "entity of access": (name) =>
    `version: 1\nproject: p\nentities: { A: { fields: { id: { type: uuid, key: true } } } }\nworkloads: { w: { kind: document, entities: [A], access: { ${name}: { get: {} } } } }\n`,
  "store name": (name) =>
    `version: 1\nproject: p\nstores: { names: { ${name}: redis } }\nentities: {}\nworkloads: {}\n`,
  "default of json": (name) =>
    `version: 1\nproject: p\nentities: { A: { fields: { id: { type: uuid, key: true }, j: { type: json, default: { ${name}: 1 } } } } }\nworkloads: {}\n`,
  "JSON Schema": (name) =>
    `version: 1\nproject: p\nentities: { A: { fields: { id: { type: uuid, key: true }, j: { type: json, schema: { properties: { ${name}: {} } } } } } }\nworkloads: {}\n`,
};

describe.each(Object.entries(places))("as %s", (_, spec) => {
  test.each(names)("%s is refused", (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
    const result = loadSpec("w.yaml", { files: memoryFiles({ "w.yaml": spec(name) }) });
    expect(result.model).toBeUndefined();
    expect(formatIssues(result.issues)).toMatch(
      new RegExp(`^w\\.yaml:\\d+:\\d+: the name "${name}" is refused`, "m"),
    );
    // Once, with this reason alone.
    expect(result.issues.filter(({ message }) => message.includes(`"${name}"`))).toHaveLength(1);
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

test("in references they are unknown names, not inherited ones", () => {
  const text = `version: 1
project: p
entities:
  A: { fields: { id: { type: uuid, key: true }, b: { type: uuid, references: Constructor } } }
workloads:
  w: { kind: document, entities: [A], access: { A: { l: { op: list, where: [constructor], orderBy: [toString] } } } }
`;
  const said = formatIssues(loadSpec("w.yaml", { files: memoryFiles({ "w.yaml": text }) }).issues);
  expect(said).toMatch(/unknown entity "Constructor"/);
  expect(said).toMatch(/unknown field "constructor" of A/);
  expect(said).toMatch(/unknown field "toString" of A/);
});
