import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import type { PolicyShape, TableShape } from "../schema/shape.ts";
import { identifier } from "../sql/quote.ts";
import { tenantSetting } from "./column.ts";
import { tenantOf, triggerName } from "./naming.ts";

type Security = Pick<TableShape, "security" | "policies">;

const open: Security = { security: "none", policies: [] };

/**
 * Row-level security of a table of an entity, or of its history: a session sees the rows of the tenant it is bound to, and without one,
 * none.
 */
export function securityOf(entity: EntityIr, store: StoreIr, table: string): Security {
  const tenant = tenantOf(entity, store);
  if (tenant === undefined) return open;
  const condition = `${identifier(tenant.column)} = ${tenantSetting(tenant)}`;
  const policy = {
    name: triggerName(table, "tenant"),
    using: condition,
    check: condition,
    comment: "Rows of the tenant in app.current_tenant only.",
  };
  return { security: "forced", policies: [policy, ...feedPolicies(entity, store, table)] };
}

/** Rows that a view in another store copies are read across tenants, by nothing else and for nothing else. */
function feedPolicies(entity: EntityIr, { feeds }: StoreIr, table: string): readonly PolicyShape[] {
  const root = entity.owner ?? entity.name;
  if (table !== entity.table || !feeds.some(({ name }) => name === root)) return [];
  return [
    {
      name: triggerName(table, "feed"),
      command: "select",
      using: "coalesce(current_setting('app.view_feed', true), '') = 'on'",
      comment: "Reading every tenant's rows for a view, while app.view_feed is on.",
    },
  ];
}

const purged =
  "coalesce(current_setting('app.purge_operations', true), '') = 'on' and at < now() - interval '7 days'";
const own = "tenant = coalesce(current_setting('app.current_tenant', true), '')";

/** A tenant replays its own operations only; the purge reaches what is old, whosever it is, and nothing else does. Not forced: the owner does both. */
export const operationSecurity = (store: Pick<StoreIr, "tenantScoped">): Security =>
  store.tenantScoped
    ? {
        security: "enabled",
        policies: [
          {
            name: "operation_tenant",
            using: own,
            check: own,
            comment: "Operations of the tenant in app.current_tenant only.",
          },
          // A delete that looks for its rows has to see them, too.
          ...(["select", "delete"] as const).map(purgePolicy),
        ],
      }
    : open;

const purgePolicy = (command: "select" | "delete"): PolicyShape => ({
  name: `operation_purge_${command}`,
  command,
  using: purged,
  comment:
    "The purge: what is older than 7 days, of all tenants, while app.purge_operations is on.",
});
