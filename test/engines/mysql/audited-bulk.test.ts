// Bulks of an audited entity that overlap, many at once: each is applied as a whole, with a history of what it left. On MariaDB in its
// own setting, too, where they deadlock over the history's auto-increment column.
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGenerated, type OpenedProject } from "../../conformance/layer.ts";
import { specFor } from "../../conformance/targets.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, privateServer } from "../servers.ts";

const spec = `version: 1
project: audited-bulk
stores: { hosting: self-managed, running: [ENGINE], never: [OTHERS] }
entities:
  Counter:
    audit: true
    fields:
      id: { type: int, key: true }
      value: { type: int }
workloads:
  counters:
    kind: transactional
    entities: [Counter]
    access:
      Counter:
        get: {}
        putAll: { op: upsert, bulk: true }
        history: {}
`;

interface Counter {
  readonly id: number;
  readonly value: number;
}

interface Layer {
  readonly counters: {
    get(id: number): Promise<Counter | undefined>;
    putAll(rows: readonly Counter[]): Promise<readonly Counter[]>;
    history(
      id: number,
      page: object,
    ): Promise<{ readonly items: readonly { readonly state: Counter }[] }>;
  };
  close(): Promise<void>;
}

const rows = 200;
const bulks = 30;

/** Fifty rows in no order. */
const some = (value: number): readonly Counter[] => {
  const ids = new Set<number>();
  while (ids.size < 50) ids.add(randomInt(rows));
  return [...ids].map((id) => ({ id, value }));
};

const cases = [
  ["mysql", "2"],
  ["mariadb", "1"],
  ["mariadb", "2"],
] as const;

for (const [engine, mode] of cases) {
  const server = await privateServer(engine, { settings: { "innodb-autoinc-lock-mode": mode } });
  const method = `overlapping bulks of an audited entity, innodb_autoinc_lock_mode=${mode}`;
  const of = { port: "record", engine: columnOf(server), method };
  if (isMissing(server)) {
    notProven(of, [method], server.reason);
    continue;
  }
  describe(`${of.engine}, innodb_autoinc_lock_mode=${mode}`, () => {
    let opened: OpenedProject<Layer>;
    beforeAll(async () => {
      const { dsn } = await server.namespace();
      opened = await openGenerated<Layer>(
        `audited-bulk-${engine}-${mode}`,
        specFor(spec, engine, "record"),
        () => ({ MAIN_URL: dsn }),
      );
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
      await server.stop();
    });

    test(
      "all are applied, and each row's history ends with what it is",
      proving(of, async () => {
        const { counters } = opened.data;
        await counters.putAll(Array.from({ length: rows }, (_, id) => ({ id, value: 0 })));
        const given = new Map<number, number>();
        for (let round = 0; round < 3; round += 1) {
          const batches = Array.from({ length: bulks }, (_, at) => some(1 + round * bulks + at));
          await Promise.all(batches.map((batch) => counters.putAll(batch)));
          for (const { id } of batches.flat()) given.set(id, (given.get(id) ?? 0) + 1);
        }
        for (const id of [0, 50, 199]) {
          const { items } = await counters.history(id, { limit: 100 });
          expect(items).toHaveLength(1 + (given.get(id) ?? 0));
          expect(items[0]).toMatchObject({ state: (await counters.get(id)) ?? {} });
        }
      }),
    );
  });
}
