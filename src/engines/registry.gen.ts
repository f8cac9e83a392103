// Generated from the folders of src/engines by `npm run gen`; a test fails when it is stale.
import type { EngineDescriptor } from "./engine.ts";
import mariadb from "./mariadb/index.ts";
import memory from "./memory/index.ts";
import milvus from "./milvus/index.ts";
import mongodb from "./mongodb/index.ts";
import mysql from "./mysql/index.ts";
import opensearch from "./opensearch/index.ts";
import postgres from "./postgres/index.ts";
import redis from "./redis/index.ts";
import redisCluster from "./redis-cluster/index.ts";

/** Every registered engine, by id. */
export const engines: readonly EngineDescriptor[] = [mariadb, memory, milvus, mongodb, mysql, opensearch, postgres, redis, redisCluster];
