import type { Credentials } from "../engine.ts";

/** Source: Milvus documentation, Privilege Group, Authenticate User Access. */
export const credentials: Credentials = {
  secret:
    "the password of a user, or a token; checked only where common.security.authorizationEnabled is true",
  role: "a role with the privilege group CollectionReadWrite on the store's collections; the user that migrates and rebuilds views has CollectionAdmin on them and DatabaseAdmin, for new collections and aliases",
  rotation:
    "make a second user and grant it the same role; roll its DSN out; then drop the first: a user has one password, which is replaced at once",
};
