// S3 of anchors/reliability.md: entities, fields and methods that are called as generated functions call their own parameters, imports and
// locals. What is accepted compiles on every engine; on PGlite the generated tests and the example run.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../../src/build/root.ts";
import { cli, generateProject, projectFolder } from "../support/generated-project.ts";
import type { GeneratedProject } from "../support/generated-project.ts";

const words = (text: string): readonly string[] => text.split(" ");

/** Taken by a parameter, a local or an import of some generated function, or their own plural. */
const accepted = words(
  "Run Session Options Series News Data UserSettings Equipment Console Process Key Row Values Query Store Client Pool Connection " +
    "Transaction Deadline Signal Statement Result Input Config Logger Health Test Suite Expect Sample Subject Tenant It Id Given Write " +
    "Patch Order Where Item Record2 Int Cursor Class Map Set Record Error Symbol Buffer Array Partial Function RegExp Math Iterable " +
    "Boolean Omit Brand Dsn Lifecycle Cache Change Counts Hit Table Read",
);

/** Types that generated modules refer to by name, on every engine and on one. */
const refused = words("Promise Page Date Range Branded Uint8Array");
const refusedOn = { postgres: ["TextRow", "PostgresSession"], mysql: ["Value", "ValueRow"] };

const fields = words(
  "session options row value key at by page where patch data run given order first rows test n",
);

const numbers = Object.fromEntries(fields.map((name) => [name, { type: "int", nullable: true }]));

/** Rows with what most methods need: a version, a history, a unique text, owned children, a counter. */
const relational = (name: string): readonly (readonly [string, object])[] => [
  [
    name,
    {
      version: true,
      audit: true,
      fields: {
        id: { type: "uuid", key: true },
        mail: { type: "string", max: 80, unique: true },
        num: { type: "int", default: 0 },
        ...numbers,
      },
    },
  ],
  [
    `${name}Part`,
    { owner: name, fields: { no: { type: "int", key: true }, label: { type: "text" } } },
  ],
  [
    `Sub${name}`,
    {
      fields: {
        a: { type: "int", key: true },
        b: { type: "string", max: 20, key: true },
        label: { type: "text" },
      },
    },
  ],
];

const many = { addAll: { op: "insert", bulk: true }, putAll: { op: "upsert", bulk: true } };
const all = {
  get: {},
  add: { op: "insert" },
  ...many,
  put: { op: "upsert" },
  patch: {},
  drop: { op: "delete" },
  raise: { op: "increment", field: "num", floor: 0 },
  order: { op: "list", optional: ["mail", "num.range"] },
  session: { op: "list", where: ["row"], page: "none" },
  value: { op: "aggregate", groupBy: ["row"], measure: { count: true, sum: "num" } },
  stored: { op: "history" },
};

const found = {
  Finding: {
    fields: {
      id: { type: "uuid", key: true },
      title: { type: "text" },
      session: { type: "int" },
      vector: { type: "vector", dimensions: 3 },
    },
  },
};

const stores = {
  postgres: { running: ["postgres"] },
  mysql: { running: ["mysql"], never: ["postgres", "mongodb"], hosting: "self-managed" },
  mongodb: {
    running: ["mongodb"],
    never: ["postgres", "mysql", "mariadb"],
    hosting: "self-managed",
  },
};

/** The spec of all names for a relational or a document store. */
function specOf(engine: keyof typeof stores, names: readonly string[]): string {
  const searched = engine === "postgres";
  const entities = names.flatMap(relational);
  const roots = entities.filter(([, entity]) => !("owner" in entity)).map(([name]) => name);
  const access = roots.map((name) => [name, names.includes(name) ? all : { get: {}, ...many }]);
  return text({
    stores: stores[engine],
    entities: { ...Object.fromEntries(entities), ...(searched && found) },
    workloads: {
      main2: {
        kind: engine === "mongodb" ? "document" : "transactional",
        entities: [...roots, ...(searched ? ["Finding"] : [])],
        access: {
          ...Object.fromEntries(access),
          ...(searched && { Finding: { get: {}, add: { op: "insert" } } }),
        },
      },
      ...(searched && {
        texts: {
          kind: "search",
          from: "Finding",
          fields: { title: {} },
          access: { query: { filter: ["session"] } },
        },
        describe: {
          kind: "vector",
          from: "Finding",
          field: "vector",
          access: { options: { filter: ["session"], hybridWith: "texts" } },
        },
      }),
    },
  });
}

