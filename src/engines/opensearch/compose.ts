import type { ComposeService, ServerSetting } from "../engine.ts";

/** Sized for a machine that the development server shares. */
const settings: readonly ServerSetting[] = [
  {
    name: "discovery.type",
    value: "single-node",
    reason: "one node elects itself",
    production:
      "absent: discovery.seed_hosts and cluster.initial_cluster_manager_nodes of three nodes",
  },
  {
    name: "DISABLE_SECURITY_PLUGIN",
    value: "true",
    reason: "its port is this machine's only: no users and no TLS in development",
    production: "false: users, roles and TLS are the plugin's",
  },
  {
    name: "DISABLE_INSTALL_DEMO_CONFIG",
    value: "true",
    reason: "its certificates and users are known to everybody",
  },
  {
    name: "OPENSEARCH_JAVA_OPTS",
    value: "-Xms512m -Xmx512m",
    reason:
      "the whole heap from the start, so that it never grows under load; files and graphs of vectors lie outside of it",
    production: "half of the machine's memory, at most 31 GB",
  },
  {
    name: "action.auto_create_index",
    value: "false",
    reason: "a name that is written by mistake must not become an index with a guessed mapping",
  },
];

/** One node. */
export const compose: ComposeService = {
  service: "opensearch",
  image: "opensearchproject/opensearch:3.8.0",
  port: 9_200,
  environment: {},
  command: [],
  settings: settings.map((setting) => ({
    ...setting,
    variables: { [setting.name]: setting.value },
  })),
  healthcheck: [
    "CMD-SHELL",
    "curl -fs 'http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=5s'",
  ],
  data: "/usr/share/opensearch/data",
};
