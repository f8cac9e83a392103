import type { ComposeService } from "../engine.ts";

export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** Variables of a standalone for development, with reasons; see MV-05 for what production adds. */
export const settings: readonly Setting[] = [
  {
    name: "DEPLOY_MODE",
    value: "STANDALONE",
    reason: "every part in one process",
  },
  {
    name: "ETCD_USE_EMBED",
    value: "true",
    reason: "etcd runs inside of that process: no second container for the metadata",
  },
  {
    name: "ETCD_DATA_DIR",
    value: "/var/lib/milvus/etcd",
    reason: "beside the segments, so that one volume holds all",
  },
  {
    name: "COMMON_STORAGETYPE",
    value: "local",
    reason: "segments lie in its file system: no object store of its own",
  },
];

/** A standalone in one container. */
export const compose: ComposeService = {
  service: "milvus",
  image: "milvusdb/milvus:v2.6.14",
  port: 19_530,
  environment: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  command: ["milvus", "run", "standalone"],
  healthcheck: ["CMD", "curl", "-f", "http://localhost:9091/healthz"],
};
