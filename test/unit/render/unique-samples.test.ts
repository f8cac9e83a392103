// Samples of generated tests satisfy every key and unique group, and refer to rows that are stored before.
import { afterAll, expect, test } from "vitest";
import fc from "fast-check";
import { generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const made: GeneratedProject[] = [];
afterAll(() => {
  for (const project of made) project.remove();
});

/** Types by how many values they have, with bounds at which samples once met. */
const own = [
  "{ type: uuid }",
  "{ type: string }",
  "{ type: string, max: 3 }",
  "{ type: string, max: 1 }",
  "{ type: int }",
  "{ type: int, min: 0, max: 80 }",
  "{ type: int, min: 1, max: 5 }",
  "{ type: bigint }",
  "{ type: decimal, precision: 8, scale: 2 }",
  "{ type: date }",
  "{ type: timestamp }",
  "{ type: boolean }",
  "{ type: enum, values: [low, high] }",
];

interface Drawn {
  readonly fields: readonly string[];
  readonly key: readonly number[];
  readonly unique: readonly (readonly number[])[];
  readonly listed: readonly number[];
}

const places = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 });
const drawn = fc.record({
  fields: fc.array(fc.oneof(fc.constantFrom(...own), fc.constant("reference")), {
    minLength: 4,
    maxLength: 4,
  }),
  key: fc.oneof(fc.constant([]), places),
  unique: fc.array(places, { maxLength: 2 }),
  listed: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
});

const name = (at: number): string => `Thing${at}`;
/** What a reference holds: the key of an entity whose key is one uuid. */
const simple = ({ key }: Drawn): boolean => key.length === 0;

function parentOf(all: readonly Drawn[], at: number, field: number): string {
  const before = all[at - 1];
  return field % 2 === 0 || before === undefined || !simple(before) ? "Root" : name(at - 1);
}

/** The groups that say more than the key. */
const uniqueOf = ({ key, unique }: Drawn): readonly (readonly number[])[] =>
  unique.filter((group) => group.some((field) => !key.includes(field)));

function specOf(all: readonly Drawn[]): string {
  const entity = (one: Drawn, at: number): string[] => {
    const fields = one.fields.map((type, field) => {
      const text =
        type === "reference" ? `{ type: uuid, references: ${parentOf(all, at, field)} }` : type;
      return `      f${field}: ${one.key.includes(field) ? text.replace(" }", ", key: true }") : text}`;
    });
    const groups = uniqueOf(one).map(
      (group) => `[${group.map((field) => `f${field}`).join(", ")}]`,
    );
    return [
      `  ${name(at)}:`,
      "    fields:",
      ...(simple(one) ? ["      id: { type: uuid, key: true }"] : []),
      ...fields,
      ...(groups.length === 0 ? [] : [`    unique: [${[...new Set(groups)].join(", ")}]`]),
    ];
  };
  const access = (one: Drawn, at: number): string => {
    const lists = one.listed.map((field) => `, by${field}: { op: list, where: [f${field}] }`);
    return `      ${name(at)}: { get: {}, add: { op: insert }${lists.join("")} }`;
  };
  return [
    "version: 1",
    "project: uniques",
    "entities:",
    "  Root:",
    "    fields: { id: { type: uuid, key: true } }",
    ...all.flatMap(entity),
    "workloads:",
    "  w:",
    "    kind: transactional",
    `    entities: [Root, ${all.map((_, at) => name(at)).join(", ")}]`,
    "    access:",
    "      Root: { get: {}, add: { op: insert } }",
    ...all.map(access),
    "",
  ].join("\n");
}

type Sample = (n: number) => Readonly<Record<string, unknown>>;

/** The suite of an entity; undefined where it says that it is not tested. */
async function suiteOf(project: GeneratedProject, entity: string) {
  const path = `test/data/main/${entity.toLowerCase()}.ts`;
  const text = project.read(path);
  const tested = !text.includes("not tested: ");
  const module = await project.load<Readonly<Record<string, unknown>>>(path);
  const made = module[`sample${entity}`];
  if (typeof made !== "function") {
    expect(tested, `${entity} has no samples`).toBe(false);
    return undefined;
  }
  const sample: Sample = (n) => Object(made(n));
  return { sample, text, tested };
}

const numbersOf = (list: string, all: Numbers): readonly number[] => {
  const [, rows, last] = /^sampleNumbers\((\d+), (\d+)\)$/.exec(list) ?? [];
  return rows === undefined ? [0, 1, 2] : all(Number(rows), Number(last));
};

type Numbers = (rows: number, last: number) => readonly number[];

const seeds = [11, 12, 13];

test.each(seeds)(
  "samples differ in every key and unique group, or their suite says why there are none: seed %i",
  async (seed) => {
    const all = fc.sample(drawn, { seed, numRuns: 60 });
    const project = await generateProject("uniques", specOf(all));
    made.push(project);
    const { sampleNumbers } = await project.load<{ sampleNumbers: Numbers }>(
      "test/data/support/samples.ts",
    );
    let [tested, wide] = [0, 0];
    for (const [at, one] of all.entries()) {
      const suite = await suiteOf(project, name(at));
      if (suite?.tested !== true) continue;
      const { sample, text } = suite;
      const numbers = sampleNumbers(6, 130);
      tested += 1;
      const groups: readonly (readonly number[])[] = [one.key, ...uniqueOf(one)];
      for (const group of groups.filter(({ length }) => length > 0)) {
        const values = numbers.map((n) =>
          group.map((field) => String(sample(n)[`f${field}`])).join(" "),
        );
        const told = `${name(at)}: ${JSON.stringify([one, group])}`;
        expect(new Set(values).size, told).toBe(numbers.length);
      }
      for (const [, entity = "", list = ""] of text.matchAll(/await store(\w+?)s\(\w+, (.*)\);/g)) {
        const parent = await suiteOf(project, entity);
        const stored = numbersOf(list, sampleNumbers);
        const ids = new Set(stored.map((n) => parent?.sample(n)["id"]));
        if (stored.length > 3) wide += 1;
        const referring = one.fields.flatMap((type, field) =>
          type === "reference" && parentOf(all, at, field) === entity ? [`f${field}`] : [],
        );
        for (const field of referring)
          for (const n of stored) expect(ids.has(sample(n)[field]), `${field} of ${n}`).toBe(true);
      }
    }
    expect(tested).toBeGreaterThan(20);
    expect(wide).toBeGreaterThan(2);
  },
  120_000,
);
