/** Settings of the development server that `compose.yaml` starts, each with its reason; `references/reference.md` shows them. */
export const settings = [
  {
    name: "discovery.type",
    value: "single-node",
    reason: "one node elects itself; a real cluster has three",
  },
  {
    name: "DISABLE_SECURITY_PLUGIN",
    value: "true",
    reason:
      "its port is this machine's only: no users and no TLS in development; a production cluster keeps the plugin",
  },
  {
    name: "DISABLE_INSTALL_DEMO_CONFIG",
    value: "true",
    reason: "its certificates and users are for the plugin that is off",
  },
  {
    name: "OPENSEARCH_JAVA_OPTS",
    value: "-Xms512m -Xmx512m",
    reason:
      "the heap is half of what the container may have, from the start; files and graphs of vectors lie outside of it",
  },
  {
    name: "action.auto_create_index",
    value: "false",
    reason: "a name that is written by mistake must not become an index with a guessed mapping",
  },
] as const;
