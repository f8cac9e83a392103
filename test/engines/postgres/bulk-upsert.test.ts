/** Two batches over the same rows in opposite order: one waits for the other, neither is thrown out of a deadlock. */
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { cell, proving } from "../../support/closing-table.ts";
import { generateProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = { port: "record", engine: columnOf(server), method: "bulk upserts in any order" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const spec = `version: 1
project: prices
entities:
  Price:
    timestamps: false
    fields:
      sku: { type: string, max: 40, key: true }
      cents: { type: int }
workloads:
  prices:
    kind: transactional
    entities: [Price]
    access: { Price: { importAll: { op: upsert, bulk: true } } }
`;

interface Price {
  readonly sku: string;
  readonly cents: number;
}
interface Module {
  openDataLayer(config: object): {
    readonly prices: { importAll(prices: readonly Price[]): Promise<readonly Price[]> };
    close(): Promise<void>;
  };
  configFromEnv(env: Record<string, string>): object;
}

async function connected<T>(dsn: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const deadlocks = (dsn: string): Promise<unknown> =>
  connected(dsn, async (client) => {
    const { rows } = await client.query<{ deadlocks: string }>(
      "select deadlocks from pg_stat_database where datname = current_database()",
    );
    return rows[0]?.deadlocks;
  });

describe.skipIf(space === undefined)("bulk upserts", () => {
  if (space === undefined) return;
  afterAll(() => space.drop());

  test(
    "in opposite orders never deadlock, and answer in the order they were given",
    proving(proof, async () => {
      const project = await generateProject("bulk-upsert", spec);
      const { openDataLayer, configFromEnv } = await project.load<Module>("src/data/index.ts");
      await connected(space.dsn, (client) =>
        client.query(project.read("migrations/main/0001-initial.up.sql")),
      );
      const data = openDataLayer(configFromEnv({ MAIN_URL: space.dsn }));
      const prices = Array.from({ length: 200 }, (_, at) => ({ sku: `sku-${at}`, cents: at }));
      const importing = async (given: readonly Price[]): Promise<void> => {
        for (let round = 0; round < 40; round += 1)
          expect(await data.prices.importAll(given)).toEqual(given);
      };
      await Promise.all([importing(prices), importing(prices.toReversed()), importing(prices)]);
      await data.close();
      // The server tells its statistics when a connection ends.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await deadlocks(space.dsn)).toBe("0");
      project.remove();
    }),
  );
});
