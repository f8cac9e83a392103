// What migrate diff writes, migrate lint lets pass: what cannot be done online is accepted in the file, with its reason, and diff says it.
import { afterEach, describe, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const specOn = (stores: string): string => `version: 1
project: helpdesk
${stores}entities:
  Ticket:
    fields:
      id: { type: uuid, key: true }
      subject: { type: string, max: 200 }
      body: { type: text }
  Note:
    fields:
      id: { type: uuid, key: true }
      ticketId: { type: uuid, references: Ticket }
      words: { type: text }
workloads:
  tickets:
    kind: transactional
    entities: [Ticket, Note]
    access:
      Ticket: { get: {}, save: { op: upsert } }
      Note: { get: {}, listByTicket: { op: list, where: [ticketId], orderBy: [id], page: none } }
  ticket-search:
    kind: search
    from: Ticket
    fields: { subject: {}, body: {} }
    access: { search: {} }
`;

const only = (engine: string): string =>
  `stores: { hosting: self-managed, running: [${engine}], never: [postgres] }\n`;

let at: GeneratedProject;
afterEach(() => at.remove());

describe.each([
  ["postgres", specOn("")],
  ["mysql", specOn(only("mysql"))],
  ["mariadb", specOn(only("mariadb"))],
])("%s", (engine, spec) => {
  test.each([
    [
      "a searched field is renamed",
      spec
        .replace(
          "subject: { type: string, max: 200 }",
          "title: { type: string, max: 200, was: subject }",
        )
        .replace("{ subject: {}, body", "{ title: {}, body"),
    ],
    [
      "a reference is renamed",
      spec
        .replace("ticketId: { type: uuid,", "topicId: { was: ticketId, type: uuid,")
        .replace("where: [ticketId]", "where: [topicId]"),
    ],
    [
      "a field is searched, too",
      spec.replace(
        "  ticket-search",
        "  note-search:\n    kind: search\n    from: Note\n    fields: { words: {} }\n    access: { search: {} }\n  ticket-search",
      ),
    ],
  ])("%s", async (name, after) => {
    at = await generateProject(`lint-own-${engine}`, spec);
    expect(after).not.toBe(spec);
    at.write("workloads.yaml", after);
    const planned = await cli(at.folder, "migrate", "diff", "change1");
    expect(planned).toMatchObject({ status: 0, stderr: "" });
    const rewritten = engine === "postgres" && name !== "a reference is renamed";
    expect(planned.stdout.includes("migrate lint lets add-stored-generated-column pass here")).toBe(
      rewritten,
    );
    const linted = await cli(at.folder, "migrate", "lint");
    expect(linted.stdout + linted.stderr).toMatch(/judged: (?:no finding|0 errors)/);
    expect(linted.status, name).toBe(0);
  });
});
