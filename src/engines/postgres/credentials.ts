import type { Credentials } from "../engine.ts";

/** Source: PostgreSQL manual, CREATE ROLE, GRANT and Row Security Policies (PG-10). */
export const credentials: Credentials = {
  secret:
    "the password of the application's login; none with a client certificate (sslcert, sslkey)",
  role: "a login that owns nothing, without superuser, createrole and bypassrls: usage of the schema, select, insert, update and delete on its tables; with tenants a member of the role that the first migration makes. The tables belong to the login that migrates",
  rotation:
    "make a second login, a member of the same roles; roll its DSN out; then drop the first. A new password of the same login would fail every connection that its pools open before they have it",
};
