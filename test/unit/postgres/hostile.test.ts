import { expect, test } from "vitest";
import { openedShop } from "./generated.ts";
import { entity, field, int, mainStore, text, transactional, uuid } from "./model.ts";

/** Text that could end a template literal, a string, a comment or an SQL name, in every place where the spec takes free text. */
const payload = "`${process.exit(7)}` \"); drop table canary; -- */ '\\n";

test("hostile text in columns, enums, defaults and comments stays data through every statement", async () => {
  const hostile = entity({
    name: "Thing",
    comment: payload,
    version: true,
    audit: true,
    table: "things `${1}`",
    fields: [
      field("id", uuid, { key: true, comment: payload }),
      field("note", text, { column: 'no"te`${x}\\', default: payload }),
      field("kind", { kind: "enum", values: ["plain", payload] }, { default: payload }),
      field("tags", { kind: "array", of: "text" }, { default: [payload] }),
      field("count", int, { column: "select", default: 0 }),
    ],
  });
  const workload = transactional("things", {
    Thing: [
      { op: "get", name: "get", comment: payload },
      { op: "insert", name: "add", bulk: false },
      { op: "upsert", name: "saveAll", bulk: true },
      { op: "patch", name: "amend", fields: ["note", "kind", "tags"] },
      { op: "increment", name: "count", field: "count", by: "any", ceiling: 3 },
      {
        op: "list",
        name: "list",
        where: [{ field: "kind", operator: "eq" }],
        optional: [{ field: "tags", operator: "eq" }],
        orderBy: [
          { field: "note", direction: "asc" },
          { field: "id", direction: "asc" },
        ],
        page: "keyset",
      },
      { op: "delete", name: "delete" },
      { op: "history", name: "history" },
    ],
  });
  const { main, close } = await openedShop(
    mainStore([hostile], [workload]),
    "pg-hostile",
    "pglite:memory?inline=true",
  );
  try {
    const things = main.repositories["things"] ?? {};
    await main.store.raw("create table canary ()");
    const added = (await things["add"]?.({})) as { id: string };
    expect(added).toMatchObject({
      note: payload,
      kind: payload,
      tags: [payload],
      count: 0,
      version: 1,
    });
    await things["amend"]?.(added.id, { note: payload + payload, tags: ["{}", payload] });
    await things["count"]?.(added.id, 3);
    await expect(things["count"]?.(added.id, 1)).rejects.toMatchObject({ kind: "constraint" });
    const found = {
      id: added.id,
      note: payload + payload,
      kind: payload,
      tags: ["{}", payload],
      count: 3,
    };
    expect(await things["list"]?.({ kind: payload, tags: payload }, {})).toMatchObject({
      items: [found],
    });
    await things["saveAll"]?.([{ ...added, tags: [] }]);
    await things["delete"]?.(added.id);
    expect(await things["history"]?.(added.id, {})).toMatchObject({
      items: [{ change: "delete" }, {}, { state: found }, {}, { change: "insert" }],
    });
    expect(await main.store.raw("select from canary")).toMatchObject({ count: 0 });
  } finally {
    await close();
  }
}, 60_000);
