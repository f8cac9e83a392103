// Generated tests of what rows must satisfy besides their types: limits of an increment, unique expressions, texts that may be null.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../../src/build/root.ts";
import { type GeneratedProject, generateProject } from "../../support/generated-project.ts";

const spec = `
version: 1
project: limits
entities:
  Course:
    fields:
      id: { type: uuid, key: true }
      mail: { type: string, max: 60 }
      seats: { type: int, min: 0, max: 100 }
    indexes:
      - { expression: "lower(mail)", unique: true }
  Article:
    fields:
      id: { type: uuid, key: true }
      summary: { type: text, nullable: true }
      embedding: { type: vector, dimensions: 3, nullable: true }
workloads:
  courses:
    kind: transactional
    entities: [Course, Article]
    access:
      Course:
        get: {}
        add: { op: insert }
        byMail: { op: list, optional: [mail, seats.range] }
        move: { op: increment, field: seats, ceiling: 50 }
        take: { op: increment, field: seats, by: negative }
        raise: { op: increment, field: seats, by: positive, ceiling: 50 }
      Article: { get: {}, add: { op: insert } }
  article-search:
    kind: search
    from: Article
    fields: { summary: {} }
    access: { search: {} }
  near:
    kind: vector
    from: Article
    field: embedding
    access: { nearest: { hybridWith: article-search } }
`;

let project: GeneratedProject;
beforeAll(async () => {
  project = await generateProject("limits", spec);
});
afterAll(() => project?.remove());

function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project.folder,
    encoding: "utf8",
    timeout: 200_000,
  });
  return { status, printed: stdout + stderr };
}

const generatedTests = () => node("--test", "--test-reporter=tap", "test/**/*.test.ts");

test("compile and pass", () => {
  const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
  expect(node(tsc, "--noEmit", "-p", ".")).toEqual({ status: 0, printed: "" });
  const { status, printed } = generatedTests();
  expect(printed).toMatch(/^# fail 0$/m);
  expect(printed).toMatch(/^# skipped 0$/m);
  expect(status).toBe(0);
}, 200_000);

test.each(["move", "raise"])(
  "fail where the ceiling of %s is lost",
  (method) => {
    const path = "src/data/stores/main/course-repository.ts";
    const stored = project.read(path);
    const mutated = stored.replaceAll(`::courses_${method}_limit`, "::integer");
    expect(mutated).not.toBe(stored);
    project.write(path, mutated);
    const { status, printed } = generatedTests();
    project.write(path, stored);
    expect(status).not.toBe(0);
    expect(printed).toMatch(new RegExp(`not ok \\d+ - ${method} adds within its limits`));
  },
  200_000,
);
