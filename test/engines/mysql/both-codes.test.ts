// Generated code of before and of after against one database, between expand and contract, after it, and after the way back.
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DataModule } from "../../conformance/layer.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { schemaLab } from "./schema-lab.ts";

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
  /** Statements of somebody else. */
  run(text: string): Promise<void>;
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
  const lab = await schemaLab(space.dsn, engine);
  const command = async (...args: readonly string[]): Promise<void> => {
    const { status, stdout, stderr } = await cli(project.folder, ...args);
    if (status !== 0) throw new Error(stdout + stderr);
  };
  try {
    await work({
      run: lab.run,
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
        await command("plan", "--accept");
        await command("migrate", "diff", "follow", ...args);
        await command("generate");
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
    await lab.close();
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

  test(
    `${engine}: fields that are required now: what code of before leaves empty is filled, and so it is recorded`,
    proving(of, async () => {
      const entities = (root: string, child: string) => `    fields:
      id: { type: string, max: 20, key: true }
      title: { type: text }
${root}  DealItem:
    owner: Deal
    fields:
      lineNo: { type: int, key: true }
      words: { type: text }
${child}`;
      const optional = "      note: { type: text, nullable: true }\n";
      const before = specOf(engine, entities(optional, optional), true);
      const after = specOf(
        engine,
        entities(
          "      heat: { type: int }\n      mark: { type: string, max: 9, default: none }\n      note: { type: text }\n",
          '      cold: { type: string, max: 4 }\n      note: { type: text, default: "-" }\n',
        ),
        true,
      );
      await inPlace(engine, before, async ({ code, follows, migrate, run }) => {
        migrate("up");
        const old = await code("before");
        const items = [{ lineNo: 1, words: "w", note: null }];
        const write = async (id: string): Promise<void> => {
          await old.add({ id, title: "ab", note: null, items });
          await old.amend(id, { title: "abc" });
        };
        const filled = [{ lineNo: 1, words: "w", cold: "w", note: "-" }];
        const deal = (id: string) => ({
          id,
          title: "abc",
          heat: 3,
          mark: id,
          note: "ab",
          items: filled,
        });
        const expectRead = async (of: Deals, ...ids: readonly string[]): Promise<void> => {
          for (const id of ids) {
            expect(await of.get(id)).toMatchObject({ id, title: "abc", items: filled });
            for (const { state } of (await of.history(id, {})).items)
              expect(state).toMatchObject({ id, mark: id, items: filled });
          }
        };
        await write("a");
        await follows(
          after,
          ...[
            "deals.heat=char_length(title)",
            "deals.mark=id",
            "deals.note=left(deals.title, 2)",
            "deal_items.cold=words",
          ].flatMap((value) => ["--set", value]),
        );
        migrate("up");
        const latter = await code("after");
        await expectRead(latter, "a");
        for (const id of ["b", "c", "d"]) await write(id);
        await expectRead(latter, "a", "b", "c", "d");
        expect(await latter.get("b")).toEqual({ ...deal("b"), heat: 2 });
        expect((await latter.history("b", {})).items.map(({ state }) => state)).toEqual([
          { ...deal("b"), heat: 2 },
          { ...deal("b"), title: "ab", heat: 2 },
        ]);
        expect(await latter.amend("b", { title: "abc" })).toMatchObject({ heat: 2 });
        // The expression has no value of the type for it: that waits for the contract, which stops there.
        await old.add({
          id: "e",
          title: "abc",
          note: null,
          items: [{ lineNo: 1, words: "words", note: null }],
        });
        await expect(latter.get("e")).rejects.toThrow("null is stored");
        expect(() => migrate("up", "--contract")).toThrow("cold");
        await run("update deal_items set cold = 'w' where deal_id = 'e'");
        migrate("up", "--contract");
        await expectRead(latter, "a", "b", "c", "d");
        expect(await latter.get("e")).toMatchObject({ items: [{ words: "words", cold: "w" }] });
        expect((await latter.history("e", {})).items).toHaveLength(1);
        await latter.add({ ...deal("f"), heat: 7 });
        expect(await latter.get("f")).toEqual({ ...deal("f"), heat: 7 });

        migrate("down");
        await write("g");
        await expectRead(latter, "a", "b", "c", "d", "g");
        migrate("up", "--contract");
        await expectRead(latter, "a", "b", "c", "d", "g");
      });
    }),
    240_000,
  );

  test(
    `${engine}: numbers of another type under another name: taken back, a history has them as the rows have, and says that it rounds`,
    proving(of, async () => {
      const entities = (price: string, count: string) => `    fields:
      id: { type: string, max: 20, key: true }
      title: { type: text }
${price}${count}  DealItem:
    owner: Deal
    fields:
      lineNo: { type: int, key: true }
${price}`;
      const before = specOf(
        engine,
        entities(
          "      price: { type: decimal, precision: 8, scale: 2 }\n",
          "      count: { type: int }\n",
        ),
        true,
      );
      const after = specOf(
        engine,
        entities(
          "      cost: { type: decimal, precision: 12, scale: 4, was: price }\n",
          "      amount: { type: decimal, precision: 8, scale: 3, was: count }\n",
        ),
        true,
      );
      await inPlace(engine, before, async ({ code, follows, migrate }) => {
        migrate("up");
        const old = await code("before");
        await follows(after);
        migrate("up", "--contract");
        const latter = await code("after");
        const costs = ["3.1234", "999999.9949", "-2.5550"];
        for (const [at, cost] of costs.entries())
          await latter.add({
            id: `${at}`,
            title: "t",
            cost,
            amount: "3.75",
            items: [{ lineNo: 1, cost }],
          });
        expect(() => migrate("down")).toThrow(
          "what is no decimal(8,2) or int in deals_history.content goes",
        );
        migrate("down", "--allow-destructive", "0004-follow-contract");
        for (const [at, price] of ["3.12", "999999.99", "-2.56"].entries()) {
          const deal = { id: `${at}`, title: "t", price, count: 4, items: [{ lineNo: 1, price }] };
          expect(await old.get(`${at}`)).toEqual(deal);
          expect((await old.history(`${at}`, {})).items.map(({ state }) => state)).toEqual([deal]);
        }
      });
    }),
    240_000,
  );
}
