import type { DsnSpec } from "../engine.ts";

/** What a DSN of this engine may say; the transports read it in `templates/engines/postgres/`. */
export const dsn: DsnSpec = {
  schemes: [
    {
      scheme: "postgresql:",
      meaning: "a server; several hosts after commas, the first that answers is taken",
    },
    { scheme: "postgres:", meaning: "the same" },
    {
      scheme: "pglite:",
      meaning:
        "PostgreSQL in process, in memory (pglite:memory) or in a folder; a relative one lies below the working directory of the process",
    },
  ],
  parameters: [
    {
      name: "sslmode",
      meaning: "disable, require, verify-ca or verify-full; off loopback verify-full by default",
    },
    { name: "sslrootcert", meaning: "file of the certificate authority" },
    { name: "sslcert", meaning: "file of the client's certificate" },
    { name: "sslkey", meaning: "file of the client's key" },
    { name: "connect_timeout", meaning: "seconds to connect, 3 by default" },
    { name: "target_session_attrs", meaning: "read-write to pass over standbys" },
    { name: "application_name", meaning: "shown in pg_stat_activity; the store's name by default" },
    { name: "pgbouncer", meaning: "true behind PgBouncer in transaction mode", flag: true },
    { name: "inline", meaning: "pglite: true runs it in the caller's thread", flag: true },
  ],
  examples: [
    { dsn: "postgresql://app:password@127.0.0.1:5432/app", comment: "a local server" },
    {
      dsn: "postgresql://app:password@a.example,b.example/shop?target_session_attrs=read-write",
      comment: "the primary of two, over TLS",
    },
    {
      dsn: "postgresql://app:password@127.0.0.1:6432/app?pgbouncer=true",
      comment: "through PgBouncer",
    },
    {
      dsn: "pglite:./.data/main",
      comment: "in process, kept in a folder below the working directory",
    },
  ],
  embedded: (store) => `pglite:./.data/${store}`,
  ephemeral: "pglite:memory",
};
