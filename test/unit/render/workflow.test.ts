// The workflow that comes with a project: valid YAML, least permissions, nothing of the spec is run or evaluated.
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { EngineDescriptor } from "../../../src/engines/engine.ts";
import { lower } from "../../../src/ir/lower.ts";
import type { Output } from "../../../src/spec/model.ts";
import { renderTemplate } from "../../../src/render/render.ts";
import { workflowFile } from "../../../src/render/shared/workflow.ts";
import { entity, key, model as modelOf, planFor, transactional } from "../ir/models.ts";
import { fakeEngine } from "./fake-engine.ts";

const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const workflow = z.object({
  on: z.looseObject({ push: z.unknown(), pull_request: z.null() }),
  permissions: z.unknown(),
  env: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      "timeout-minutes": z.number(),
      defaults: z.unknown().optional(),
      steps: z.array(step),
    }),
  ),
});

interface Options {
  readonly spec?: string;
  readonly folder?: string;
  readonly ephemeral?: string;
  readonly importExtension?: Output["importExtension"];
}

function made({
  spec = "workloads.yaml",
  folder = ".",
  ephemeral,
  importExtension = ".ts",
}: Options = {}) {
  const model = modelOf(
    [entity("Note", [key()])],
    [transactional("notes", { Note: [{ op: "get", name: "get" }] })],
    { output: { dir: "src/data", importExtension, package: folder } },
  );
  const plan = planFor(model);
  const engines = [fakeEngine("alpha"), fakeEngine("beta")].map((engine): EngineDescriptor =>
    ephemeral === undefined
      ? engine
      : {
          ...engine,
          dsn: { ...engine.dsn, ephemeral },
          rehearsal: () => Promise.reject(new Error("rendering needs none")),
        },
  );
  const request = workflowFile(
    { ir: lower(model, plan), plan, model, engines, spec, version: "1.2.3" },
    new Map(engines.map((engine) => [engine.id, engine])),
  );
  if (!("template" in request)) throw new Error("the workflow is made by a template");
  const text = renderTemplate(request.template, request.data);
  return { request, text, parsed: workflow.parse(parse(text)) };
}

const runs = (parsed: z.infer<typeof workflow>): string =>
  Object.values(parsed.jobs)
    .flatMap(({ steps }) => steps.map(({ run = "" }) => run))
    .join("\n");

test("it is the user's, reads the repository and nothing else, and knows no secret", () => {
  const { request, text, parsed } = made();
  expect(request).toMatchObject({
    path: ".github/workflows/data-layer.yml",
    ownership: "yours",
  });
  expect(parsed.permissions).toEqual({ contents: "read" });
  expect(text).not.toMatch(/secrets\.|github\.token/);
  const uses = Object.values(parsed.jobs).flatMap(({ steps }) =>
    steps.flatMap((one) => one.uses ?? []),
  );
  expect(uses.length).toBeGreaterThan(3);
  for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@v\d+$/);
  for (const job of Object.values(parsed.jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
});

test("it checks drift, lints migrations, compares pull requests, and runs types and tests of the version it comes from", () => {
  const { parsed } = made();
  expect(parsed.env).toEqual({ GENERATOR: "async-db-starter@1.2.3", SPEC: "workloads.yaml" });
  const text = runs(parsed);
  for (const command of [
    "check",
    "migrate lint",
    "compat --against",
    "npm ci",
    "npx --no-install tsc --noEmit",
    'node src/data/check-node.cjs && node --env-file-if-exists=.env --test "test/data/**/*.test.ts"',
  ])
    expect(text).toContain(command);
});

test("nothing depends on scripts of the package, which may be others of these names", () => {
  expect(runs(made().parsed)).not.toMatch(/npm (?:run|test|start)/);
});

test.each([
  [
    "",
    "npx --no-install tsc --noEmit",
    '--import ./src/data/extensionless.mjs --test "test/data/**/*.test.ts"',
  ],
  [".js", "npx --no-install tsc\n", '--test "dist/test/data/**/*.test.js"'],
] as const)(
  "with imports that end in %j it runs what can be run",
  (importExtension, types, tests) => {
    const text = runs(made({ importExtension }).parsed);
    expect(text).toContain(types);
    expect(text).toContain(tests);
  },
);

test("migrations are rehearsed where an engine can be had without a server", () => {
  expect(runs(made().parsed)).not.toContain("rehearse");
  expect(runs(made({ ephemeral: "alpha:memory" }).parsed)).toContain("migrate rehearse");
});

test("a package of a monorepo is told to move it, and its tests run in its folder", () => {
  const { text, parsed } = made({ folder: "packages/shop" });
  expect(text).toContain("root of the repository only");
  expect(parsed.jobs["tests"]?.defaults).toEqual({ run: { "working-directory": "packages/shop" } });
  expect(made().parsed.jobs["tests"]?.defaults).toBeUndefined();
});

test.each([
  "a b: c.yaml",
  "it's.yaml",
  '"; rm -rf $HOME; ".yaml',
  "$(touch x).yaml",
  "x\n  GENERATOR: other",
  "#.yaml",
])("a spec called %j stays data", (spec) => {
  const { parsed } = made({ spec, folder: spec });
  expect(parsed.env["SPEC"]).toBe(spec);
  expect(parsed.env["GENERATOR"]).toBe("async-db-starter@1.2.3");
  expect(runs(parsed)).not.toContain(spec);
});

test("an expression in a name is not evaluated", () => {
  const { parsed } = made({ spec: "${{ github.token }}.yaml" });
  expect(parsed.env["SPEC"]).toBe("${{ '${{' }} github.token }}.yaml");
});