const keyValue = (names: readonly string[]): string =>
  text({
    stores: { running: ["redis"] },
    entities: Object.fromEntries(
      names.map((name) => [
        name,
        {
          fields: {
            id: { type: "uuid", key: true },
            data: { type: "json" },
            num: { type: "int", default: 0 },
            ...numbers,
            data2: { type: "text" },
          },
        },
      ]),
    ),
    workloads: {
      main2: {
        kind: "keyvalue",
        sla: { p99Ms: 0.5 },
        entities: names,
        access: Object.fromEntries(
          names.map((name) => [
            name,
            {
              get: {},
              stored: { op: "insert" },
              value: { op: "upsert", ttl: "1h" },
              patch: {},
              codecs: { op: "delete" },
              options: { op: "increment", field: "num" },
            },
          ]),
        ),
      },
    },
  });

const text = (spec: object): string =>
  `${JSON.stringify({ version: 1, project: "names", ...spec }, null, 1)}\n`;

const projects: GeneratedProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

/** A process of this Node in the project, with what it printed. */
function node(project: GeneratedProject, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project.folder,
    encoding: "utf8",
    timeout: 240_000,
  });
  return { status, stdout, printed: stdout + stderr };
}

const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");

const specs = {
  postgres: specOf("postgres", accepted),
  mysql: specOf("mysql", accepted),
  mongodb: specOf("mongodb", accepted),
  redis: keyValue(accepted),
};

describe.each(Object.keys(specs) as (keyof typeof specs)[])("names on %s", (engine) => {
  test("compile", async () => {
    const project = await generateProject(`names-${engine}`, specs[engine]);
    projects.push(project);
    expect(project.read("workloads.lock.json")).toContain(`"${engine}"`);
    expect(node(project, tsc, "--noEmit", "-p", ".")).toMatchObject({ status: 0, printed: "" });
  }, 240_000);
});

test("the example and the generated tests run on PGlite", async () => {
  const names = words("Run Session Options Series Test");
  const project = await generateProject("names-run", specOf("postgres", names));
  projects.push(project);
  project.write(".env", "MAIN_URL=pglite:./.data\n");
  expect(node(project, "--env-file=.env", "src/data/cli.ts", "migrate", "up")).toMatchObject({
    status: 0,
  });
  const example = node(project, "--env-file=.env", "src/example.ts");
  expect(example.status, example.printed).toBe(0);
  const ran = node(project, "--test", "--test-reporter=tap", "test/**/*.test.ts");
  expect(ran.printed).toMatch(/^# fail 0$/m);
  expect(ran.printed).toMatch(/^# skipped 0$/m);
  expect(ran.status).toBe(0);
}, 300_000);

/** What the command line says of a spec. */
async function told(folder: string, spec: string) {
  const project = projectFolder(folder);
  projects.push(project);
  project.write("workloads.yaml", spec);
  return cli(project.folder, "--quiet", "plan");
}

test("types that generated code refers to are refused with a mend", async () => {
  const { status, stderr } = await told("names-refused", specOf("postgres", refused));
  expect(status).toBe(2);
  for (const name of refused)
    expect(stderr).toContain(`${name} is the name of a type that generated code uses; rename it`);
});

test.each(Object.entries(refusedOn))(
  "on %s its own types are refused as well, and no other engine's",
  async (engine, names) => {
    const of = engine === "postgres" ? "postgres" : "mysql";
    const { status, stderr } = await told(`names-on-${engine}`, specOf(of, names));
    expect(status).toBe(2);
    for (const name of names)
      expect(stderr).toMatch(
        new RegExp(`workloads\\.yaml:\\d+:\\d+: ${name} is the name of a type that generated code`),
      );
    const others = Object.entries(refusedOn).flatMap(([other, own]) =>
      other === engine ? [] : own,
    );
    const free = await told(`names-free-on-${engine}`, specOf(of, others));
    expect(free).toMatchObject({ status: 0, stderr: "" });
  },
);
