// Where null comes is said as the store does it; the generated tests hold the stores to it.
import { expect, test } from "vitest";
import { cli } from "../../support/generated-project.ts";
import { project } from "../cli/projects.ts";

const spec = (stores: string): string => `version: 1
project: notes
stores: ${stores}
entities:
  Note:
    fields:
      id: { type: uuid, key: true }
      place: { type: string, max: 40, nullable: true }
      doneAt: { type: timestamp, nullable: true }
workloads:
  notes:
    kind: transactional
    entities: [Note]
    access: { Note: { all: { op: list, orderBy: [-doneAt, place], comment: Everything. } } }
`;

test.each([
  ["{}", "rows without doneAt come first, without place come last"],
  [
    "{ running: [mysql], never: [postgres] }",
    "rows without doneAt come last, without place come first",
  ],
])("stores: %s: port and report say that %s", async (stores, place) => {
  const at = await project(spec(stores));
  for (const command of ["plan", "generate"]) await cli(at.folder, "--quiet", command);
  const port = at.read("src/data/ports/note-repository.ts");
  expect(port).toMatch(
    new RegExp(
      `Everything\\.\n.*Ordered by doneAt descending, place, id\\.\n.*Null is sorted, too: ${place}\\.`,
    ),
  );
  expect(at.read("docs/data-layer.md")).toContain(`all (read; ${place})`);
});
