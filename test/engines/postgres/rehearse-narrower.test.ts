/** `migrate rehearse` of a narrower rule, in process: the step that asks the rows first is shown refusing them, and the change is tried with rows that pass. */
import { beforeAll, expect, test } from "vitest";
import { cli, type GeneratedProject } from "../../support/generated-project.ts";
import { project } from "../../unit/cli/projects.ts";

interface Rules {
  readonly tiers: string;
  readonly seats: string;
  readonly name: number;
  readonly fee: string;
}

const spec = ({ tiers, seats, name, fee }: Rules): string => `version: 1
project: club
entities:
  Member:
    audit: true
    fields:
      id: { type: uuid, key: true }
      tier: { type: enum, values: [${tiers}] }
      seats: { type: int, ${seats} }
      name: { type: string, max: ${name} }
      fee: { type: decimal, precision: 8, scale: 2${fee} }
  Visit:
    fields:
      id: { type: uuid, key: true }
      memberId: { type: uuid, references: Member, onDelete: restrict }
workloads:
  club:
    kind: transactional
    entities: [Member, Visit]
    access: { Member: { get: {}, add: { op: insert } }, Visit: { get: {} } }
`;
const wide: Rules = { tiers: "free, plus, pro", seats: "min: 0", name: 200, fee: "" };

let at: GeneratedProject;
beforeAll(async () => {
  at = await project(spec(wide), "plan", "generate");
});

async function rehearsed(rules: Rules, ...change: readonly string[]) {
  at.write("workloads.yaml", spec(rules));
  const diff = await cli(at.folder, "migrate", "diff", ...change);
  expect(diff.stderr).toBe("");
  return cli(at.folder, "--json", "migrate", "rehearse", "--rows", "60");
}

test("each refusal is told once, and the rest is tried", async () => {
  const narrow: Rules = { tiers: "free, pro", seats: "min: 0, max: 9", name: 3, fee: ", max: 50" };
  const { status, stdout, stderr } = await rehearsed(narrow, "narrower");
  const [report] = JSON.parse(stdout).stores;
  expect([stderr, report.findings, status]).toEqual(["", [], 0]);
  expect(report.filled.map(({ rows }: { rows: number }) => rows)).toEqual([60, 60, 60, 60]);
  expect(report.stages.map(({ stage }: { stage: string }) => stage)).toEqual([
    "before",
    "up",
    "down",
    "up again",
  ]);
  expect(report.refusals.map(({ reason }: { reason: string }) => reason).toSorted()).toEqual(
    ["fee", "name", "seats", "tier"].map(
      (column) => `members_${column}_check of members does not let through what is there`,
    ),
  );
  for (const { message } of report.refusals) expect(message).toContain("this finds them: select");
});

test("people read which step refuses them, and what to do there", async () => {
  const { status, stdout, stderr } = await cli(at.folder, "migrate", "rehearse", "--rows", "20");
  expect([stderr, status]).toEqual(["", 0]);
  expect(stdout).toMatch(
    /main: rows of before may be refused, as step members-ask-reads-members-tier-check of 0\d+-narrower says: .*mend or delete them, and migrate up goes on/,
  );
  expect(stdout).toMatch(
    /as step members-ask-keeps-members-seats-check of 0\d+-narrower-contract says: /,
  );
});

test("where no row passes both rules, that is a finding", async () => {
  const narrow: Rules = { tiers: "free, pro", seats: "min: 0, max: 9", name: 3, fee: ", max: 50" };
  const { status, stdout } = await rehearsed({ ...narrow, seats: "min: 10, max: 12" }, "elsewhere");
  const [report] = JSON.parse(stdout).stores;
  expect(status).toBe(1);
  expect(report.findings[0]).toMatch(/members: no row could be made/);
});

test("what was recorded and code of after does not read is refused, and the rest is tried", async () => {
  at = await project(spec(wide), "plan", "generate");
  const { status, stdout, stderr } = await rehearsed(
    { ...wide, tiers: "free, pro" },
    "at-once",
    "--direct",
  );
  const [report] = JSON.parse(stdout).stores;
  expect([stderr, report.findings, status]).toEqual(["", [], 0]);
  expect(report.refusals.map(({ reason }: { reason: string }) => reason)).toEqual([
    'members_history recorded "plus" as tier of members, which code of after does not read',
  ]);
  const [{ message }] = report.refusals;
  expect(message).toContain("update members_history set content = content || ");
});
