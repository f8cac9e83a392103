import { afterAll, expect, test } from "vitest";
import { generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const made: GeneratedProject[] = [];
afterAll(() => {
  for (const project of made) project.remove();
});

const spec = `version: 1
project: limits
entities:
  Meter:
    fields:
      id: { type: uuid, key: true }
      used: { type: int, min: 0 }
      level: { type: int }
      paid: { type: decimal, precision: 12, scale: 2 }
      big: { type: bigint }
      most: { type: int, max: 9 }
workloads:
  meters:
    kind: transactional
    entities: [Meter]
    access:
      Meter:
        get: {}
        add: { op: insert }
        use: { op: increment, field: used, by: positive, ceiling: 50 }
        move: { op: increment, field: level, by: any, floor: -10, ceiling: 10 }
        pay: { op: increment, field: paid, by: any, floor: 5, ceiling: 90 }
        grow: { op: increment, field: big, by: negative, ceiling: 20 }
`;

const within: Readonly<Record<string, readonly [least: number, most: number]>> = {
  used: [0, 45],
  level: [-10, 5],
  paid: [5, 85],
  big: [-1e9, 20],
  most: [-1e9, 9],
};

test("samples of generated tests lie within the limits of each increment, with room where its test goes", async () => {
  const project = await generateProject("limits", spec);
  made.push(project);
  const suite = project.read("test/data/main/meter.ts");
  for (const [name, [least, most]] of Object.entries(within)) {
    const expression = new RegExp(`^  ${name}: (.*),$`, "m").exec(suite)?.[1] ?? "";
    const sample: unknown = new Function(`return (n) => Number(${expression})`)();
    if (typeof sample !== "function") throw new Error(`no sample of ${name}`);
    for (let n = 0; n < 1_500; n += 1) {
      const value: unknown = sample(n);
      expect(value, `${name} of sample ${n}`).toBeGreaterThanOrEqual(least);
      expect(value, `${name} of sample ${n}`).toBeLessThanOrEqual(most);
    }
  }
});
