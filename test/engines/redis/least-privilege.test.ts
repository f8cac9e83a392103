// What the report says of the application's login: the ACL user that it names can do all that is generated, and nothing beyond; its password
// is replaced while a connection is open.
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { credentials } from "../../../src/engines/redis/credentials.ts";
import { openGenerated } from "../../conformance/layer.ts";
import type { KeyvalueLayer } from "../../conformance/keyvalue/layer.ts";
import { cases as records } from "../../conformance/keyvalue/suite.ts";
import type { StructuresLayer } from "../../conformance/structures/layer.ts";
import { cases as structures } from "../../conformance/structures/suite.ts";
import { specFor } from "../../conformance/targets.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, privateServer } from "../servers.ts";
import { onServer } from "./configuration.ts";

const server = await privateServer("redis");
const of = { port: "keyvalue", engine: columnOf(server), method: "least privilege" };
if (isMissing(server)) cell(of, { kind: "not proven", why: server.reason });

/** The rules as the report has them. */
const [, rules = ""] = /an ACL user: (on .*?);/.exec(credentials.role) ?? [];

const specOf = (port: string): string =>
  specFor(
    readFileSync(new URL(`../../conformance/${port}/workloads.yaml`, import.meta.url), "utf8"),
    "redis",
    "keyvalue",
  );

describe.skipIf(isMissing(server))("an ACL user with what the report names", () => {
  if (isMissing(server)) return;
  const as = (password: string): string => server.dsn.replace("//", `//app:${password}@`);
  const admin = (...command: readonly [string, ...string[]]): Promise<unknown> =>
    onServer(server.dsn, (redis) => redis.call(...command));
  const open = async <Layer>(port: string) => {
    await admin("acl", "setuser", "app", "reset", ">first", ...rules.split(" "));
    return openGenerated<Layer & { close(): Promise<void> }>(`least-${port}`, specOf(port), () => ({
      MAIN_URL: as("first"),
      CACHE_URL: as("first"),
    }));
  };
  afterAll(() => server.stop());

  test(
    "reads and writes records",
    proving(of, async () => {
      const { data, project } = await open<KeyvalueLayer>("keyvalue");
      try {
        for (const { run } of records) await run(data);
      } finally {
        await data.close();
        project.remove();
      }
      expect(await admin("acl", "log")).toEqual([]);
    }),
    120_000,
  );

  test(
    "keeps structures",
    proving(of, async () => {
      const { data, project } = await open<StructuresLayer>("structures");
      try {
        for (const { run } of structures)
          await run(data.live, (tenant) => data.forTenant(tenant).rooms);
      } finally {
        await data.close();
        project.remove();
      }
      expect(await admin("acl", "log")).toEqual([]);
    }),
    120_000,
  );

  test("may neither empty nor configure the server", async () => {
    await admin("acl", "setuser", "app", "reset", ">first", ...rules.split(" "));
    for (const command of [["flushall"], ["keys", "*"], ["config", "get", "save"], ["acl", "list"]])
      await expect(
        onServer(as("first"), (redis) => redis.call(...(command as [string, ...string[]]))),
      ).rejects.toThrow("NOPERM");
  });

  test("has two passwords while the DSN is rolled out, and its open connections outlive the first", async () => {
    await admin("acl", "setuser", "app", "reset", ">first", ...rules.split(" "));
    await onServer(as("first"), async (before: Redis) => {
      await admin("acl", "setuser", "app", ">second");
      expect(await onServer(as("first"), (redis) => redis.ping())).toBe("PONG");
      expect(await onServer(as("second"), (redis) => redis.ping())).toBe("PONG");
      await admin("acl", "setuser", "app", "<first");
      expect(await before.set("a", "1")).toBe("OK");
      await expect(onServer(as("first"), (redis) => redis.ping())).rejects.toThrow();
    });
  });
});
