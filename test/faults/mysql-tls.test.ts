import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeCertificate } from "../support/certificate.ts";
import { openStore } from "../unit/mysql-driver/open-store.ts";
import { onPrivateServers } from "./mysql-server.ts";

await onPrivateServers(
  "TLS",
  (server) => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "mysql-tls-"));
      await writeFile(join(folder, "right.pem"), server.caPem ?? "");
      await writeFile(join(folder, "wrong.pem"), makeCertificate().caPem);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const plain = server.dsn.replace(/\?.*$/, "");
    const dsn = (ca: string, host = "127.0.0.1"): string =>
      `${plain.replace("127.0.0.1", host)}?sslmode=verify-full&sslrootcert=${encodeURIComponent(join(folder, ca))}`;

    it("a verified connection works, and a deadline kills over TLS too", async () => {
      const { store, close } = await openStore(dsn("right.pem"));
      const { rows } = await store.raw("show session status like 'Ssl_version'");
      expect(rows[0]?.[1]).toMatch(/^TLS/);
      const late = store.raw("select sleep(20) /* late */", [], { deadlineMs: 300 });
      await expect(late).rejects.toMatchObject({ kind: "outcome-unknown" });
      await new Promise((resolve) => setTimeout(resolve, 600));
      const running = await store.raw(
        "select count(*) from information_schema.processlist where info like '%late%' and info not like '%processlist%'",
      );
      expect(running.rows).toEqual([["0"]]);
      await close();
    });

    it("F15: a stranger's certificate and plain text are auth errors, not retried", async () => {
      for (const wrong of [dsn("wrong.pem"), `${plain}?sslmode=disable`]) {
        const { store, close } = await openStore(wrong);
        await expect(store.raw("select 1")).rejects.toMatchObject({ kind: "auth", attempts: 1 });
        await close();
      }
    });
  },
  { tls: makeCertificate() },
);
