import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { cell, proving } from "../../support/closing-table.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { columnOf, isMissing, privateServer } from "../servers.ts";

const day = 86_400_000;
const server = await privateServer("postgres", { tls: makeCertificate(), password: "right word" });
const expired = await privateServer("postgres", {
  tls: makeCertificate({
    notBefore: new Date(Date.now() - 2 * day),
    notAfter: new Date(Date.now() - day),
  }),
});
const proof = { port: "test server", engine: columnOf(server), method: "tls" };
const lacking = [server, expired].filter(isMissing).map((one) => one.reason);
for (const why of lacking) cell(proof, { kind: "not proven", why });

afterAll(async () => {
  for (const one of [server, expired]) if (!isMissing(one)) await one.stop();
});

async function query(dsn: string, ssl: pg.ClientConfig["ssl"]): Promise<unknown> {
  const client = new pg.Client({ connectionString: dsn, ssl: ssl ?? false });
  await client.connect();
  try {
    return (await client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).rows[0];
  } finally {
    await client.end();
  }
}

test.skipIf(lacking.length > 0)(
  "a verified connection is encrypted; plain text, a stranger's and an expired certificate are refused",
  proving(proof, async () => {
    if (isMissing(server) || isMissing(expired)) return expect.unreachable();
    const ca = server.caPem ?? "";
    expect(await query(server.dsn, { ca })).toEqual({ ssl: true });
    await expect(query(server.dsn, false)).rejects.toThrow("no encryption");
    await expect(query(server.dsn, { ca: makeCertificate().caPem })).rejects.toThrow();
    await expect(query(expired.dsn, { ca: expired.caPem ?? "" })).rejects.toThrow("expired");
    await expect(query(server.dsn.replace("right%20word", "wrong"), { ca })).rejects.toThrow(
      "password authentication failed",
    );
  }),
);
