/** A store whose rows refer to each other within a tenant, and its snapshot as generators of before made it: without the tenant in the keys. */
import type { StoreIr } from "../../src/ir/types.ts";
import type { Snapshot } from "../../src/migrate/step.ts";
import { entity, field, mainStore, transactional, uuid } from "../unit/postgres/model.ts";

const common = { timestamps: false, tenant: "tenantId" } as const;
const id = field("id", uuid, { key: true });

export const tenantStore: StoreIr = mainStore(
  [
    entity({ ...common, name: "List", fields: [id] }),
    entity({
      ...common,
      name: "Note",
      fields: [
        id,
        field("listId", uuid, { reference: { entity: "List", field: "id", onDelete: "cascade" } }),
      ],
    }),
  ],
  [transactional("all", { List: [], Note: [] })],
).store;

const texts: readonly (readonly [RegExp, string])[] = [
  [/\((["`]?)list_id\1, (["`]?)tenant_id\2\)/g, "($1list_id$1)"],
  [/\((["`]?)id\1, (["`]?)tenant_id\2\)/g, "($1id$1)"],
  [/list_id_tenant_id/g, "list_id"],
];

/** The same text by text; arrays of columns lose the tenant, and the unique key of both is not there. */
export const formerSnapshot = (snapshot: Snapshot): Snapshot =>
  new Map([...snapshot].map(([part, shape]) => [part, former(shape)] as const));

function former(value: unknown): unknown {
  if (typeof value === "string")
    return texts.reduce((text, [pattern, plain]) => text.replaceAll(pattern, plain), value);
  if (Array.isArray(value))
    return value
      .filter((each) => !isTenantKey(each))
      .filter((each, at) => each !== "tenant_id" || at === 0)
      .map(former);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, former(each)]));
}

const isTenantKey = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Reflect.get(value, "name") === "lists_id_tenant_id_key";
