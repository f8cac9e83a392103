import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import milvus from "../../../src/engines/milvus/index.ts";
import mongodb from "../../../src/engines/mongodb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import opensearch from "../../../src/engines/opensearch/index.ts";
import postgres from "../../../src/engines/postgres/index.ts";
import redis from "../../../src/engines/redis/index.ts";
import { openMilvus } from "../../../templates/engines/milvus/store.ts";
import { openMongo } from "../../../templates/engines/mongodb/store.ts";
import { openMysql } from "../../../templates/engines/mysql/store.ts";
import { openSearchStore } from "../../../templates/engines/opensearch/store.ts";
import { openPostgres } from "../../../templates/engines/postgres/store.ts";
import { openRedis } from "../../../templates/engines/redis/store.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import type { OpenedStore, RuntimeContext, StoreConfig } from "../../../templates/runtime/store.ts";

// The health of a store that is down: where it was looked for and what happened, and no word of its login.

type Open = (config: StoreConfig, context: RuntimeContext) => OpenedStore;
const name = "main";
const engines = [
  {
    engine: postgres,
    open: (config, context) => openPostgres(config, context, { name, engine: postgres.id }),
  },
  {
    engine: mysql,
    open: (config, context) =>
      openMysql(config, context, { name, engine: mysql.id, dialect: "mysql" }),
  },
  { engine: mongodb, open: (config, context) => openMongo({ name }, config, context) },
  {
    engine: redis,
    open: (config, context) => openRedis({ name, namespace: "shop" }, config, context),
  },
  {
    engine: opensearch,
    open: (config, context) => openSearchStore({ name, project: "shop" }, config, context),
  },
  { engine: milvus, open: (config, context) => openMilvus({ name }, config, context) },
] satisfies readonly { readonly engine: unknown; readonly open: Open }[];

/** A port that nobody listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

test.each(engines.map((each) => ({ ...each, id: each.engine.id })))(
  "$id: nobody listens",
  async ({ engine, open }) => {
    const port = await closedPort();
    const [{ scheme } = { scheme: "" }] = engine.dsn.schemes;
    const path = engine.id === mysql.id || engine.id === postgres.id ? "/shop" : "";
    const dsn = parseDsn(
      `${scheme.replace(/:$/, "")}://ada:s3cret@127.0.0.1:${port}${path}`,
      engine.dsn,
    );
    const lifecycle = new Lifecycle({ signals: false, drainMs: 500 });
    const context = { lifecycle, telemetry: {}, onError: () => {} };
    const store = open({ dsn, deadlineMs: 2_000 }, context);
    try {
      let health = await store.health();
      // A driver that is still being loaded says so first.
      for (let again = 0; health.state === "starting" && again < 50; again += 1)
        health = await store.health();
      expect(health.state).toBe("down");
      expect(health.detail).toContain(`127.0.0.1:${port}: `);
      expect(health.detail).toMatch(/ECONNREFUSED|no server answers/);
      expect(JSON.stringify(health)).not.toMatch(/s3cret|ada/);
    } finally {
      await lifecycle.close();
      await store.close();
    }
  },
);
