// A field that may be empty from now on: no statement shows that code of before fails on the first null, so every command says it.
import { afterEach, describe, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { commitAll } from "../../support/git.ts";

const specOn = (kind: string, stores: string): string => `version: 1
project: helpdesk
${stores}entities:
  Ticket:
    fields:
      id: { type: uuid, key: true }
      subject: { type: string, max: 200 }
      body: { type: text }
workloads:
  tickets:
    kind: ${kind}
    entities: [Ticket]
    access:
      Ticket: { get: {}, save: { op: upsert } }
`;

const only = (engine: string): string =>
  `stores: { hosting: self-managed, running: [${engine}], never: [postgres, memory, redis] }\n`;

let at: GeneratedProject;
afterEach(() => at.remove());

const note =
  "Code of before cannot read an empty value: first deploy code that reads it everywhere, then what writes it.";

describe.each([
  ["postgres", specOn("transactional", ""), "tickets: column body may be empty", "up.sql"],
  ["mysql", specOn("transactional", only("mysql")), "tickets: column body is changed", "up.sql"],
  [
    "mariadb",
    specOn("transactional", only("mariadb")),
    "tickets: column body is changed",
    "up.sql",
  ],
  [
    "mongodb",
    specOn("document", only("mongodb")),
    "tickets: the validator follows the spec",
    "up.json",
  ],
])("a field made optional on %s", (engine, spec, title, file) => {
  const open = spec.replace("body: { type: text }", "body: { type: text, nullable: true }");

  test("is told by diff, by its file, by lint and by compat", async () => {
    at = await generateProject(`unread-null-${engine}`, spec);
    commitAll(at.folder, "init");
    at.write("workloads.yaml", open);
    const { stdout } = await cli(at.folder, "migrate", "diff", "open");
    expect(stdout).toContain(`${title}  [reversible, null-breaks-old-code]`);
    expect(at.read(`migrations/main/0002-open.${file}`)).toContain(note);
    const linted = await cli(at.folder, "migrate", "lint");
    expect(linted.status).toBe(0);
    expect(linted.stderr).toContain(
      `warning null-breaks-old-code: ${title}: code of before was made for a value there`,
    );
    expect(linted.stderr).toContain("apply this, and deploy code that reads an empty value");
    const { stdout: compared } = await cli(at.folder, "compat", "--against", "HEAD");
    expect(compared).toMatch(
      /breaking {2}main\/tickets: expand: .*\n +code of before fails on the first empty value that code of after writes/,
    );
  });

  test("is told of none that stays required", async () => {
    at = await generateProject(`unread-null-${engine}`, spec);
    at.write(
      "workloads.yaml",
      spec.replace("subject: { type: string, max: 200 }", "subject: { type: string, max: 300 }"),
    );
    const wider = await cli(at.folder, "migrate", "diff", "wider");
    expect(wider.stdout).toContain("migrations/main/0002-wider");
    expect(wider.stdout).not.toContain("null-breaks-old-code");
  });
});

test.each([
  ["postgres", ""],
  ["mysql", only("mysql")],
  ["mariadb", only("mariadb")],
])("a field that is renamed and made optional on %s, too", async (engine, stores) => {
  const spec = specOn("transactional", stores);
  at = await generateProject(`unread-null-${engine}`, spec);
  at.write(
    "workloads.yaml",
    spec.replace("body: { type: text }", "words: { was: body, type: text, nullable: true }"),
  );
  const { stdout } = await cli(at.folder, "migrate", "diff", "words");
  expect(stdout).toMatch(/tickets: column body may be .*null-breaks-old-code/);
});

test("an exception in the file is one for lint", async () => {
  const spec = specOn("transactional", "");
  at = await generateProject("unread-null-allowed", spec);
  at.write("workloads.yaml", spec.replace("{ type: text }", "{ type: text, nullable: true }"));
  await cli(at.folder, "migrate", "diff", "open");
  const path = "migrations/main/0002-open.up.sql";
  const found = /open\.up\.sql:(\d+): warning/.exec(
    (await cli(at.folder, "migrate", "lint")).stderr,
  );
  const lines = at.read(path).split("\n");
  expect(lines[Number(found?.[1]) - 1]).toContain("drop not null");
  lines.splice(
    Number(found?.[1]) - 1,
    0,
    "-- lint: allow null-breaks-old-code because every reader takes none since 2.3",
  );
  at.write(path, lines.join("\n"));
  expect((await cli(at.folder, "migrate", "lint")).stderr).not.toContain("null-breaks-old-code:");
});
