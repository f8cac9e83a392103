/** Records that were stored before a change of the spec: renamed fields, added ones, another type. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { openGenerated } from "../../conformance/layer.ts";

const spec = `
version: 1
project: former
stores: { running: [redis] }
entities:
  Session:
    timestamps: false
    fields:
      id: { type: uuid, key: true }
      secret: { type: string, max: 80, was: token }
      note: { type: string, max: 80, nullable: true, was: remark }
      visits: { type: int, was: hits }
      theme: { type: string, max: 20, default: plain }
      open: { type: boolean, default: true }
      rank: { type: bigint, default: 0 }
      level: { type: enum, values: [low, high], default: low }
      price: { type: decimal, precision: 8, scale: 2, default: "0" }
      share: { type: float, default: 0 }
      day: { type: date, default: "2026-01-01" }
      at: { type: timestamp, default: "2026-01-01T00:00:00Z" }
      ref: { type: uuid, nullable: true }
      mark: { type: vector, dimensions: 2, metric: l2, nullable: true }
      bytes: { type: binary, nullable: true }
      names: { type: array, of: string, nullable: true }
workloads:
  sessions:
    kind: keyvalue
    entities: [Session]
    access:
      Session:
        get: {}
        put: { op: upsert }
        amend: { op: patch, fields: [secret, note] }
        visit: { op: increment, field: visits, by: positive }
`;

interface Session {
  readonly id: string;
  readonly secret: string;
  readonly note: string | null;
  readonly visits: number;
  readonly theme: string;
}

interface Sessions {
  get(id: string): Promise<Session | undefined>;
  getMany(ids: readonly string[]): Promise<readonly Session[]>;
  put(session: Pick<Session, "id" | "secret" | "note" | "visits">): Promise<Session>;
  amend(id: string, patch: object): Promise<Session>;
  visit(id: string, by: number): Promise<Session>;
}

interface Layer {
  readonly sessions: Sessions;
  close(): Promise<void>;
}

const server = await sharedServer("redis");
const proof = { port: "keyvalue", engine: columnOf(server), method: "records of before" };
if (isMissing(server))
  notProven({ port: proof.port, engine: proof.engine }, [proof.method], server.reason);

describe.skipIf(isMissing(server))("records of before", () => {
  let redis: Redis;
  let data: Layer;
  let remove: () => void;
  const keyOf = (id: string): string => `former:sessions:{${id}}`;

  beforeAll(async () => {
    if (isMissing(server)) return;
    const { dsn } = await server.namespace();
    redis = new Redis(dsn);
    const opened = await openGenerated<Layer>("former", spec, () => ({ MAIN_URL: dsn }));
    data = opened.data;
    remove = () => opened.project.remove();
  });
  afterAll(async () => {
    await data?.close();
    redis?.disconnect();
    remove?.();
  });

  const before = async (more: Readonly<Record<string, string>> = {}): Promise<string> => {
    const id = randomUUID();
    await redis.hset(keyOf(id), { id, token: "t", remark: "r", hits: "4", ...more });
    return id;
  };
  const was = {
    secret: "t",
    note: "r",
    visits: 4,
    theme: "plain",
    open: true,
    rank: 0n,
    level: "low",
    price: "0.00",
    share: 0,
    day: "2026-01-01",
    at: new Date("2026-01-01T00:00:00Z"),
    ref: null,
    mark: null,
    bytes: null,
    names: null,
  };

  test(
    "are read by the former names of their fields, an added one with its default",
    proving(proof, async () => {
      const id = await before();
      expect(await data.sessions.get(id)).toEqual({ id, ...was });
      expect(await data.sessions.getMany([id])).toEqual([{ id, ...was }]);
    }),
  );

  test(
    "a change keeps the names of what they hold, and a null that is written stays null",
    proving(proof, async () => {
      const id = await before();
      expect(await data.sessions.amend(id, { note: null })).toEqual({ id, ...was, note: null });
      expect(await data.sessions.get(id)).toEqual({ id, ...was, note: null });
      expect(await redis.hgetall(keyOf(id))).toEqual({ id, token: "t", hits: "4" });
      const counted = await before();
      expect(await data.sessions.visit(counted, 3)).toMatchObject({ visits: 7, secret: "t" });
      expect(await data.sessions.visit(counted, 1)).toMatchObject({ visits: 8 });
    }),
  );

  test(
    "one that is written anew keeps nothing of before, under the same names",
    proving(proof, async () => {
      const id = await before();
      await data.sessions.put({ id, secret: "new", note: null, visits: 0 });
      const held = await redis.hgetall(keyOf(id));
      expect(held).toMatchObject({ token: "new", hits: "0" });
      expect(Object.keys(held)).toEqual(
        expect.not.arrayContaining(["secret", "remark", "note", "visits"]),
      );
      expect(await data.sessions.get(id)).toMatchObject({ secret: "new", note: null, visits: 0 });
    }),
  );

  test(
    "a required field that one lacks is told by its name",
    proving(proof, async () => {
      const id = randomUUID();
      await redis.hset(keyOf(id), { id, token: "t" });
      const failure = await data.sessions.get(id).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        kind: "programming",
        message: expect.stringContaining("a stored record has no visits"),
        hint: expect.stringContaining("give the field a default"),
      });
    }),
  );

  test.each([
    ["open", "1"],
    ["open", ""],
    ["visits", "1.5"],
    ["visits", "0x10"],
    ["visits", "9007199254740993"],
    ["rank", ""],
    ["rank", "0x10"],
    ["level", "middle"],
    ["price", "1.234"],
    ["share", "0x10"],
    ["share", " "],
    ["day", "1767225600000"],
    ["at", "2026-01-01"],
    ["ref", "no uuid"],
    ["mark", "AAAAAAAAAAAAAAAA"],
    ["bytes", "plain text"],
    ["names", "[1]"],
    ["names", '{"a":1}'],
  ] as const)("%s that is stored as %j is no value of its type", async (field, text) => {
    const id = await before({ [field === "visits" ? "hits" : field]: text });
    const failure = await data.sessions.get(id).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "programming" });
    expect(String(failure)).toContain(`the stored ${field} of a record is not of its type`);
  });

  test("what has the form of its type is read as such, a decimal with all of its digits", async () => {
    const texts = { price: "-12.5", share: "1e+21", rank: "-9007199254740993", open: "false" };
    const id = await before({ ...texts, mark: "AACAPwAAAEA=", names: '["a"]' });
    expect(await data.sessions.get(id)).toMatchObject({
      price: "-12.50",
      share: 1e21,
      rank: -9_007_199_254_740_993n,
      open: false,
      mark: new Float32Array([1, 2]),
      names: ["a"],
    });
  });

  test(
    "a text that is not of the field's type is told by the field's name, without its value",
    proving(proof, async () => {
      const id = await before({ hits: "s3cret" });
      const failure = await data.sessions.get(id).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: "programming" });
      expect(String(failure)).toContain("visits");
      expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain("s3cret");
    }),
  );
});
