/** Migrations of views on a real server: a copy into a new index, back again, through kills, beside writers and other migrators. */
import { afterAll, describe, expect, test } from "vitest";
import type { HttpClient } from "../../../templates/engines/opensearch/client.ts";
import { within } from "../../../templates/engines/opensearch/filter.ts";
import {
  Generations,
  type IndexDefinition,
} from "../../../templates/engines/opensearch/generation.ts";
import type { MigrationCommand } from "../../../templates/engines/opensearch/migration-step.ts";
import { searchMigrations } from "../../../templates/engines/opensearch/migrations.ts";
import { StateIndex } from "../../../templates/engines/opensearch/state-index.ts";
import { mappedIn, propertiesOf } from "../../../templates/engines/opensearch/view-shape.ts";
import { viewTarget } from "../../../templates/engines/opensearch/view-target.ts";
import {
  migrateDown,
  migrateUp,
  migrationDrift,
  migrationStatus,
} from "../../../templates/runtime/migrate.ts";
import type { Migration, MigrationTarget } from "../../../templates/runtime/migration.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import {
  findIn,
  note,
  type Note,
  noteView,
  type OpenedSearch,
  openStore,
  request,
  sendingBy,
  stoppedAt,
  upsert,
} from "./opened.ts";

const server = await sharedServer("opensearch", ["vector"]);
const proof = { port: "migrations", engine: columnOf(server), method: "steps" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });
const full = process.env["FULL"] === "1";

const one = noteView("notes");
/** Its items name their number `count`. */
const two = (() => {
  const { declared, definition } = noteView("notes", { fingerprint: "two" });
  const text = JSON.stringify(definition.mappings).replaceAll('"number":', '"count":');
  const mappings = JSON.parse(text) as typeof definition.mappings;
  const item = { id: "string", count: "int", text: "text" };
  return {
    declared: { ...declared, item, ...propertiesOf(item), mapped: mappedIn(mappings) },
    definition: { ...definition, mappings },
  };
})();

const migration = (
  id: string,
  parents: readonly string[],
  up: readonly MigrationCommand[],
  down: readonly MigrationCommand[],
  copied?: { readonly verify: string; readonly repair: string },
): Migration => {
  const text = (commands: readonly MigrationCommand[]): string =>
    JSON.stringify(commands.map((command) => ({ step: "notes", ...command })));
  return {
    id,
    parents,
    steps: [{ name: "notes", title: id, transactional: copied === undefined, ...copied }],
    hash: `hash of ${id}`,
    up: text(up),
    down: text(down),
    file: `migrations/search/${id}.up.json`,
  };
};

const initial = migration(
  "0001-initial",
  [],
  [{ defineView: "notes", definition: one.definition }],
  [{ dropView: "notes" }],
);
const change = migration(
  "0002-count",
  ["0001-initial"],
  [
    { defineView: "notes", definition: two.definition },
    { copyView: "notes", renamed: { number: "count" } },
  ],
  [
    { defineView: "notes", definition: one.definition },
    { copyView: "notes", renamed: { count: "number" } },
  ],
  {
    verify: JSON.stringify({ view: "notes", definition: "two" }),
    repair: JSON.stringify([{ discardCopy: "notes" }]),
  },
);
const all = [initial, change];

