import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import type { GrantShape, RoleShape } from "../schema/shape.ts";
import { identifier, literal } from "../sql/quote.ts";
import { applicationRole } from "./naming.ts";

/**
 * The plain role that tenant-bound calls run as: it owns nothing and bypasses nothing, so row-level security holds whoever logged in
 * (PGlite logs in as a superuser). Roles belong to the whole server: it may be there already, or be made by another migrator now.
 */
export const roleShape = (project: string): RoleShape => {
  const name = applicationRole(project);
  return { name, create: createText(name), drop: dropText(name) };
};

const createText = (role: string): string => `do $role$
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
$role$;`;

/** Takes back what this database granted; the role itself goes only when no other database of the server uses it. */
const dropText = (role: string): string => `do $role$
begin
  execute format('revoke usage on schema %I from %I', current_schema(), ${literal(role)});
  drop role ${identifier(role)};
exception when dependent_objects_still_exist or insufficient_privilege or undefined_object then
  null;
end
$role$;`;

/** Whether a block is one of these two, to the last letter. */
export function isRoleText(text: string): boolean {
  const [, role] =
    /(?:rolname = |schema %I from %I', current_schema\(\), )'((?:[^']|'')*)'/.exec(text) ?? [];
  if (role === undefined) return false;
  const name = role.replaceAll("''", "'");
  const plain = text.replace(/;?$/, ";");
  return plain === createText(name) || plain === dropText(name);
}

/** What the application may do with the rows of a table. A key made by the database is read from its sequence by name when the caller gave none. */
export const tableGrants = (
  entity: EntityIr,
  store: StoreIr,
  project: string,
): readonly GrantShape[] =>
  grants(store, project, "select, insert, update, delete", identityColumns(entity));

/** History comes through the trigger's insert only. */
export const historyGrants = (store: StoreIr, project: string): readonly GrantShape[] =>
  grants(store, project, "select, insert", []);

export const operationGrants = (store: StoreIr, project: string): readonly GrantShape[] =>
  grants(store, project, "select, insert, delete", []);

const grants = (
  store: StoreIr,
  project: string,
  privileges: string,
  sequences: readonly string[],
): readonly GrantShape[] =>
  store.tenantScoped ? [{ role: applicationRole(project), privileges, sequences }] : [];

const identityColumns = (entity: EntityIr): readonly string[] =>
  entity.key
    .filter(
      (field) =>
        field.source.generated === "database" &&
        field.source.storedDefault === undefined &&
        field.type.kind !== "uuid",
    )
    .map((field) => field.column);
