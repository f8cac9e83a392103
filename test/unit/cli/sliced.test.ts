// A run that looks at the entities that changed only: when it is trusted, and when the run over everything has to judge.
import { appendFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generation, isSliced } from "../../support/generation-run.ts";
import { cli, type GeneratedProject } from "../../support/generated-project.ts";
import { project } from "./projects.ts";

const names = Array.from({ length: 12 }, (_, n) => `Thing${String.fromCharCode(65 + n)}`);
const entity = (name: string): string => `  ${name}:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 100 }
    indexes:
      - { fields: [title], name: by_title_${name.toLowerCase()} }
`;
const spec = `version: 1
project: things
entities:
${names.map(entity).join("")}workloads:
  things:
    kind: transactional
    entities: [${names.join(", ")}]
    access:
${names.map((name) => `      ${name}:\n        get: {}\n        add: { op: insert }\n`).join("")}`;
/** The spec with the entry of one entity changed. */
const changed = (from: string | RegExp, to: string, name = "ThingF"): string =>
  spec.replace(entity(name), entity(name).replace(from, to));
const wider = changed("max: 100", "max: 120");

async function generated(): Promise<GeneratedProject> {
  const at = await project(spec, "plan");
  expect(generation(at.folder).status).toBe(0);
  at.write("workloads.yaml", wider);
  return at;
}

test("a changed field of one entity needs a look at that only, and says what the migrations lack", async () => {
  const at = await generated();
  expect(isSliced(at.folder)).toBe(true);
  const told = generation(at.folder);
  expect(told.status).toBe(0);
  expect(told.said.join("\n")).toMatch(/migrations do not make what the spec says of thing_?fs/);
  expect(at.read("src/data/domain/thing-f-dto.ts")).toContain("schema.text(120)");
  // The migration is still to be made, and another entity changes.
  at.write(
    "workloads.yaml",
    wider.replace(entity("ThingB"), entity("ThingB").replace("100", "90")),
  );
  expect(isSliced(at.folder)).toBe(true);
  expect(generation(at.folder).said.join("\n")).toMatch(/thing_?bs, thing_?fs/);
  // Both are taken back: there is nothing to make.
  at.write("workloads.yaml", spec);
  expect(isSliced(at.folder)).toBe(true);
  expect(generation(at.folder).said.join("\n")).not.toContain("migrations");
});

test.each<readonly [string, (at: GeneratedProject) => void]>([
  ["a file of another entity was edited", (at) => edit(at, "src/data/domain/thing-a.ts")],
  ["a file of the entity was edited", (at) => edit(at, "src/data/domain/thing-f.ts")],
  ["a shared file was edited", (at) => edit(at, "src/data/index.ts")],
  ["a file of the runtime was edited", (at) => edit(at, "src/data/runtime/keys.ts")],
  ["a file was deleted", (at) => rmSync(join(at.folder, "src/data/domain/thing-a.ts"))],
  ["a record was edited", (at) => edit(at, ".async-db-starter/entities/ThingA.json")],
  ["a migration was edited", (at) => edit(at, "migrations/main/0001-initial.up.sql")],
  ["the lock was edited", (at) => edit(at, "workloads.lock.json")],
  [
    "what is remembered is gone",
    (at) => rmSync(join(at.folder, ".async-db-starter/.cache/units.json")),
  ],
  [
    "a file was moved",
    (at) =>
      renameSync(
        join(at.folder, "src/data/domain/thing-f-dto.ts"),
        join(at.folder, "src/data/domain/thing-f-json.ts"),
      ),
  ],
])("%s: the run over everything judges", async (_, meddle) => {
  const at = await generated();
  meddle(at);
  expect(isSliced(at.folder)).toBe(false);
});

const edit = ({ folder }: GeneratedProject, path: string): void =>
  appendFileSync(join(folder, path), "\n");

test.each([
  [
    "a renamed entity",
    changed("ThingF:", "ThingZ:\n    was: ThingF:").replaceAll("was: ThingF:", "was: ThingF"),
  ],
  ["a renamed field", changed("title: {", "heading: { was: title,")],
  ["a wrong type", changed("string, max: 100", "strong")],
  [
    "a reference to something else",
    changed("title:", "other: { type: uuid, references: ThingA, nullable: true }\n      title:"),
  ],
  [
    "a changed workload",
    spec.replace("get: {}\n", "get: {}\n        all: { op: list, page: keyset }\n"),
  ],
  ["a name that is taken", changed(/by_title_\w+/, "by_title_thinga")],
])("%s: the run over everything judges", async (_, now) => {
  const at = await generated();
  expect(now).not.toBe(spec);
  at.write("workloads.yaml", now);
  expect(isSliced(at.folder)).toBe(false);
});

test("a name that another entity holds is refused as in any run", async () => {
  const at = await generated();
  at.write("workloads.yaml", changed(/by_title_\w+/, "by_title_thinga"));
  const told = generation(at.folder);
  expect(told.status).toBe(2);
  expect(told.said.join("\n")).toContain('"by_title_thinga"');
});

test("a hand-changed file is named at each run, also after the spec changed elsewhere", async () => {
  const at = await generated();
  edit(at, "src/data/domain/thing-a.ts");
  appendFileSync(join(at.folder, "src/data/domain/thing-a.ts"), "// mine\n");
  for (const text of [wider, spec]) {
    at.write("workloads.yaml", text);
    expect(generation(at.folder).said.join("\n")).toContain("src/data/domain/thing-a.ts");
  }
});

test("entities in files of their own: one that changed is looked at alone, and a file that came in is seen", async () => {
  const at = await project(undefined);
  const parts = names.map(
    (name) => [`entities/${name}.yaml`, `entities:\n${entity(name)}`] as const,
  );
  mkdirSync(join(at.folder, "entities"));
  for (const [path, text] of parts) at.write(path, text);
  at.write(
    "workloads.yaml",
    spec.replace(/entities:\n[^]*?(?=workloads:)/, "include: [entities/*.yaml]\n"),
  );
  expect((await cli(at.folder, "plan")).status).toBe(0);
  expect(generation(at.folder).status).toBe(0);
  at.write("entities/ThingF.yaml", `entities:\n${entity("ThingF").replace("100", "120")}`);
  expect(isSliced(at.folder)).toBe(true);
  expect(generation(at.folder).status).toBe(0);
  expect(at.read("src/data/domain/thing-f-dto.ts")).toContain("schema.text(120)");
  at.write("entities/ThingA.yaml", parts[0]?.[1].replace("100", "90") ?? "");
  at.write("entities/ThingZ.yaml", `entities:\n${entity("ThingZ")}`);
  expect(isSliced(at.folder)).toBe(false);
});

test("a widest row that comes to about another size is seen, larger or smaller", async () => {
  // Eleven rows of 361 bytes and one of 60 more than its title: up to 512 bytes all count as about that.
  const grown = (max: number): string =>
    spec
      .replaceAll("max: 100", "max: 301")
      .replace("max: 301", `max: ${max}`)
      .replace("    access:\n", "    scale: { rows: 5000000 }\n    access:\n");
  const at = await project(grown(310), "plan");
  expect(generation(at.folder).status).toBe(0);
  at.write("workloads.yaml", grown(311));
  expect(isSliced(at.folder)).toBe(true);
  at.write("workloads.yaml", grown(400));
  expect(isSliced(at.folder)).toBe(true);
  at.write("workloads.yaml", grown(500));
  expect(isSliced(at.folder)).toBe(false);
  expect(generation(at.folder).status).toBe(0);
  at.write("workloads.yaml", grown(400));
  expect(isSliced(at.folder)).toBe(false);
});
