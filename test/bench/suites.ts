import type { Suite } from "./harness/result.ts";

/** Suites in the order they run and are shown. */
export const suites = {
  startup: async (): Promise<Suite> => (await import("./suites/startup.ts")).suite,
  generate: async (): Promise<Suite> => (await import("./suites/generate.ts")).suite,
  tsc: async (): Promise<Suite> => (await import("./suites/tsc.ts")).suite,
  postgres: async (): Promise<Suite> => (await import("./suites/postgres.ts")).suite,
  redis: async (): Promise<Suite> => (await import("./suites/redis.ts")).suiteOf("redis", "Redis"),
  "redis-cluster": async (): Promise<Suite> =>
    (await import("./suites/redis.ts")).suiteOf("redis-cluster", "Redis Cluster"),
  mongodb: async (): Promise<Suite> => (await import("./suites/mongodb.ts")).suite,
  milvus: async (): Promise<Suite> => (await import("./suites/milvus.ts")).suite,
  opensearch: async (): Promise<Suite> => (await import("./suites/opensearch.ts")).suite,
  mysql: async (): Promise<Suite> => (await import("./suites/mysql.ts")).suiteOf("mysql", "MySQL"),
  mariadb: async (): Promise<Suite> =>
    (await import("./suites/mysql.ts")).suiteOf("mariadb", "MariaDB"),
} as const;

export type SuiteName = keyof typeof suites;

export const suiteNames = Object.keys(suites) as readonly SuiteName[];

export function isSuite(name: string): name is SuiteName {
  return Object.hasOwn(suites, name);
}
