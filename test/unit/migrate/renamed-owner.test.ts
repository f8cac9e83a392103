import { afterEach, describe, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const specOn = (stores: string): string => `version: 1
project: library
${stores}entities:
  Book:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
  Chapter:
    owner: Book
    fields:
      no: { type: int, key: true }
      heading: { type: string, max: 100 }
workloads:
  books:
    kind: transactional
    entities: [Book]
    access: { Book: { get: {}, save: { op: upsert } } }
`;

const renamedOwner = (spec: string): string =>
  spec
    .replace("  Book:\n", "  Volume:\n    was: Book\n")
    .replace("owner: Book", "owner: Volume")
    .replace("entities: [Book]", "entities: [Volume]")
    .replace("access: { Book:", "access: { Volume:");

const only = (engine: string): string =>
  `stores: { hosting: self-managed, running: [${engine}], never: [postgres] }\n`;

let at: GeneratedProject;
afterEach(() => at.remove());

const diff = (...more: readonly string[]) => cli(at.folder, "migrate", "diff", "x", ...more);

describe.each([
  ["postgres", "", "is now called volume_id"],
  ["mysql", only("mysql"), "becomes volume_id"],
  ["mariadb", only("mariadb"), "becomes volume_id"],
])("%s", (engine, stores, becomes) => {
  const spec = specOn(stores);
  const renamed = renamedOwner(spec);

  test("an aggregate root that is renamed keeps its children's column, as the finding says", async () => {
    at = await generateProject(`renamed-owner-${engine}`, spec);
    at.write("workloads.yaml", renamed);
    const asked = await diff();
    expect(asked.status).toBe(1);
    expect(asked.stderr).toContain(
      "column book_id of chapters would be called volume_id, after Volume",
    );
    const [, field] =
      /among the fields of Chapter, (volumeId: \{ .+? \});/.exec(asked.stderr) ?? [];
    expect(field).toBe("volumeId: { type: uuid, column: book_id }");
    at.write("workloads.yaml", renamed.replace("      no: {", `      ${field}\n      no: {`));
    const planned = await diff();
    expect(planned).toMatchObject({ status: 0, stderr: "" });
    const [whileBothRun = ""] = planned.stdout.split("-contract");
    expect(whileBothRun).not.toContain("breaks-old-code");
    expect(planned.stdout).not.toContain("volume_id");
    expect((await cli(at.folder, "migrate", "lint")).stdout).toContain("no finding");
    await cli(at.folder, "plan", "--accept", "--quiet");
    expect(await cli(at.folder, "generate", "--quiet")).toMatchObject({ status: 0 });
    expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
  });

  test("or takes it along at once, when that is said", async () => {
    at = await generateProject(`renamed-owner-${engine}`, spec);
    at.write("workloads.yaml", renamed);
    const { status, stdout } = await diff("--set", "chapters.volume_id=book_id");
    expect(status).toBe(0);
    expect(stdout).toContain(`chapters: column book_id ${becomes}  [reversible, breaks-old-code]`);
  });
});
