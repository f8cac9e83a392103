/** Code of before and after a rename on the same records: whatever one of them writes, the other reads. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { openGenerated } from "../../conformance/layer.ts";

const spec = (engine: string, field: string): string =>
  `
version: 1
project: renamed-fields
stores: { hosting: self-managed, running: [${engine}] }
entities:
  Session:
    version: true
    fields:
      id: { type: uuid, key: true }
      hits: { type: int, default: 0 }
      ${field}
workloads:
  sessions:
    kind: keyvalue
    entities: [Session]
    access:
      Session:
        get: {}
        put: { op: upsert }
        touch: { op: patch, fields: [FIELD] }
        hit: { op: increment, field: hits, by: positive }
`.replace("FIELD", field.slice(0, field.indexOf(":")));

interface Sessions {
  get(id: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  put(session: object): Promise<object>;
  touch(id: string, patch: object): Promise<object>;
  hit(id: string, by: number): Promise<object>;
}

interface Layer {
  readonly sessions: Sessions;
  close(): Promise<void>;
}

for (const engine of ["redis", "redis-cluster"]) {
  const server = await sharedServer(engine);
  const proof = { port: "keyvalue", engine: columnOf(server), method: "renamed fields" };
  if (isMissing(server)) {
    notProven({ port: proof.port, engine: proof.engine }, [proof.method], server.reason);
    continue;
  }
  describe(`renamed fields on ${proof.engine}`, () => {
    const layers: { readonly data: Layer; readonly remove: () => void }[] = [];
    const opened = async (dsn: string, field: string): Promise<Sessions> => {
      const env = () => ({ MAIN_URL: dsn });
      const { data, project } = await openGenerated<Layer>("renamed", spec(engine, field), env);
      layers.push({ data, remove: () => project.remove() });
      return data.sessions;
    };
    let old: Sessions;
    let later: Sessions;
    let mapped: Sessions;
    beforeAll(async () => {
      const { dsn } = await server.namespace();
      old = await opened(dsn, "seen: { type: timestamp, nullable: true }");
      later = await opened(dsn, "seenAt: { type: timestamp, nullable: true, was: seen }");
      mapped = await opened(dsn, "seenLast: { type: timestamp, nullable: true, column: seen }");
    });
    afterAll(async () => {
      for (const { data, remove } of layers) {
        await data.close();
        remove();
      }
    });
    const read = async (id: string): Promise<readonly unknown[]> => [
      (await old.get(id))?.["seen"],
      (await later.get(id))?.["seenAt"],
      (await mapped.get(id))?.["seenLast"],
    ];
    const all = (at: Date | null): readonly unknown[] => [at, at, at];

    test(
      "nothing that either of them wrote is lost or moved",
      proving(proof, async () => {
        const id = randomUUID();
        await old.put({ id, seen: new Date(1) });
        expect(await read(id)).toEqual(all(new Date(1)));
        await later.hit(id, 1);
        expect(await read(id)).toEqual(all(new Date(1)));
        await old.touch(id, { seen: new Date(5) });
        await later.hit(id, 1);
        expect(await read(id)).toEqual(all(new Date(5)));
        await later.touch(id, { seenAt: new Date(6) });
        expect(await read(id)).toEqual(all(new Date(6)));
        await mapped.touch(id, { seenLast: null });
        expect(await read(id)).toEqual(all(null));
        await later.put({ id, seenAt: new Date(7) });
        expect(await read(id)).toEqual(all(new Date(7)));
        expect(await old.get(id)).toMatchObject({ hits: 0, version: 7 });
      }),
    );
  });
}
