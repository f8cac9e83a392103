import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { identifier } from "../sql/quote.ts";
import { tenantSetting } from "./column.ts";
import { historyTable, isAudited, operationTable, tenantOf, triggerName } from "./naming.ts";

/** Row-level security of a table and of its history: a session sees the rows of the tenant it is bound to, and without one, none. */
export function securityStatements(entity: EntityIr, store: StoreIr): readonly string[] {
  const condition = tenantCondition(entity, store);
  if (condition === undefined) return [];
  const tables = isAudited(entity, store) ? [entity.table, historyTable(entity)] : [entity.table];
  return tables.flatMap((table) => policyStatements(table, condition));
}

function policyStatements(table: string, condition: string): readonly string[] {
  const [name, policy] = [identifier(table), identifier(triggerName(table, "tenant"))];
  return [
    `alter table ${name} enable row level security;`,
    `alter table ${name} force row level security;`,
    `create policy ${policy} on ${name}\n  using (${condition})\n  with check (${condition});`,
    `comment on policy ${policy} on ${name} is 'Rows of the tenant in app.current_tenant only.';`,
  ];
}

function tenantCondition(entity: EntityIr, store: StoreIr): string | undefined {
  const tenant = tenantOf(entity, store);
  return tenant === undefined
    ? undefined
    : `${identifier(tenant.column)} = ${tenantSetting(tenant)}`;
}

const purged =
  "coalesce(current_setting('app.purge_operations', true), '') = 'on' and at < now() - interval '7 days'";

/** A tenant replays its own operations only; the purge reaches what is old, whosever it is, and nothing else does. Not forced: the owner does both. */
export const operationSecurity = (): readonly string[] => [
  `alter table ${operationTable} enable row level security;`,
  `create policy operation_tenant on ${operationTable}
  using (tenant = coalesce(current_setting('app.current_tenant', true), ''))
  with check (tenant = coalesce(current_setting('app.current_tenant', true), ''));`,
  `comment on policy operation_tenant on ${operationTable} is 'Operations of the tenant in app.current_tenant only.';`,
  // A delete that looks for its rows has to see them, too.
  ...(["select", "delete"] as const).flatMap((command) => [
    `create policy operation_purge_${command} on ${operationTable} for ${command}
  using (${purged});`,
    `comment on policy operation_purge_${command} on ${operationTable} is 'The purge: what is older than 7 days, of all tenants, while app.purge_operations is on.';`,
  ]),
];
