// A key column that was there before the data layer may overlook case and accents: then texts that differ are one key to the server, in
// batches and in a cache too.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGenerated, type OpenedProject } from "../../conformance/layer.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const spec = `version: 1
project: loose-keys
stores: { hosting: self-managed, running: [ENGINE, memory], never: [OTHER, postgres, redis, mongodb] }
entities:
  Member:
    fields:
      login:
        type: string
        max: 40
        key: true
        stored: { type: "varchar(40) character set utf8mb4 collate utf8mb4_general_ci" }
      city: { type: string, max: 40 }
workloads:
  members:
    kind: transactional
    entities: [Member]
    access:
      Member:
        get: {}
        add: { op: insert }
        addAll: { op: insert, bulk: true }
        put: { op: upsert }
        putAll: { op: upsert, bulk: true }
        move: { op: patch, fields: [city] }
  member-cache: { kind: cache, from: Member, ttl: 10m, memory: 8MiB }
`;

interface Member {
  readonly login: string;
  readonly city: string;
}

interface Layer {
  readonly members: {
    get(login: string): Promise<Member | undefined>;
    getMany(logins: readonly string[]): Promise<readonly Member[]>;
    add(member: Member): Promise<Member>;
    addAll(members: readonly Member[]): Promise<readonly Member[]>;
    put(member: Member): Promise<Member>;
    putAll(members: readonly Member[]): Promise<readonly Member[]>;
    move(login: string, patch: object): Promise<Member>;
  };
  readonly memberCache: { get(login: string): Promise<Member | undefined> };
  close(): Promise<void>;
}

const conflict = { kind: "conflict" };

for (const engine of ["mysql", "mariadb"]) {
  const server = await sharedServer(engine);
  const of = { port: "record", engine: columnOf(server), method: "keys without case" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  describe(of.engine, () => {
    let place: Namespace;
    let opened: OpenedProject<Layer>;
    beforeAll(async () => {
      place = await server.namespace();
      const text = spec
        .replace("ENGINE", engine)
        .replace("OTHER", engine === "mysql" ? "mariadb" : "mysql");
      opened = await openGenerated<Layer>(`loose-${engine}`, text, () => ({ MAIN_URL: place.dsn }));
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
      await place?.drop();
    });

    test(
      "a batch never merges two rows that were given, and a row keeps the key it was made with",
      proving(of, async () => {
        const { members } = opened.data;
        const pair = [
          { login: "ada", city: "London" },
          { login: "Ada", city: "Turin" },
        ];
        await expect(members.putAll(pair)).rejects.toMatchObject(conflict);
        await expect(members.addAll(pair)).rejects.toMatchObject(conflict);
        expect(await members.get("ada")).toBeUndefined();
        await members.putAll([{ login: "ada", city: "London" }]);
        await expect(members.add({ login: "ADA", city: "Turin" })).rejects.toMatchObject(conflict);
        expect(
          await members.putAll([
            { login: "Ada", city: "Paris" },
            { login: "bo", city: "Oslo" },
          ]),
        ).toMatchObject([
          { login: "ada", city: "Paris" },
          { login: "bo", city: "Oslo" },
        ]);
        await members.put({ login: "BO", city: "Bergen" });
        expect(await members.getMany(["Bo", "ADA"])).toMatchObject([
          { login: "bo", city: "Bergen" },
          { login: "ada", city: "Paris" },
        ]);
      }),
    );

    test(
      "a write ends what a cache holds under every way to write its key",
      proving(of, async () => {
        const { members, memberCache } = opened.data;
        await members.put({ login: "eve", city: "Rome" });
        for (const login of ["eve", "Eve", "EVE"])
          expect((await memberCache.get(login))?.city).toBe("Rome");
        await members.move("eVe", { city: "Milan" });
        for (const login of ["eve", "Eve", "EVE"])
          expect((await memberCache.get(login))?.city).toBe("Milan");
      }),
    );
  });
}
