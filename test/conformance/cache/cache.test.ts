import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { notProven, proving } from "../../support/closing-table.ts";
import { generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { specFor, targetsOf } from "../targets.ts";
import { cacheInstances, type Instance, type Source } from "./layer.ts";
import { cases, sharedCases } from "./suite.ts";

const spec = readFileSync(new URL("workloads.yaml", import.meta.url), "utf8");
const methodsOf = (suite: typeof cases): readonly string[] => [
  ...new Set(suite.map(({ method }) => method)),
];
const isMistake = (error: unknown): boolean =>
  error instanceof Error && "kind" in error && error.kind === "programming";
const inProcess = "one process: there is no second level to share";

for (const { engine, column, dsn } of await targetsOf("cache")) {
  const of = { port: "cache", engine: column };
  if ("missing" in dsn) {
    notProven(of, methodsOf([...cases, ...sharedCases]), dsn.missing);
    continue;
  }
  const shares = !column.includes("in process");
  if (!shares) notProven(of, methodsOf(sharedCases), inProcess);
  describe(`cache port on ${column}`, () => {
    let project: GeneratedProject;
    let make: (source: Source) => Instance;
    const opened: Instance[] = [];
    const open = async (source: Source): Promise<Instance> => {
      const instance = make(source);
      opened.push(instance);
      // Connected beforehand: the first connection may take longer than a cache waits for its second level.
      await instance.store.health();
      return instance;
    };
    beforeAll(async () => {
      project = await generateProject(`cache-${engine}`, specFor(spec, engine, "cache"));
      make = await cacheInstances(project, shares ? dsn(project.folder) : undefined);
    });
    afterEach(async () => {
      const ended = opened.splice(0);
      await Promise.all(ended.map((instance) => instance.close()));
      // A slow machine may exceed the budget of the second level; a command that the server refuses is a mistake.
      const mistakes = ended.flatMap(({ stray }) => stray.filter(isMistake));
      expect(mistakes).toEqual([]);
    });
    afterAll(() => project?.remove());
    for (const { method, name, run } of shares ? [...cases, ...sharedCases] : cases) {
      test(
        `${method}: ${name}`,
        proving({ ...of, method }, () => run(open)),
      );
    }
  });
}
