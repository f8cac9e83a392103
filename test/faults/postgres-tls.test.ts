import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeCertificate } from "../support/certificate.ts";
import { openStore } from "../unit/postgres-driver/open-store.ts";
import { onPrivateServer } from "./postgres-server.ts";

await onPrivateServer(
  "TLS",
  (server) => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "postgres-tls-"));
      await writeFile(join(folder, "right.pem"), server.caPem ?? "");
      await writeFile(join(folder, "wrong.pem"), makeCertificate().caPem);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const dsn = (ca: string): string =>
      `${server.dsn.replace(/\?.*$/, "")}?sslmode=verify-full&sslrootcert=${encodeURIComponent(join(folder, ca))}`;

    it("a verified connection works, and a deadline cancels over TLS too", async () => {
      const { store, close } = await openStore(dsn("right.pem"));
      const { rows } = await store.raw("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
      expect(rows).toEqual([["t"]]);
      const late = store.raw("select pg_sleep(20) /* late */", [], { deadlineMs: 200 });
      await expect(late).rejects.toMatchObject({ kind: "outcome-unknown" });
      await new Promise((resolve) => setTimeout(resolve, 400));
      const running = await store.raw(
        "select count(*) from pg_stat_activity where query like '%late */' and state = 'active' and pid <> pg_backend_pid()",
      );
      expect(running.rows).toEqual([["0"]]);
      await close();
    });

    it("F15: a stranger's certificate and plain text are auth errors, not retried", async () => {
      for (const wrong of [
        dsn("wrong.pem"),
        `${server.dsn.replace(/\?.*$/, "")}?sslmode=disable`,
      ]) {
        const { store, close } = await openStore(wrong);
        await expect(store.raw("select 1")).rejects.toMatchObject({ kind: "auth", attempts: 1 });
        await close();
      }
    });
  },
  { tls: makeCertificate() },
);
