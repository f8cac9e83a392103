import { expect, test } from "vitest";
import { formatIssues } from "../../../src/spec/issues.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import { memoryFiles } from "../../support/memory-files.ts";

/** A thousand entities of ten fields, each with four methods. */
function large(entities: number): string {
  const names = Array.from({ length: entities }, (_, at) => `Item${at}`);
  const bodies = names.map(
    (name, at) => `  ${name}:
    version: true
    fields:
      id: { type: uuid, key: true }
      name: { type: string, max: 200 }
      email: { type: string, max: 320, unique: true }
      total: { type: int, min: 0 }
      state: { type: enum, values: [open, closed], default: open }
      price: { type: decimal, precision: 12, scale: 2 }
      note: { type: text, nullable: true }
      at: { type: timestamp }
      tags: { type: array, of: string }
      parentId: { type: uuid, references: Item${Math.floor(at / 7)}, nullable: ${at === 0} }
`,
  );
  const access = names.map(
    (name) =>
      `      ${name}: { get: {}, list: { orderBy: [-at] }, add: { op: insert }, amend: { op: patch, fields: [name] } }\n`,
  );
  return `version: 1\nproject: large\nentities:\n${bodies.join("")}workloads:\n  all:\n    kind: transactional\n    entities: [${names.join(", ")}]\n    access:\n${access.join("")}`;
}

/** Processor time of the fastest of some runs in milliseconds: the clock would measure the machine's other work too. */
function fastest(runs: number, work: () => void): number {
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

test("one mistake among 1,000 entities of 10 fields is found at its line", () => {
  const files = memoryFiles({ "w.yaml": large(1000).replace("decimal", "decmal") });
  expect(formatIssues(loadSpec("w.yaml", { files }).issues)).toMatch(
    /^w\.yaml:12:22: unknown type "decmal"/,
  );
});

/** Sixteen would be quadratic; four is linear. How long it takes is a figure of `npm run bench`, where nothing else runs. */
test("the time is linear in the entities", { timeout: 30_000 }, () => {
  const timeOf = (entities: number): number => {
    const files = memoryFiles({ "w.yaml": large(entities) });
    return fastest(4, () => expect(loadSpec("w.yaml", { files }).issues).toEqual([]));
  };
  const [small, big] = [timeOf(250), timeOf(1000)];
  expect(big / small).toBeLessThan(12);
});
