// Generated code of before and of after against one database, between expand and contract, after it, and after the way back.
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DataModule } from "../../conformance/layer.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";

const engines = ["mysql", "mariadb"] as const;

interface Change {
  readonly change: string;
  readonly state: object;
}

interface Deals {
  get(id: string): Promise<object | undefined>;
  add(deal: object): Promise<object>;
  addAll(deals: readonly object[]): Promise<readonly object[]>;
  amend(id: string, patch: object): Promise<object>;
  list(): Promise<readonly object[]>;
  history(id: string, page: object): Promise<{ readonly items: readonly Change[] }>;
}

interface Layer {
  readonly deals: Deals;
  close(): Promise<void>;
}

/** @param entities fields of the root, then what it owns */
const specOf = (
  engine: (typeof engines)[number],
  entities: string,
  audited: boolean,
): string => `version: 1
project: trade
stores: { hosting: self-managed, running: [${engine}], never: [${engines.filter((each) => each !== engine).join(", ")}, postgres, mongodb, memory, redis] }
entities:
  Deal:
    timestamps: false
    audit: ${audited}
${entities}workloads:
  deals:
    kind: transactional
    entities: [Deal]
    access:
      Deal:
        get: {}
        add: { op: insert }
        addAll: { op: insert, bulk: true }
        amend: { op: patch, fields: [title] }
        list: { op: list, orderBy: [id], page: none }
${audited ? "        history: {}\n" : ""}`;

interface Place {
  /** Code as the spec has it now. */
  code(name: string): Promise<Deals>;
  /** The spec changes, and its migrations are written. */
  follows(spec: string, ...args: readonly string[]): Promise<void>;
  migrate(...args: readonly string[]): void;
}

async function inPlace(
  engine: (typeof engines)[number],
  spec: string,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const server = await sharedServer(engine);
  if (isMissing(server)) throw new Error(server.reason);
  const space = await server.namespace();
  const env = { MAIN_URL: space.dsn };
  const project: GeneratedProject = await generateProject(`both-codes-${engine}`, spec);
  const opened: Layer[] = [];
  const run = async (...args: readonly string[]): Promise<void> => {
    const { status, stdout, stderr } = await cli(project.folder, ...args);
    if (status !== 0) throw new Error(stdout + stderr);
  };
  try {
    await work({
      code: async (name) => {
        cpSync(join(project.folder, "src/data"), join(project.folder, name), { recursive: true });
        const { configFromEnv, openDataLayer } = await project.load<DataModule<Layer>>(
          `${name}/index.ts`,
        );
        const data = openDataLayer({
          ...configFromEnv(env),
          lifecycle: { signals: false },
        });
        opened.push(data);
        return data.deals;
      },
      follows: async (after, ...args) => {
        project.write("workloads.yaml", after);
        await run("plan", "--accept");
        await run("migrate", "diff", "follow", ...args);
        await run("generate");
      },
      migrate: (...args) => {
        const { status, stderr } = spawnSync(
          process.execPath,
          ["--no-warnings", "src/data/cli.ts", "migrate", ...args],
          {
            cwd: project.folder,
            env: { ...process.env, ...env },
            encoding: "utf8",
            timeout: 240_000,
          },
        );
        if (status !== 0)
          throw new Error(`migrate ${args.join(" ")} ended with ${status}:\n${stderr}`);
      },
    });
  } finally {
    for (const data of opened) await data.close();
    project.remove();
    await space.drop();
  }
}

for (const engine of engines) {
  const server = await sharedServer(engine);
  const of = {
    port: "migrations",
    engine: columnOf(server),
    method: "code of before and of after",
  };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }

  test.each([false, true])(
    `${engine}: an owned entity is renamed, audited %s: both read and write it again and again`,
    proving(of, async (audited) => {
      const entities = (child: string) => `    fields:
      id: { type: string, max: 20, key: true }
      title: { type: text }
${child}    fields:
      lineNo: { type: int, key: true }
      words: { type: text }
`;
      const before = specOf(engine, entities("  DealItem:\n    owner: Deal\n"), audited);
      const after = specOf(
        engine,
        entities("  DealLine:\n    owner: Deal\n    was: DealItem\n"),
        audited,
      );
      await inPlace(engine, before, async ({ code, follows, migrate }) => {
        migrate("up");
        const old = await code("before");
        await old.add({ id: "a", title: "t", items: [{ lineNo: 1, words: "w" }] });
        await follows(after);
        migrate("up");
        const latter = await code("after");
        const works = async (of: Deals, rows: string, kind: string): Promise<void> => {
          const lines = [1, 2].map((lineNo) => ({ lineNo, words: `w${lineNo}` }));
          for (const at of [1, 2, 3, 4]) {
            const id = `${kind}${at}`;
            const deal = { id, title: "t", [rows]: lines };
            expect(await of.add(deal)).toEqual(deal);
            expect(await of.addAll([{ ...deal, id: `${id}-bulk` }])).toHaveLength(1);
            expect(await of.amend(id, { title: "u" })).toEqual({ ...deal, title: "u" });
            expect(await of.get(id)).toEqual({ ...deal, title: "u" });
            expect(await of.get("a")).toMatchObject({ [rows]: [{ lineNo: 1, words: "w" }] });
            expect((await of.list()).length).toBeGreaterThan(2 * at);
            if (audited)
              expect((await of.history(id, {})).items.map(({ state }) => state)).toEqual([
                { ...deal, title: "u" },
                deal,
              ]);
          }
        };
        await works(latter, "lines", "new");
        await works(old, "items", "old");
        migrate("up", "--contract");
        await works(await code("later"), "lines", "later");
      });
    }),
    240_000,
  );
}
