/** What a history recorded over a chain of versions that drop, rename, retype and use names again: each is rehearsed in process. */
import { afterEach, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

type Fields = Readonly<Record<string, string>>;

interface Version {
  readonly name: string;
  readonly root: Fields;
  readonly line: Fields;
  readonly child?: string;
  readonly more?: readonly string[];
}

const plain: Fields = {
  title: "{ type: string, max: 40 }",
  note: "{ type: text, nullable: true }",
  size: "{ type: int, min: 3 }",
  mood: "{ type: enum, values: [calm, wild] }",
  tags: "{ type: array, of: string, max: 5 }",
  price: "{ type: decimal, precision: 8, scale: 2 }",
};

const without = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const dropped = ["note", "size", "mood", "tags", "price"];
const rest = without(plain, ...dropped);
const again: Fields = {
  ...rest,
  note: "{ type: int, nullable: true }",
  size: "{ type: boolean, default: true }",
  mood: "{ type: date, nullable: true }",
};
const renamed: Fields = {
  ...without(again, "note", "mood"),
  remark: "{ type: int, nullable: true, was: note }",
  since: "{ type: timestamp, nullable: true, was: mood }",
};
const settled: Fields = {
  ...renamed,
  remark: "{ type: int, nullable: true }",
  since: "{ type: timestamp, nullable: true }",
};

const losses = (table: string): readonly string[] => [
  ...dropped.flatMap((name) => ["--allow-destructive", `${table}.${name}`]),
  "--allow-destructive",
  `${table}_history.content`,
];

const versions: readonly Version[] = [
  { name: "initial", root: plain, line: plain },
  {
    name: "drops",
    root: rest,
    line: rest,
    more: [
      ...losses("orders"),
      ...losses("order_lines"),
      "--allow-destructive",
      "orders_history.children",
    ],
  },
  { name: "names-again", root: again, line: again },
  { name: "renames", root: renamed, line: renamed },
  { name: "child-renamed", root: settled, line: settled, child: "OrderItem" },
  {
    name: "child-renamed-and-changed",
    root: settled,
    line: { ...without(settled, "remark"), words: "{ type: int, nullable: true, was: remark }" },
    child: "OrderRow",
  },
];

const block = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, text]) => `      ${name}: ${text}\n`)
    .join("");

function specOf(at: number, tenant: boolean): string {
  const { root, line, child = "OrderLine" } = versions[at] ?? { root: {}, line: {} };
  const former = versions[at - 1]?.child ?? "OrderLine";
  return `version: 1
project: shop
stores: { running: [postgres], names: { main: postgres } }
entities:
  Order:
${tenant ? "    tenant: branchId\n" : ""}    audit: true
    timestamps: false
    fields:
      id: { type: uuid, key: true }
${block(root)}  ${child}:
    owner: Order
${former === child ? "" : `    was: ${former}\n`}    timestamps: false
    fields:
      lineNo: { type: int, key: true }
${block(line)}workloads:
  orders:
    kind: transactional
    entities: [Order]
    access: { Order: { get: {}, insert: {}, history: {} } }
`;
}

let project: GeneratedProject;
afterEach(() => project.remove());

async function done(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await cli(project.folder, ...args);
  expect(status, `${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

test.each([
  ["alone", false, []],
  ["with tenants", true, []],
  ["at once", false, ["--direct"]],
] as const)(
  "%s: nothing that is recorded is lost without a word",
  async (_, tenant, how) => {
    project = await generateProject("history", specOf(0, tenant));
    for (const [at, { name, more = [] }] of versions.entries()) {
      if (at === 0) continue;
      project.write("workloads.yaml", specOf(at, tenant));
      await done("migrate", "diff", name, ...how, ...more);
    }
    await done("migrate", "rehearse", "--all", "--rows", "10");
  },
  300_000,
);
