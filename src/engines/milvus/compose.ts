import type { ComposeService, ServerSetting } from "../engine.ts";

/** Of a standalone for development; see MV-05 for what production adds. */
const settings: readonly ServerSetting[] = [
  {
    name: "DEPLOY_MODE",
    value: "STANDALONE",
    reason: "every part in one process",
    production: "a process for each part, beyond what one machine carries (MV-05)",
  },
  {
    name: "ETCD_USE_EMBED",
    value: "true",
    reason: "etcd runs inside of that process: no second container for the metadata",
    production: "false: an etcd of three members, named by ETCD_ENDPOINTS",
  },
  {
    name: "ETCD_DATA_DIR",
    value: "/var/lib/milvus/etcd",
    reason: "beside the segments, so that one volume holds all",
    production: "absent: etcd keeps its own data",
  },
  {
    name: "COMMON_STORAGETYPE",
    value: "local",
    reason: "segments lie in its file system: no object store of its own",
    production: "remote: an object store, which outlives the machine",
  },
];

/** A standalone in one container. */
export const compose: ComposeService = {
  service: "milvus",
  image: "milvusdb/milvus:v2.6.14",
  port: 19_530,
  environment: {},
  command: ["milvus", "run", "standalone"],
  settings: settings.map((setting) => ({
    ...setting,
    variables: { [setting.name]: setting.value },
  })),
  healthcheck: ["CMD", "curl", "-f", "http://localhost:9091/healthz"],
  data: "/var/lib/milvus",
};
