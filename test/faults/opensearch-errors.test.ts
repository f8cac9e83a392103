// E1: the types of the fault table as a real server gives them, and what of them the caller is told.
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answer, HttpRequest } from "../../templates/engines/opensearch/client.ts";
import { viewTarget } from "../../templates/engines/opensearch/view-target.ts";
import type { ReadOptions } from "../../templates/runtime/options.ts";
import type { ViewOutcome, ViewTarget } from "../../templates/runtime/view.ts";
import {
  dimensions,
  findIn,
  nearestIn,
  note,
  type Note,
  noteView,
  type OpenedSearch,
  openStore,
  place,
  request,
  upsert,
} from "../engines/opensearch/opened.ts";
import { onPrivateServer } from "./opensearch-server.ts";
import { until, verdict } from "./suite.ts";

const secret = "sentinelvalue";
const view = noteView("notes", { vectors: true });
const all = findIn(view);

/** Small enough to be reached: the queues of one thread each, a request, a number of clauses. */
const settings = {
  "thread_pool.search.size": "1",
  "thread_pool.search.queue_size": "1",
  "thread_pool.write.size": "1",
  "thread_pool.write.queue_size": "1",
  "http.max_content_length": "1mb",
  "indices.query.bool.max_clause_count": "64",
};

await onPrivateServer(
  "E1: types of the server's errors",
  (server) => {
    let opened: OpenedSearch;
    let target: ViewTarget<Note>;
    let prefix: string;

    const ask = (
      method: HttpRequest["method"],
      path: string,
      body?: object | string,
      query?: Readonly<Record<string, string>>,
    ): Promise<Answer> =>
      request(opened, (attempt) =>
        opened.store.http.send({ method, path: path.replace("@", prefix), body, query }, attempt),
      );
    const told = async (call: Promise<unknown>): Promise<unknown> => {
      const { kind, code, attempts } = await verdict(call);
      return [kind, code, attempts];
    };
    const kindOf = async (call: Promise<unknown>): Promise<string> => (await verdict(call)).kind;
    const search = (): Promise<readonly Note[]> =>
      opened.store.session.list(all, "note", () => [], { deadlineMs: 10_000 });

    beforeAll(async () => {
      const { dsn } = await server.namespace();
      opened = openStore(dsn, { deadlineMs: 10_000 });
      ({ prefix } = opened.store);
      target = await place(opened, view);
      await target.live().write([upsert({ ...note(1), embedding: [1, 2, 3, 4] }, 5n)]);
      await opened.settle();
    });
    afterAll(() => opened.close());

    const clauses = Array.from({ length: 100 }, (_, at) => ({ term: { "item.id": `${at}` } }));
    const terms = { a: { terms: { field: "item.id", size: 100 } } };
    type Row = readonly [
      type: string,
      kind: string,
      method: HttpRequest["method"],
      path: string,
      body?: object | string,
      query?: Readonly<Record<string, string>>,
    ];
    const rows: readonly Row[] = [
      ["index_not_found_exception", "unavailable", "POST", "/@nowhere/_search", {}],
      ["aliases_not_found_exception", "unavailable", "DELETE", "/@notes-0001/_alias/nobody"],
      ["resource_already_exists_exception", "conflict", "PUT", "/@notes-0001", {}],
      ["resource_not_found_exception", "programming", "GET", "/_tasks/nobody:1"],
      ["invalid_index_name_exception", "programming", "PUT", "/@Notes", {}],
      ["invalid_alias_name_exception", "programming", "PUT", "/@notes-0001/_alias/a%23b"],
      [
        "version_conflict_engine_exception",
        "conflict",
        "PUT",
        "/@notes/_doc/1",
        { key: "1" },
        { version: "4", version_type: "external" },
      ],
      [
        "mapper_parsing_exception",
        "programming",
        "PUT",
        "/@notes/_doc/2",
        { item: { number: secret } },
      ],
      ["strict_dynamic_mapping_exception", "programming", "PUT", "/@notes/_doc/2", { [secret]: 1 }],
      [
        "illegal_argument_exception",
        "programming",
        "POST",
        "/@notes/_search",
        {},
        { unheard: secret },
      ],
      ["illegal_argument_exception", "programming", "POST", "/@notes/_search", { size: 10_001 }],
      ["parsing_exception", "programming", "POST", "/@notes/_search", { query: { [secret]: {} } }],
      ["json_parse_exception", "programming", "POST", "/@notes/_search", `{"query": ${secret}`],
      ["x_content_parse_exception", "programming", "POST", "/_aliases", { actions: [{ a: {} }] }],
      [
        "query_shard_exception",
        "programming",
        "POST",
        "/@notes/_search",
        { query: { range: { "item.number": { gte: secret } } } },
      ],
      // More clauses than the server takes come under this type.
      [
        "query_shard_exception",
        "programming",
        "POST",
        "/@notes/_search",
        { query: { bool: { should: clauses } } },
      ],
      [
        "script_exception",
        "programming",
        "POST",
        "/@notes/_search",
        { query: { script: { script: secret } } },
      ],
      [
        "unavailable_shards_exception",
        "unavailable",
        "PUT",
        "/@notes/_doc/9",
        { key: "9" },
        { wait_for_active_shards: "3", timeout: "50ms" },
      ],
      ["405", "programming", "POST", "/_cat/health", {}],
    ];

    it.each(rows.map((row) => ({ type: row[0], kind: row[1], row })))(
      "$type: $kind",
      async ({ type, kind, row }) => {
        const [, , method, path, body, query] = row;
        const failed = await ask(method, path, body, query).catch((error: unknown) => error);
        expect(failed).toMatchObject({ kind, code: type });
        const printed = `${inspect(failed, { depth: 8, showHidden: true })}${JSON.stringify(failed)}`;
        expect(printed).not.toContain(secret);
      },
    );

    /** Settings of the cluster or an index while something runs. */
    async function under<T>(path: string, changes: object, work: () => Promise<T>): Promise<T> {
      const wrapped = (values: object): object =>
        path === "/_cluster/settings" ? { transient: values } : values;
      await ask("PUT", path, wrapped(changes));
      try {
        return await work();
      } finally {
        const none = Object.keys(changes).map((name) => [name, null]);
        await ask("PUT", path, wrapped(Object.fromEntries(none)));
      }
    }
    const cluster = "/_cluster/settings";
    const index = "/@notes/_settings";

    it("too_many_buckets_exception: a facet of more values than the cluster counts", async () => {
      await target.live().write(Array.from({ length: 30 }, (_, at) => upsert(note(100 + at), 1n)));
      await opened.settle();
      const many = await under(cluster, { "search.max_buckets": 5 }, () =>
        told(ask("POST", "/@notes/_search", { size: 0, aggs: terms })),
      );
      expect(many).toEqual(["programming", "too_many_buckets_exception", 1]);
    });

    it("cluster_block_exception: an index that takes no writes is unavailable, and is read", async () => {
      await under(index, { "index.blocks.write": true }, async () => {
        const [blocked] = await target.live().write([upsert(note(2), 1n)]);
        expect(blocked).toMatchObject({
          kind: "failed",
          error: { kind: "unavailable", hint: expect.stringContaining("index.blocks") },
        });
        expect(await kindOf(search())).toBe("ok");
      });
      expect(await target.live().write([upsert(note(2), 1n)])).toEqual([{ kind: "written" }]);
    });

    it("cluster_block_exception by a full disk is overload, until the disk has room", async () => {
      const full = { "index.blocks.read_only_allow_delete": true };
      const write = (): Promise<readonly ViewOutcome[]> =>
        target.live().write([upsert(note(3), 1n)]);
      const refused = await under(index, full, () => verdict(write()));
      expect(refused).toMatchObject({ kind: "overloaded", code: "cluster_block_exception" });
      expect(refused.attempts).toBeGreaterThan(1);
      expect(await write()).toEqual([{ kind: "written" }]);
    });

    it("a cluster that makes no index now is unavailable", async () => {
      const [kind, code] = (await under(cluster, { "cluster.blocks.create_index": true }, () =>
        told(ask("PUT", "/@new", {})),
      )) as readonly string[];
      expect([kind, code]).toEqual(["unavailable", "index_create_block_exception"]);
    });

    it("process_cluster_event_timeout_exception: what waits in the manager's queue for too long is a timeout", async () => {
      const body = { template: { settings: {} } };
      const query = { cluster_manager_timeout: "1nanos" };
      const putBy = (store: OpenedSearch, name: string): Promise<unknown> =>
        told(
          request(store, (attempt) =>
            store.store.http.send(
              { method: "PUT", path: `/_component_template/${prefix}${name}`, body, query },
              attempt,
            ),
          ),
        );
      // One store keeps the manager's queue filled, and uses up its own retries; each probe has all of its.
      const flood = openStore(opened.dsn, { deadlineMs: 10_000 });
      let flooding = true;
      const filling = Array.from({ length: 40 }, async (_, at) => {
        while (flooding) await putBy(flood, `flood${at}`);
      });
      const timeouts: unknown[] = [];
      for (let round = 0; round < 60 && timeouts.length < 3; round += 1) {
        const probe = openStore(opened.dsn, { deadlineMs: 10_000 });
        const ended = await putBy(probe, `probe${round}`);
        if (String(ended).startsWith("timeout")) timeouts.push(ended);
        await probe.close();
      }
      flooding = false;
      await Promise.all(filling);
      await flood.close();
      const code = "process_cluster_event_timeout_exception";
      expect(timeouts).toEqual([1, 2, 3].map(() => ["timeout", code, 3]));
    });

    it("index_closed_exception is unavailable, and says what to do", async () => {
      await ask("PUT", "/@closed", {});
      await ask("POST", "/@closed/_close");
      expect(await verdict(ask("POST", "/@closed/_search", {}))).toMatchObject({
        kind: "unavailable",
        code: "index_closed_exception",
        hint: expect.stringContaining("open"),
      });
    });

    it("no_shard_available_action_exception: an index whose shard lies nowhere is unavailable", async () => {
      const nowhere = { "index.routing.allocation.require._name": "nobody" };
      await ask("PUT", "/@homeless", { settings: nowhere }, { wait_for_active_shards: "0" });
      expect(
        await told(
          ask("POST", "/@homeless/_search", {}, { allow_partial_search_results: "false" }),
        ),
      ).toEqual(["unavailable", "no_shard_available_action_exception", 3]);
    });

    it("search_context_missing_exception: a point in time that was closed is unavailable", async () => {
      const { pit_id: id } = await ask("POST", "/@notes/_search/point_in_time", undefined, {
        keep_alive: "1m",
      });
      await ask("DELETE", "/_search/point_in_time", { pit_id: [id] });
      expect(
        await told(
          ask(
            "POST",
            "/_search",
            { pit: { id, keep_alive: "1m" } },
            { allow_partial_search_results: "false" },
          ),
        ),
      ).toEqual(["unavailable", "search_context_missing_exception", 3]);
    });

    it("circuit_breaking_exception is overload: what the node has no memory for now", async () => {
      const low = { "network.breaker.inflight_requests.limit": "2kb" };
      const write = (): Promise<readonly ViewOutcome[]> =>
        target.live().write([upsert(note(4, "x".repeat(10_000)), 1n)], { deadlineMs: 1_500 });
      const refused = await under(cluster, low, () => verdict(write()));
      expect(refused).toMatchObject({ kind: "overloaded", code: "circuit_breaking_exception" });
      expect(await write()).toEqual([{ kind: "written" }]);
    });

    it("429: searches that a full queue refuses come through by and by, or are overloaded", async () => {
      const other = openStore(opened.dsn, { deadlineMs: 10_000 });
      const find = (options?: ReadOptions): Promise<unknown> =>
        other.store.session.list(all, "note", () => [], options);
      const kinds = await Promise.all(Array.from({ length: 60 }, () => kindOf(find())));
      expect(new Set(kinds).has("ok")).toBe(true);
      for (const kind of kinds) expect(["ok", "overloaded"]).toContain(kind);
      const once = await Promise.all(
        Array.from({ length: 60 }, () => told(find({ retry: "never" }))),
      );
      await other.close();
      expect(once).toContainEqual(["overloaded", "rejected_execution_exception", 1]);
      await until(15_000, async () => (await verdict(search())).kind === "ok");
    });

    it("F11: of bulks that a full queue refuses only what was refused is sent again", async () => {
      const other = openStore(opened.dsn);
      const writer = viewTarget(other.store, view.declared).live();
      const calls = await Promise.all(
        Array.from({ length: 12 }, (_, at) =>
          writer
            .write(
              [1, 2, 3].map((part) => upsert(note(1_000 + at * 3 + part), 1n)),
              { deadlineMs: 20_000 },
            )
            .catch((error: { readonly kind: string }) => [error, error, error]),
        ),
      );
      await other.close();
      const kinds = calls
        .flat()
        .map((outcome) =>
          "error" in outcome && outcome.kind === "failed" ? outcome.error.kind : outcome.kind,
        );
      // What was written and sent again would be stale.
      for (const kind of kinds) expect(["written", "overloaded"]).toContain(kind);
      expect(kinds.filter((kind) => kind === "written").length).toBeGreaterThanOrEqual(18);
    });

    it("413: a document beyond what a request may hold fails alone; smaller ones share requests that pass", async () => {
      const writer = target.live();
      const [large, fits] = ["x".repeat(2_000_000), "x ".repeat(200_000)];
      const outcomes = await writer.write(
        [
          upsert(note(2_001, fits), 1n),
          upsert(note(2_002, large), 1n),
          upsert(note(2_003, fits), 1n),
          upsert(note(2_004, fits), 1n),
          upsert(note(2_005), 1n),
        ],
        { deadlineMs: 20_000 },
      );
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        "written",
        "failed",
        "written",
        "written",
        "written",
      ]);
      expect(outcomes[1]).toMatchObject({
        error: {
          kind: "programming",
          code: "413",
          hint: expect.stringContaining("http.max_content_length"),
        },
      });
    });

    it("items of a bulk fail by themselves: another type, another shape, other dimensions; the rest is written", async () => {
      const item = note(3_001);
      const broken = [
        { ...item, id: "a", number: secret as unknown as number },
        { ...item, id: "b", embedding: [1, 2] },
        { ...item, id: "c", embedding: [1, 2, 3, Number.NaN] },
        { ...item, id: "d", text: { [secret]: 1 } as unknown as string },
        { ...item, id: "e", number: 2 ** 40 },
        { ...item, id: "f", embedding: [1, 2, 3, 4] },
      ];
      const outcomes = await target.live().write(broken.map((one) => upsert(one, 1n)));
      expect(outcomes.at(-1)).toEqual({ kind: "written" });
      const errors = outcomes.slice(0, -1).map((outcome) => {
        expect(outcome.kind).toBe("failed");
        return outcome.kind === "failed" ? outcome.error : undefined;
      });
      for (const error of errors)
        expect(error).toMatchObject({ kind: "programming", code: "mapper_parsing_exception" });
      expect(inspect(errors, { depth: 8, showHidden: true })).not.toContain(secret);
      expect(errors[0]?.message).toContain("item.number");
      expect(errors[1]?.message).toContain("a vector of other dimensions");
    });

    it("a vector of other dimensions, or of no direction, is refused before it is sent", async () => {
      const { session } = opened.store;
      const near = (elements: readonly number[]): Promise<unknown> =>
        kindOf(session.nearest(nearestIn(view), Float32Array.from(elements), () => []));
      expect(await near(Array.from({ length: dimensions }, () => 1))).toBe("ok");
      expect(await near([1, 2])).toBe("programming");
      expect(await near([1, 2, 3, Number.NaN])).toBe("programming");
      const sent = { query: { knn: { "item.embedding": { vector: [1, 2], k: 3 } } } };
      expect(await kindOf(ask("POST", "/@notes/_search", sent))).toBe("programming");
    });

    it("a view whose index is gone is unavailable, for reads and for writes, and no index is guessed", async () => {
      const lost = noteView("lost");
      const gone = await place(opened, lost);
      await ask("DELETE", "/@lost-0001");
      const hint = "npm run db -- views rebuild lost";
      await expect(opened.store.session.list(findIn(lost), "note", () => [])).rejects.toMatchObject(
        { kind: "unavailable", attempts: 1, hint },
      );
      await expect(gone.live().write([upsert(note(1), 1n)])).rejects.toMatchObject({
        kind: "unavailable",
        hint,
      });
      expect(await gone.state()).toEqual({});
    });
  },
  { features: ["vector"], settings },
);
