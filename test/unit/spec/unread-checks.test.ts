// A check whose values nobody can choose is told; one that samples hold is not.
import { expect, test } from "vitest";
import { cli, generateProject, projectFolder } from "../../support/generated-project.ts";

const spec = (checks: string): string => `version: 1
project: bookings
entities:
  Booking:
    fields:
      id: { type: uuid, key: true }
      code: { type: string, max: 20 }
      arrival: { type: date }
      departure: { type: date }
    checks: ${checks}
workloads:
  rooms:
    kind: transactional
    entities: [Booking]
    access: { Booking: { get: {}, add: { op: insert } } }
`;

async function planned(checks: string): Promise<string> {
  const project = projectFolder("unread-checks");
  try {
    project.write("workloads.yaml", spec(checks));
    const { status, stderr } = await cli(project.folder, "plan");
    expect(status, stderr).toBe(0);
    return stderr;
  } finally {
    project.remove();
  }
}

test("what says more than comparisons is told, once per entity, with the place", async () => {
  const told = await planned(
    `{ nights: "departure - arrival < 30", coded: "code ~ '^[A-Z]+$'", later: "departure > arrival" }`,
  );
  expect(told).toContain(
    "workloads.yaml:10:5: warning: checks nights, coded of Booking are not read",
  );
  expect(told.match(/not read/g)).toHaveLength(1);
});

test("tests that could not store their rows are not generated, and say why in one place", async () => {
  const project = await generateProject("unread-tests", spec(`{ coded: "code ~ '^[A-Z]+$'" }`));
  try {
    const suite = project.read("test/data/main/booking.ts");
    expect(suite).toContain('skip: "not tested: check coded of Booking is not read');
    expect(suite).not.toContain("RecordTests");
  } finally {
    project.remove();
  }
});

test("two that contradict each other cannot both be held", async () => {
  expect(await planned(`{ a: "departure > arrival", b: "arrival > departure" }`)).toContain(
    "check b of Booking is not read",
  );
});

test.each([
  "departure > arrival",
  "code <> ''",
  "length(code) > 0",
  "char_length(trim(code)) >= 1",
])("nothing is said of %s", async (condition) => {
  expect(await planned(JSON.stringify({ one: condition }))).not.toContain("not read");
});
