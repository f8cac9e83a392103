import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { identifier, identifiers, literal } from "../sql/quote.ts";
import { historyTable, isAudited, operationTable } from "./naming.ts";

/**
 * The plain role that tenant-bound calls run as: it owns nothing and bypasses nothing, so row-level security holds whoever logged in
 * (PGlite logs in as a superuser). Roles belong to the whole server: it may be there already, or be made by another migrator now.
 */
export const roleStatements = (role: string): readonly string[] => [
  `do $role$
begin
  if not exists (select from pg_roles where rolname = ${literal(role)}) then
    begin
      create role ${identifier(role)} nologin nosuperuser nocreatedb nocreaterole nobypassrls;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end if;
  if exists (select from pg_roles where rolname = ${literal(role)} and (rolsuper or rolbypassrls)) then
    raise exception 'role % bypasses row-level security', ${literal(role)}
      using hint = 'alter role ' || quote_ident(${literal(role)}) || ' nosuperuser nobypassrls';
  end if;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    grant ${identifier(role)} to current_user;
  end if;
  execute format('grant usage on schema %I to %I', current_schema(), ${literal(role)});
end
$role$;`,
];

/** What the application may do: its own rows, and history only through the trigger's insert. */
export function grantStatements(store: StoreIr, role: string): readonly string[] {
  const audited = store.entities.filter((entity) => isAudited(entity, store)).map(historyTable);
  const sequences = store.entities.flatMap(identityGrants(role));
  return [
    `grant select, insert, update, delete on ${identifiers(store.entities.map((entity) => entity.table))} to ${identifier(role)};`,
    ...(audited.length === 0
      ? []
      : [`grant select, insert on ${identifiers(audited)} to ${identifier(role)};`]),
    ...sequences,
    `grant select, insert, delete on ${operationTable} to ${identifier(role)};`,
  ];
}

/** A key made by the database is read from its sequence by name when the caller gave none. */
const identityGrants =
  (role: string) =>
  (entity: EntityIr): readonly string[] =>
    entity.key
      .filter((field) => field.source.generated === "database" && field.type.kind !== "uuid")
      .map(
        (field) => `do $sequence$
begin
  execute format('grant usage on sequence %s to %I', pg_get_serial_sequence(${literal(identifier(entity.table))}, ${literal(field.column)}), ${literal(role)});
end
$sequence$;`,
      );

/** Takes back what this database granted; the role itself goes only when no other database of the server uses it. */
export const dropRoleStatements = (role: string): readonly string[] => [
  `do $role$
begin
  execute format('revoke usage on schema %I from %I', current_schema(), ${literal(role)});
  drop role ${identifier(role)};
exception when dependent_objects_still_exist or insufficient_privilege or undefined_object then
  null;
end
$role$;`,
];
