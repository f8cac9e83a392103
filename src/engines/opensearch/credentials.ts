import type { Credentials } from "../engine.ts";

/** Source: OpenSearch documentation, Security: default action groups. */
export const credentials: Credentials = {
  secret:
    "the password of a user of the security plugin; none in development, where the plugin is off",
  role: "a role with cluster_monitor and cluster_composite_ops, and read and indices:admin/mappings/get on the store's indexes (without the latter code cannot see that an index lacks what it asks by); the user that migrates and rebuilds views has indices_all on them",
  rotation:
    "make a second internal user and map it to the same role; roll its DSN out; then delete the first: a user has one password, which is replaced at once",
};
