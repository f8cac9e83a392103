// S2 of anchors/reliability.md, live: what the spec says in comments, defaults and enum values is in the database as it was written,
// comes back through the generated repository, and nothing in it was executed.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openGenerated, type OpenedProject } from "../conformance/layer.ts";
import { hostile } from "./encoders-payloads.ts";

/** Refused by the spec: NUL and lone surrogates. PGlite's own reader drops a byte order mark at the start of a value; servers keep it. */
const texts = hostile.filter((text) => !/[\0\p{Cs}]|^\ufeff/u.test(text));
const values = texts.filter((text) => text !== "" && Buffer.byteLength(text) <= 63);

interface Item {
  readonly id: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

interface Layer {
  readonly items: {
    add(item: { readonly kind?: string }): Promise<Item>;
    get(id: string): Promise<Item | undefined>;
    revise(id: string, patch: object): Promise<Item>;
  };
  readonly main: { raw(text: string): Promise<{ readonly rows: readonly (string | null)[][] }> };
  close(): Promise<void>;
}

const fieldOf = (at: number): string => `text${at}`;

const spec = {
  version: 1,
  project: "hostile",
  entities: {
    Canary: { table: "canary", fields: { id: { type: "uuid", key: true } } },
    Item: {
      comment: texts[0],
      fields: {
        id: { type: "uuid", key: true },
        kind: { type: "enum", values },
        ...Object.fromEntries(
          texts.map((text, at) => [fieldOf(at), { type: "text", default: text, comment: text }]),
        ),
      },
    },
  },
  workloads: {
    items: {
      kind: "transactional",
      entities: ["Item", "Canary"],
      access: {
        Item: {
          get: {},
          add: { op: "insert" },
          revise: { op: "patch", fields: texts.map((_, at) => fieldOf(at)) },
        },
        Canary: { get: {} },
      },
    },
  },
};

let opened: OpenedProject<Layer>;

beforeAll(async () => {
  opened = await openGenerated("hostile", `${JSON.stringify(spec, null, 1)}\n`, (folder) => ({
    MAIN_URL: `pglite:${folder}/.data`,
  }));
});

afterAll(async () => {
  await opened?.data.close();
  opened?.project.remove();
});

test("there are enough payloads to prove something", () => {
  expect(texts.length).toBeGreaterThanOrEqual(60);
  expect(values.length).toBeGreaterThanOrEqual(60);
});

test("comments of columns are the comments of the spec", async () => {
  const { rows } = await opened.data.main.raw(
    `select a.attname, col_description(a.attrelid, a.attnum) from pg_attribute a
     where a.attrelid = 'items'::regclass and a.attname like 'text%' order by a.attnum`,
  );
  const found = new Map(rows.map(([name, comment]) => [name?.replaceAll("_", ""), comment]));
  const expected = texts.map((text, at) => [fieldOf(at), text] as const);
  for (const [field, text] of expected) {
    if (text !== "") expect(found.get(field), field).toBe(text);
  }
  expect(found.size).toBe(texts.length);
});

test("defaults come back as they were written, through the repository", async () => {
  const { id } = await opened.data.items.add({ kind: values[0] ?? "" });
  const item = await opened.data.items.get(id);
  expect(texts.map((_, at) => item?.[fieldOf(at)])).toEqual(texts);
});

test("every value of the enum is stored and read", async () => {
  for (const kind of values) {
    const { id } = await opened.data.items.add({ kind });
    expect((await opened.data.items.get(id))?.kind).toBe(kind);
  }
});

test("values given at run time are data too", async () => {
  const { id } = await opened.data.items.add({ kind: values[0] ?? "" });
  const patch = Object.fromEntries(texts.map((_, at) => [fieldOf(at), texts.at(-1 - at)]));
  expect(await opened.data.items.revise(id, patch)).toMatchObject(patch);
});

test("nothing was executed: the canary's table is there, its file is not", async () => {
  const { rows } = await opened.data.main.raw("select to_regclass('canary')::text");
  expect(rows).toEqual([["canary"]]);
  expect(existsSync("/tmp/canary")).toBe(false);
});
