import type { Problem } from "../issues.ts";
import type { Field } from "../model.ts";
import { quoted } from "../shown-text.ts";
import { entityAt, error, warning, type Context } from "./context.ts";
import { typeText } from "./field-types.ts";

/** Foreign keys: what they point at exists, has one key of the same type, and can be pointed at. */
export function references(context: Context): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [entity, { fields }] of Object.entries(context.spec.entities)) {
    for (const [name, field] of Object.entries(fields)) {
      const path = ["entities", entity, "fields", name];
      const title = `field ${entity}.${name}`;
      if (field.references === undefined) {
        if (field.onDelete !== undefined && !context.declares(...path, "references")) {
          problems.push(
            error(
              [...path, "onDelete"],
              `${title} has onDelete but references nothing`,
              "add references:, or remove onDelete",
              "key",
            ),
          );
        }
        continue;
      }
      if (field.onDelete === "set-null" && field.nullable !== true) {
        problems.push(
          error(
            [...path, "onDelete"],
            `${title} cannot become null`,
            "add nullable: true, or use restrict or cascade",
          ),
        );
      }
      const own = context.entities.get(entity)?.fields.find((each) => each.name === name);
      if (own !== undefined) problems.push(...target(context, entity, own, field.references, path));
    }
  }
  return problems;
}

function target(
  context: Context,
  entity: string,
  own: Field,
  name: string,
  path: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  const place = [...path, "references"];
  const title = `field ${entity}.${own.name}`;
  const found = entityAt(context, name, place, problems);
  if (found === undefined) return problems;
  if (
    found.owner !== undefined &&
    found.owner !== entity &&
    context.entities.get(entity)?.owner !== found.owner
  ) {
    return [
      error(
        place,
        `${title} references ${name}, an owned child of ${found.owner}`,
        `reference ${found.owner}, its root`,
      ),
    ];
  }
  if (found.key.length !== 1) {
    const what =
      found.key.length === 0 ? "has no key" : `has a composite key (${found.key.join(", ")})`;
    return [
      error(
        place,
        `${title} references ${name}, which ${what}`,
        "give it a key of one field, or keep the fields without references",
      ),
    ];
  }
  const key = found.fields.find((each) => each.name === found.key[0]);
  if (key !== undefined && typeText(key) !== typeText(own)) {
    problems.push(
      error(
        [...path, "type"],
        `${title} is ${typeText(own)}, but the key of ${name} is ${typeText(key)}`,
        `use the type of ${name}.${key.name}`,
      ),
    );
  }
  return [
    ...problems,
    ...acrossStores(context, entity, name, place),
    ...acrossTenants(context, entity, name, place),
  ];
}

function acrossStores(
  context: Context,
  entity: string,
  name: string,
  place: readonly string[],
): readonly Problem[] {
  const kind = (of: string): string | undefined => {
    const root = context.entities.get(of)?.owner ?? of;
    const workload = context.authorityOf.get(root);
    return workload === undefined ? undefined : context.spec.workloads[workload]?.kind;
  };
  const [from, to] = [kind(entity), kind(name)];
  if (from === undefined || to === undefined || (from === to && from === "transactional"))
    return [];
  const why =
    from === to ? `kind ${from} has no foreign keys` : `${entity} is ${from}, ${name} is ${to}`;
  return [
    warning(
      place,
      `nothing enforces the reference from ${entity} to ${name}: ${why}`,
      "serve both from a transactional workload, or expect dangling values",
    ),
  ];
}

const tenantField = (context: Context, name: string): Field | undefined =>
  context.entities.get(name)?.fields.find(({ role }) => role === "tenant");

function acrossTenants(
  context: Context,
  entity: string,
  name: string,
  place: readonly string[],
): readonly Problem[] {
  const tenantOf = (of: string): string | undefined => context.entities.get(of)?.tenant;
  const [own, theirs] = [tenantField(context, entity), tenantField(context, name)];
  if (own !== undefined && theirs !== undefined && typeText(own) !== typeText(theirs))
    return [
      error(
        place,
        `${entity} and ${name} belong to tenants of two types, ${typeText(own)} and ${typeText(theirs)}, and a reference holds the tenant`,
        `give ${own.name} of ${entity} the type of ${name}.${theirs.name}`,
      ),
    ];
  if (tenantOf(name) === undefined || tenantOf(entity) !== undefined) return [];
  return [
    warning(
      place,
      `${entity} is shared by all tenants but references ${name}, which belongs to one`,
      `add tenant: ${quoted(tenantOf(name) ?? "").slice(1, -1)} to ${entity}`,
    ),
  ];
}