describe.skipIf(isMissing(server))("migrations of views", () => {
  if (isMissing(server)) return;
  const { namespace } = server;
  const stores: OpenedSearch[] = [];
  afterAll(async () => {
    for (const store of stores) await store.close();
  });
  const it = (name: string, body: () => Promise<void>): void =>
    void test(name, proving(proof, body), 300_000);

  /** A store whose view is built by the first migration, with so many notes. */
  async function built(rows = 12): Promise<OpenedSearch> {
    const opened = openStore((await namespace()).dsn, { deadlineMs: 20_000 });
    stores.push(opened);
    await migrateUp(opened.store.migrationTarget(), [initial]);
    const target = viewTarget(opened.store, one.declared);
    const generation = await target.begin();
    const items = Array.from({ length: rows }, (_, at) => upsert(note(at), BigInt(at + 1)));
    await generation.writer.write(items);
    await generation.publish();
    await target.live().write([{ kind: "delete", key: "0", revision: 100n }]);
    return opened;
  }

  interface Found {
    readonly items: readonly string[];
    readonly definition: unknown;
    readonly generations: number;
    readonly ledger: readonly string[];
    readonly problems: readonly string[];
  }

  /** All of a view's documents with their revisions, by what answers; and what else there is. */
  async function stateOf(opened: OpenedSearch): Promise<Found> {
    const { http, prefix } = opened.store;
    const generations = new Generations(http, `${prefix}notes`);
    await opened.settle();
    const answer = await request(opened, (attempt) =>
      http.send(
        {
          method: "POST",
          path: `/${prefix}notes/_search`,
          body: { size: 1_000, version: true, query: { match_all: {} } },
        },
        attempt,
      ),
    );
    const { hits } = (answer as { hits: { hits: readonly Hit[] } }).hits;
    const items = hits.map(({ _id: id, _version: version, _source: { item } }) =>
      [
        id,
        version,
        item === undefined ? "deleted" : JSON.stringify(item, Object.keys(item).toSorted()),
      ].join(" "),
    );
    const there = await request(opened, (attempt) => generations.all(attempt));
    const target = opened.store.migrationTarget();
    const ledger = await target.ledger();
    return {
      items: items.toSorted(),
      definition: there.at(-1)?.definition,
      generations: there.length,
      ledger: ledger.map(({ id, dirty }) => `${id}${dirty === true ? " half-way" : ""}`),
      problems: (await migrationStatus(target, all)).problems,
    };
  }

  it("copied items lack what is new: asked by it they are unavailable, health says so, and a rebuild mends both", async () => {
    const opened = await built();
    const { store } = opened;
    const item = { ...one.declared.item, price: "int?" };
    const json = JSON.stringify(noteView("notes", { fingerprint: "three" }).definition);
    const priced = JSON.parse(
      json
        .replace('"number":"int"', '"number":"int","price":"int?"')
        .replace('"number":{', '"price":{"type":"integer"},"number":{'),
    );
    const later = migration(
      "0003-price",
      ["0001-initial"],
      [
        { defineView: "notes", definition: priced as IndexDefinition },
        { copyView: "notes", lacking: ["price"] },
      ],
      [{ defineView: "notes", definition: one.definition }, { copyView: "notes" }],
      {
        verify: JSON.stringify({ view: "notes", definition: "three" }),
        repair: JSON.stringify([{ discardCopy: "notes" }]),
      },
    );
    await migrateUp(store.migrationTarget(), [initial, later]);
    await opened.settle();
    const mapped = mappedIn((priced as IndexDefinition).mappings);
    const declared = { ...one.declared, definition: "three", item, nullable: ["price"], mapped };
    const target = viewTarget(store, declared);
    const find = findIn({ declared, definition: one.definition });
    const cheap = () => within("item.price", { max: 5 });
    const counted = { ...find, facets: [{ name: "price", path: "item.price" }] };
    const message =
      "the view notes was built by another version of this code: its items lack price";
    const hint = "npm run db -- views rebuild notes";
    const told = { kind: "unavailable", message: expect.stringContaining(message), hint };
    const { session } = store;
    await expect(session.list(find, "note", cheap)).rejects.toMatchObject(told);
    await expect(session.page(find, "note", cheap, {})).rejects.toMatchObject(told);
    await expect(session.list(counted, "note", () => [])).rejects.toMatchObject(told);
    await expect(session.list(find, "note", () => [])).rejects.toMatchObject(told);
    // Code of before finds all that it had.
    expect(await session.list(findIn(one), "note", () => [])).toHaveLength(11);
    const detail = `${message}; ${hint}`;
    expect(await store.health()).toMatchObject({ state: "degraded", detail });
    const generation = await target.begin();
    await generation.writer.write([upsert({ ...note(1), price: 3 } as Note, 200n)]);
    await generation.publish();
    await opened.settle();
    expect(await session.list(find, "note", cheap)).toHaveLength(1);
    expect((await store.health()).state).toBe("up");
  });

  for (const [what, more, lacking] of [
    ["searches", { mapped: { ...one.declared.mapped, "item.body": "text" } }, "body"],
    ["compares otherwise", { mapped: { "item.number": "keyword" } }, "number"],
    ["gives back, nullable", { item: { ...one.declared.item, body: "text?" } }, "body"],
    ["knows as another kind", { item: { ...one.declared.item, number: "string" } }, "number"],
    ["knows as a tenant's", { tenantScoped: true }, "tenant"],
  ] as const)
    it(`what code ${what} and the index lacks is no answer that lacks it`, async () => {
      const { store } = await built(3);
      const declared = { ...one.declared, definition: "other", ...more };
      const find = findIn({ declared, definition: one.definition });
      const message = expect.stringContaining(`its items lack ${lacking}`);
      const { session } = store;
      for (const text of ["note", "nowhere"])
        await expect(session.list(find, text, () => [])).rejects.toMatchObject({
          kind: "unavailable",
          message,
        });
      viewTarget(store, declared);
      expect(await store.health()).toMatchObject({ state: "degraded", detail: message });
    });

  it("an alias that moves to what code lacks is found with its first answer, and with its first that is empty", async () => {
    const opened = await built(3);
    const { session } = opened.store;
    const find = findIn(one);
    await opened.settle();
    expect(await session.list(find, "note", () => [])).toHaveLength(2);
    await migrateUp(opened.store.migrationTarget(), all);
    for (const text of ["nowhere", "note"])
      await expect(session.list(find, text, () => [])).rejects.toMatchObject({
        kind: "unavailable",
        message: expect.stringContaining("its items lack number"),
      });
  });

  it("items without a required property are told by the health of a store that looks at one", async () => {
    const { store } = await built(3);
    expect((await store.health()).state).toBe("up");
    const item = { ...one.declared.item, currency: "string" };
    viewTarget(store, { ...one.declared, definition: "four", item });
    const { state, detail } = await store.health();
    expect([state, detail]).toEqual([
      "degraded",
      expect.stringContaining("its items lack currency"),
    ]);
  });

  /** A target whose requests go through `send`. */
  const through = ({ store }: OpenedSearch, send: HttpClient["send"]): MigrationTarget => {
    const http = sendingBy(store.http, send);
    const { runtime, prefix, name, project, fit } = store;
    const state = new StateIndex(http, `${prefix}test.schema`);
    return searchMigrations({ http, state, runtime, prefix, name, project, fit });
  };

  /** A target whose requests end with the `at`-th, before it is sent or before its answer is read, as of a process that is killed there. */
  function dying(opened: OpenedSearch, at: number, sent: boolean) {
    const counted = { requests: 0, paths: [] as string[] };
    const target = through(opened, async (asked, attempt) => {
      counted.requests += 1;
      counted.paths.push(`${asked.method} ${asked.path}`);
      const last = counted.requests === at;
      if (counted.requests > at || (last && !sent)) throw new Error("killed");
      const answer = await opened.store.http.send(asked, attempt);
      if (last) throw new Error("killed");
      return answer;
    });
    return { target, counted };
  }

  /** As if the lease of the killed migrator were over. */
  async function expire(opened: OpenedSearch): Promise<void> {
    const { state } = opened.store;
    await request(opened, async (attempt) => {
      const held = await state.read("lock", attempt);
      if (held !== undefined) await state.remove("lock", held, attempt);
    });
  }

  it("up copies into an index of the new definition, down copies back; revisions and marks of deletion are kept", async () => {
    const opened = await built();
    const target = opened.store.migrationTarget();
    const before = await stateOf(opened);
    expect(before.items).toHaveLength(12);
    expect(before.items[0]).toBe("0 100 deleted");
    expect(await migrateUp(target, all)).toEqual(["0002-count"]);
    const after = await stateOf(opened);
    expect(after).toMatchObject({ definition: "two", generations: 1, problems: [] });
    expect(after.items).toEqual(
      before.items.map((item) =>
        item.replace(/\{"id":"(\d+)","number":(\d+),/, '{"count":$2,"id":"$1",'),
      ),
    );
    const stale = await viewTarget(opened.store, two.declared)
      .live()
      .write([upsert(note(0), 99n), upsert(note(5), 6n)]);
    expect(stale.map(({ kind }) => kind)).toEqual(["stale", "stale"]);
    expect(await migrateDown(target, all)).toBe("0002-count");
    const back = await stateOf(opened);
    expect([back.definition, back.generations, back.items.length]).toEqual(["one", 1, 12]);
    expect(await migrateDown(target, all)).toBe("0001-initial");
    expect(await target.ledger()).toEqual([]);
    expect(await target.objects?.()).toEqual({});
  });

  it("what is written while it copies is not lost, and reads go on", async () => {
    const opened = await built(400);
    const target = opened.store.migrationTarget();
    const told = new Map<number, bigint>();
    const refused = new Set<string>();
    let [writing, reads] = [true, 0];
    const live = viewTarget(opened.store, one.declared).live();
    const writer = async (first: number): Promise<void> => {
      for (let revision = 1_000n; writing; revision += 1n) {
        const number = first + Number(revision % 7n);
        const [outcome] = await live.write([upsert(note(number), revision)]);
        if (outcome?.kind === "written") told.set(number, revision);
        else if (outcome?.kind === "failed") refused.add(outcome.error.kind);
      }
    };
    const reader = async (): Promise<void> => {
      while (writing) {
        const answer = await request(opened, (attempt) =>
          opened.store.http.send(
            { method: "POST", path: `/${opened.store.prefix}notes/_count` },
            attempt,
          ),
        );
        expect(Number(answer["count"])).toBeGreaterThanOrEqual(400);
        reads += 1;
      }
    };
    const load = [writer(1_000), writer(2_000), reader()];
    await migrateUp(target, all);
    writing = false;
    await Promise.all(load);
    // One that was on its way into the old generation is told to be refused.
    for (const kind of refused) expect(kind).toBe("unavailable");
    const { items, generations } = await stateOf(opened);
    expect(generations).toBe(1);
    const revisions = new Map(items.map((item) => [item.split(" ")[0], item.split(" ")[1]]));
    expect(told.size).toBe(14);
    expect(reads).toBeGreaterThan(0);
    for (const [number, revision] of told)
      expect(BigInt(revisions.get(String(number)) ?? 0) >= revision, `${number} ${revision}`).toBe(
        true,
      );
  });

  it("M2: killed at any request of the copy, the next run ends where a run in one go does", async () => {
    const whole = await built();
    const { target: counting, counted } = dying(whole, Infinity, true);
    await migrateUp(counting, all);
    const expected = await stateOf(whole);
    expect(counted.paths.filter((path) => path.includes("_reindex"))).toHaveLength(2);
    const points = counted.paths.flatMap((_, at) =>
      [false, true]
        .filter((sent) => full || (2 * at + Number(sent)) % 9 === 0)
        .map((sent) => [at + 1, sent] as const),
    );
    expect(points.length).toBeGreaterThan(6);
    for (const [at, sent] of points) {
      const opened = await built();
      const { target: killed } = dying(opened, at, sent);
      const ended = await migrateUp(killed, all).then(
        () => "whole",
        () => "killed",
      );
      // After its work a run only gives its lease back, which a kill may keep it from.
      if (ended === "whole") expect(at).toBeGreaterThan(counted.paths.length - 3);
      const items = (await stateOf(opened)).items.length;
      expect([at, sent, items]).toEqual([at, sent, 12]);
      await expire(opened);
      const target = opened.store.migrationTarget();
      await migrateUp(target, all);
      expect([at, sent, await stateOf(opened)]).toEqual([at, sent, expected]);
      expect(await migrationDrift(target)).toEqual([]);
    }
  });

  it("M2: killed at any request of the way back, the next run takes back the rest", async () => {
    const whole = await built();
    await migrateUp(whole.store.migrationTarget(), all);
    const { target: counting, counted } = dying(whole, Infinity, true);
    await migrateDown(counting, all);
    const expected = await stateOf(whole);
    const points = counted.paths.map((_, at) => at + 1).filter((at) => full || at % 9 === 0);
    for (const at of points) {
      const opened = await built();
      await migrateUp(opened.store.migrationTarget(), all);
      const sent = at % 2 === 0;
      await migrateDown(dying(opened, at, sent).target, all).catch(() => {});
      expect((await stateOf(opened)).items).toHaveLength(12);
      await expire(opened);
      const target = opened.store.migrationTarget();
      const { length } = await target.ledger();
      if (length > 1) await migrateDown(target, all);
      expect([at, await stateOf(opened)]).toEqual([at, expected]);
    }
  });

  it("M1: of four migrators at once each step is run by one", async () => {
    const opened = await built();
    const targets = [opened, ...[1, 2, 3].map(() => openStore(opened.dsn, { deadlineMs: 20_000 }))];
    stores.push(...targets.slice(1));
    const applied = await Promise.all(
      targets.map(({ store }) => migrateUp(store.migrationTarget(), all)),
    );
    expect(applied.flat()).toEqual(["0002-count"]);
    expect(await stateOf(opened)).toMatchObject({ definition: "two", generations: 1 });
  });

  it("a lock whose holder lives is waited for, then told; one whose holder was killed is taken", async () => {
    const opened = await built();
    const target = opened.store.migrationTarget();
    const other = openStore(opened.dsn);
    stores.push(other);
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let held: Promise<void> | undefined;
    await new Promise<void>((taken) => {
      held = other.store.migrationTarget().locked(() => {
        taken();
        return released;
      }, 1_000);
    });
    await expect(migrateUp(target, all, { waitMs: 300 })).rejects.toMatchObject({
      kind: "unavailable",
      hint: expect.stringContaining("wait"),
    });
    release();
    await held;
    const { target: killed } = dying(opened, 6, true);
    await expect(migrateUp(killed, all)).rejects.toThrow();
    expect(await migrateUp(target, all, { waitMs: 300 })).toEqual(["0002-count"]);
  });

  for (const [what, request] of [
    ["swaps the alias", /^POST \/_aliases$/],
    ["copies", /^POST \/_reindex$/],
    ["notes it in the ledger", /^PUT .*\/_doc\/migrations$/],
  ] as const)
    it(`a migrator that is stopped before it ${what}, and goes on after another took over, changes nothing`, async () => {
      const whole = await built();
      await migrateUp(whole.store.migrationTarget(), all);
      const expected = await stateOf(whole);
      const opened = await built();
      const stopping = stoppedAt(opened.store.http, request);
      const late = migrateUp(through(opened, stopping.send), all).then(
        () => "applied",
        (error: unknown) => error,
      );
      await stopping.reached;
      expect(await migrateUp(opened.store.migrationTarget(), all)).toEqual(["0002-count"]);
      expect(await stateOf(opened)).toEqual(expected);
      stopping.goOn();
      expect(await late).toMatchObject({ kind: "conflict" });
      expect(await stateOf(opened)).toEqual(expected);
    });

  it("what was changed by hand is named by verify, and only that", async () => {
    const opened = await built();
    const target: MigrationTarget = opened.store.migrationTarget();
    expect(await migrationDrift(target)).toEqual([]);
    await opened.settle();
    const { http, prefix } = opened.store;
    const path = `/_component_template/${prefix}notes`;
    const edited = { ...one.definition, settings: { index: { number_of_shards: "3" } } };
    await request(opened, (attempt) =>
      http.send({ method: "PUT", path, body: { template: edited } }, attempt),
    );
    expect(await migrationDrift(target)).toEqual([{ object: "view notes", change: "changed" }]);
    await request(opened, (attempt) => http.send({ method: "DELETE", path }, attempt));
    expect(await migrationDrift(target)).toEqual([{ object: "view notes", change: "dropped" }]);
    // Without its definition the view answers on, and is not built anew by guesswork.
    const found: readonly Note[] = await opened.store.session.list(findIn(one), "note", () => []);
    expect(found).toHaveLength(11);
    await expect(viewTarget(opened.store, one.declared).begin()).rejects.toMatchObject({
      kind: "programming",
      hint: expect.stringContaining("migrate up"),
    });
  });

  it("documents that the new definition refuses stop the copy, and the view answers as before", async () => {
    const opened = await built();
    const strict = {
      ...one.definition,
      mappings: {
        ...one.definition.mappings,
        _meta: { project: "test", view: "notes", definition: "three" },
        properties: { key: { type: "keyword" }, deleted: { type: "date" } },
      },
    };
    const broken = migration(
      "0002-broken",
      ["0001-initial"],
      [{ defineView: "notes", definition: strict }, { copyView: "notes" }],
      [{ defineView: "notes", definition: one.definition }, { copyView: "notes" }],
      {
        verify: JSON.stringify({ view: "notes", definition: "three" }),
        repair: JSON.stringify([{ discardCopy: "notes" }]),
      },
    );
    const target = opened.store.migrationTarget();
    await expect(migrateUp(target, [initial, broken])).rejects.toMatchObject({
      kind: "constraint",
      message: expect.stringContaining("strict_dynamic_mapping_exception"),
      hint: expect.stringContaining("views rebuild"),
    });
    const { items, generations, ledger } = await stateOf(opened);
    expect([items.length, generations]).toEqual([12, 1]);
    expect(ledger).toEqual(["0001-initial", "0002-broken half-way"]);
    await migrateDown(target, [initial, broken]);
    expect(await stateOf(opened)).toMatchObject({ definition: "one", ledger: ["0001-initial"] });
  });
});

interface Hit {
  readonly _id: string;
  readonly _version: number;
  readonly _source: { readonly item?: object };
}
