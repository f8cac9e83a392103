import type { Credentials } from "../engine.ts";

/** Source: Redis documentation, ACL; ACL SETUSER. */
export const credentials: Credentials = {
  secret: "the password of an ACL user; without a user's name that of the user default",
  role: "an ACL user: on ~* &* +@all -@admin -@dangerous +info; the health check asks for info, and nothing that is generated needs more. On a shared server name the prefixes of the keys in place of ~*",
  rotation:
    "an ACL user may have several passwords: acl setuser app >new; roll the DSN out; acl setuser app <old, which leaves open connections alone; acl save where the users are in a file",
};
