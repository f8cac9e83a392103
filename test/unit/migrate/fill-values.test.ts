import { afterEach, describe, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const specOn = (stores: string): string => `version: 1
project: helpdesk
${stores}entities:
  Project:
    fields:
      id: { type: uuid, key: true }
  Ticket:
    fields:
      id: { type: uuid, key: true }
      subject: { type: string, max: 200 }
workloads:
  tickets:
    kind: transactional
    entities: [Project, Ticket]
    access:
      Project: { get: {} }
      Ticket: { get: {}, save: { op: upsert } }
`;

const only = (engine: string): string =>
  `stores: { hosting: self-managed, running: [${engine}], never: [postgres, memory, redis] }\n`;

const documents = specOn(only("mongodb")).replace("kind: transactional", "kind: document");

let at: GeneratedProject;
afterEach(() => at.remove());

const withFields = (spec: string, ...fields: readonly string[]): string =>
  spec.replace(
    /( {6}subject: .*\n)/,
    (line) => `${line}${fields.map((field) => `      ${field}\n`).join("")}`,
  );

const diff = (...more: readonly string[]) => cli(at.folder, "migrate", "diff", "x", ...more);

/** What the hints suggest, as the shell hands it over. */
const suggestions = (text: string): readonly string[] =>
  [...text.matchAll(/--set (?:'([^']*)'|(\S+?)="((?:[^"\\]|\\.)*)")/g)].map(
    ([, whole, about, value = ""]) => whole ?? `${about}=${value.replaceAll(/\\(.)/g, "$1")}`,
  );

const ruled = [
  "channel: { type: enum, values: [mail, web] }",
  "seats: { type: int, min: 1 }",
  "debt: { type: int, max: -5 }",
  "code: { type: string, max: 9 }",
  "since: { type: date, min: 2020-01-01 }",
];

const open = [
  "ref: { type: string, max: 40, unique: true }",
  "projectId: { type: uuid, references: Project }",
];

describe.each([
  ["postgres", specOn("")],
  ["mysql", specOn(only("mysql"))],
  ["mariadb", specOn(only("mariadb"))],
  ["mongodb", documents],
])("%s", (engine, spec) => {
  test("a suggested value satisfies the field's own rules, and can be typed as it stands", async () => {
    at = await generateProject(`fill-ruled-${engine}`, spec);
    at.write("workloads.yaml", withFields(spec, ...ruled));
    const asked = await diff();
    expect(asked.status).toBe(1);
    const found = suggestions(asked.stderr);
    const values = found.map((each) => each.slice(each.indexOf("=") + 1).replaceAll(/['"]/g, ""));
    expect(values.toSorted()).toEqual(["", "-5", "1", "2020-01-01", "mail"]);
    const planned = await diff(...found.flatMap((each) => ["--set", each]));
    expect(planned).toMatchObject({ status: 0, stderr: "" });
  });

  test("where no constant can stand in every row, its place stays open and says what belongs there", async () => {
    at = await generateProject(`fill-open-${engine}`, spec);
    at.write("workloads.yaml", withFields(spec, ...open));
    const asked = await diff();
    expect(asked.status).toBe(1);
    const found = suggestions(asked.stderr);
    expect(found.map((each) => each.slice(each.indexOf("=") + 1))).toEqual(["…", "…"]);
    expect(asked.stderr).toContain("another value for each row");
    expect(asked.stderr).toContain("for each row the id of its Project");
    const typed = await diff(...found.flatMap((each) => ["--set", each]));
    expect(typed.status).not.toBe(0);
  });

  test("a constant that the field would not let through is refused before anything is written", async () => {
    at = await generateProject(`fill-refused-${engine}`, spec);
    at.write("workloads.yaml", withFields(spec, ...ruled, ...open.slice(0, 1)));
    const quote = engine === "mongodb" ? '"' : "'";
    const given = {
      channel: `${quote}fax${quote}`,
      seats: "0",
      debt: "0",
      code: `${quote}longer than nine${quote}`,
      since: `${quote}1970-01-01${quote}`,
      ref: `${quote}x${quote}`,
    };
    const refused = await diff(
      ...Object.entries(given).flatMap(([name, value]) => ["--set", `tickets.${name}=${value}`]),
    );
    expect(refused.status).not.toBe(0);
    for (const fault of [
      "the field has the values mail, web",
      "the field takes 1 or more",
      "the field takes at most -5",
      "the field takes at most 9 characters",
      "the field begins at 2020-01-01",
      "no two rows may have the same value",
    ])
      expect(refused.stderr).toContain(fault);
  });
});

test("mongodb: a value of another type, or of an owned document, is judged before anything is written", async () => {
  const owned = `  TicketNote:
    owner: Ticket
    fields: { no: { type: int, key: true }, text: { type: text } }
`;
  const notes = documents.replace("workloads:\n", `${owned}workloads:\n`);
  at = await generateProject("fill-typed-mongodb", notes);
  const later = withFields(notes, "seats: { type: int }").replace(
    "text: { type: text } }",
    "text: { type: text }, bold: { type: boolean } }",
  );
  at.write("workloads.yaml", later);
  const given = (seats: string, bold: string): readonly string[] => [
    "--set",
    `tickets.seats=${seats}`,
    "--set",
    `tickets.notes.bold=${bold}`,
  ];
  const refused = await diff(...given('"many"', "0"));
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('--set tickets.seats: "many" is no int, which the field is');
  expect(refused.stderr).toContain("--set tickets.notes.bold: 0 is no boolean");
  expect(await diff(...given("5", "false"))).toMatchObject({ status: 0, stderr: "" });
});
