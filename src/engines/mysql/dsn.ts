import type { DsnSpec } from "../engine.ts";

const parameters: DsnSpec["parameters"] = [
  {
    name: "sslmode",
    meaning: "disable, require, verify-ca or verify-full; off loopback verify-full by default",
  },
  { name: "sslrootcert", meaning: "file of the certificate authority" },
  { name: "sslcert", meaning: "file of the client's certificate" },
  { name: "sslkey", meaning: "file of the client's key" },
  { name: "connect_timeout", meaning: "seconds to connect, 3 by default" },
  { name: "target_session_attrs", meaning: "read-write to pass over replicas that take no writes" },
  {
    name: "application_name",
    meaning: "shown in the server's list of connections; the store's name by default",
  },
];

/** What a DSN of this family may say; `templates/engines/mysql/connector.ts` reads it. */
export const dsnOf = (scheme: string): DsnSpec => ({
  schemes: [
    {
      scheme: `${scheme}:`,
      meaning: "a server; several hosts after commas, the first that answers is taken",
    },
  ],
  parameters,
  examples: [
    { dsn: `${scheme}://app:password@127.0.0.1:3306/app`, comment: "a local server" },
    {
      dsn: `${scheme}://app:password@a.example,b.example/shop?target_session_attrs=read-write`,
      comment: "the primary of two, over TLS",
    },
  ],
});
