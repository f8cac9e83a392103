import type { Question } from "../../../migrate/step.ts";
import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { fillExample, openPlace, shellQuoted, wantedText } from "../../../migrate/fill-example.ts";
import { constant } from "../ddl/column.ts";
import { historyTable, ownerOf } from "../ddl/naming.ts";
import { identifier, literal, qualified } from "../sql/quote.ts";
import { conversion } from "./convert.ts";
import type { Bounds, ColumnShape, TableShape } from "./shape.ts";
import { partName } from "./snapshot.ts";
import { mentions, mentionsAny } from "./tokens.ts";

/** What the rows that are there get in a column that they have no value for. */
export type Fill =
  /** They need none, or the server gives them the default. */
  | { readonly kind: "none" }
  /**
   * An expression over the table's own columns.
   *
   * @property recorded the same over a row that was recorded, whose root may be gone, where that makes a difference
   */
  | { readonly kind: "expression"; readonly text: string; readonly recorded?: string }
  | { readonly kind: "asked"; readonly question: Question };

/** Where a column stands, for what its rows can be filled from. */
export interface FillPlace {
  readonly table: TableShape;
  readonly entity: EntityIr | undefined;
  /** Of a history, the table whose changes it holds. */
  readonly historyOf?: string;
  readonly store: StoreIr;
  readonly values: Readonly<Record<string, string>>;
}

const nothing: Fill = { kind: "none" };
const expression = (text: string, recorded?: string): Fill => ({
  kind: "expression",
  text,
  ...(recorded !== undefined && { recorded }),
});

/** Values for the rows that are there, when a column is added or may no longer be empty. */
export function fillOf(from: ColumnShape | undefined, to: ColumnShape, place: FillPlace): Fill {
  if (to.value?.kind === "generated" || to.value?.kind === "identity") return nothing;
  const { converting, filling: given } = purposes(from, to, place);
  if (from !== undefined && from.type !== to.type) {
    const known = converting ?? conversion(from.type, to.type, "value");
    if (known === undefined) return asked(to, place, howToConvert(from, to, place));
    const spare = becomesRequired(from, to) ? (given ?? plainDefault(to)) : undefined;
    return spare === undefined ? nothing : expression(spare);
  }
  if (to.nullable || from?.nullable === false) {
    return from === undefined && given !== undefined ? expression(given) : nothing;
  }
  const tenant = tenantOfChild(to, place, place.historyOf ?? place.table.name);
  if (tenant !== undefined && place.historyOf === undefined)
    return expression(tenant.standing, orElse(tenant.recorded, given));
  const known = given ?? ofRecordedRow(to, place, tenant?.recorded) ?? plainDefault(to);
  if (known !== undefined)
    return from === undefined && known === plainDefault(to) ? nothing : expression(known);
  return from === undefined ? asked(to, place, whatToFill(to, place)) : nothing;
}

/** What an expression that the user gave for a column is for. */
export interface Purposes {
  /** It makes the new value of every row. */
  readonly converting: string | undefined;
  /** It stands where a row has no value. */
  readonly filling: string | undefined;
}

/** A value of a type that becomes another one by itself needs no conversion: an expression that does not ask for it fills what is empty. */
export function purposes(
  from: ColumnShape | undefined,
  to: ColumnShape,
  { table, values }: FillPlace,
): Purposes {
  const given = values[`${partName(table.name)}.${to.name}`];
  const fills =
    from === undefined ||
    from.type === to.type ||
    (becomesRequired(from, to) &&
      conversion(from.type, to.type, "value") !== undefined &&
      !mentionsAny(given ?? "", [from.name, to.name]));
  return fills
    ? { converting: undefined, filling: given }
    : { converting: given, filling: undefined };
}

const becomesRequired = (from: ColumnShape, to: ColumnShape): boolean =>
  from.nullable && !to.nullable;

/** A default that every row may get; that of a tenant is the one of the session. */
const plainDefault = ({ value, role }: ColumnShape): string | undefined =>
  value?.kind === "default" && role !== "tenant" ? value.expression : undefined;

/** A history row has the column of the row that it recorded. @param tenant of a child's row, where that has none */
function ofRecordedRow(
  to: ColumnShape,
  { historyOf, values }: FillPlace,
  tenant: string | undefined,
): string | undefined {
  if (historyOf === undefined) return undefined;
  if (to.type === "jsonb") return "'{}'";
  const recorded = `jsonb_populate_record(null::${identifier(historyOf)}, content)`;
  const column = qualified(identifier(historyOf), to.name);
  const given = values[`${partName(historyOf)}.${to.name}`];
  const own = tenant === undefined ? given : orElse(tenant, given);
  const value = own === undefined ? column : `coalesce(${column}, ${own})`;
  return `(select ${value} from ${recorded} ${identifier(historyOf)})`;
}

const orElse = (first: string, second: string | undefined): string =>
  second === undefined ? first : `coalesce(${first}, ${second})`;

interface TenantOfChild {
  /** Of a row that stands: that of its root. */
  readonly standing: string;
  /** Of one that was recorded: its root may be gone, and then was recorded as well. */
  readonly recorded: string;
}

/** A child has the tenant of its root. @param table whose columns the expressions are over */
function tenantOfChild(
  to: ColumnShape,
  { entity, store }: FillPlace,
  table: string,
): TenantOfChild | undefined {
  const owner = entity === undefined ? undefined : ownerOf(entity, store);
  const child = owner?.children.find((each) => each.entity.name === entity?.name);
  if (to.role !== "tenant" || owner === undefined || child === undefined) return undefined;
  const same = (alias: string): string =>
    owner.key
      .map((field, at) => {
        const own = child.ownerKey[at]?.column ?? field.column;
        return `${qualified(alias, field.column)} = ${qualified(identifier(table), own)}`;
      })
      .join(" and ");
  const column = owner.tenant?.column ?? to.name;
  const standing = `(select ${qualified("owner", column)} from ${identifier(owner.table)} owner where ${same("owner")})`;
  const past = `(select ${qualified("past", column)} from ${identifier(historyTable(owner))} past where ${same("past")} order by past.revision desc limit 1)`;
  return { standing, recorded: owner.audit ? `coalesce(${standing}, ${past})` : standing };
}

function asked(to: ColumnShape, { table }: FillPlace, texts: Omit<Question, "about">): Fill {
  return {
    kind: "asked",
    question: { about: `${partName(table.name)}.${to.name}`, ...texts },
  };
}

const whatToFill = (to: ColumnShape, place: FillPlace): Omit<Question, "about"> => {
  const { table } = place;
  const { shown, wanted } = exampleOf(to, place);
  return {
    text: `column ${to.name} of ${table.name} is new and required, and nothing says what the rows that are there get`,
    hint: `give an expression over the table's columns${wanted}: --set ${partName(table.name)}.${to.name}=${shown}; or a default: or nullable: in the spec; or was: where it was renamed`,
  };
};

const howToConvert = (
  from: ColumnShape,
  to: ColumnShape,
  place: FillPlace,
): Omit<Question, "about"> => {
  const { table } = place;
  const { shown, wanted } = to.nullable
    ? { shown: `"null::${to.type}"`, wanted: "" }
    : exampleOf(to, place);
  return {
    text: `column ${from.name} of ${table.name} changes from ${from.type} to ${to.type}, and there is no conversion that fits every value`,
    hint: `give an expression over the table's columns${wanted}: --set ${partName(table.name)}.${to.name}=${shown}`,
  };
};

/** An example for the shell that the column's own rules let through, or a place that is left open with what belongs there. */
function exampleOf(
  { name, type }: ColumnShape,
  { entity }: FillPlace,
): { readonly shown: string; readonly wanted: string } {
  const field = entity?.fields.find(({ column }) => column === name);
  if (field === undefined)
    return { shown: shellQuoted(placeholderOf(type, undefined) ?? openPlace), wanted: "" };
  const example = fillExample({ field, entity });
  const text = "constant" in example ? constant(field, example.constant) : openPlace;
  return { shown: shellQuoted(text), wanted: wantedText(example) };
}

/**
 * A value that stands for one which is gone, so that a required column can be brought back.
 * @returns undefined when it would claim something, as a reference does
 */
export function placeholder(column: ColumnShape, table: TableShape): string | undefined {
  const own = plainDefault(column);
  if (own !== undefined) return own;
  if (column.role === "tenant") return nobody(column.type);
  const holding = table.constraints.filter(({ columns = [] }) => columns.includes(column.name));
  if (holding.some(({ kind }) => kind === "foreign" || kind === "primary")) return undefined;
  const unique =
    holding.some(({ kind }) => kind === "unique") ||
    table.indexes.some((index) => index.unique && mentions(index.body, column.name));
  const bounds = table.constraints.find(
    (each) => each.bounds !== undefined && mentions(each.definition, column.name),
  )?.bounds;
  return unique ? distinctValue(column.type, bounds) : placeholderOf(column.type, bounds);
}

/** A tenant that no code binds: one for all rows, whatever a key says of it, so that what belongs together still does. */
function nobody(type: string): string | undefined {
  if (type === "uuid") return literal("00000000-0000-0000-0000-000000000000");
  return type === "text" ? literal("-") : placeholderOf(type, undefined);
}

function distinctValue(type: string, bounds: Bounds | undefined): string | undefined {
  if (type === "uuid") return "gen_random_uuid()";
  const wide = bounds?.max === undefined || Number(bounds.max) >= 36;
  const open = bounds?.values === undefined && Number(bounds?.min ?? 0) <= 36;
  return type === "text" && wide && open ? "gen_random_uuid()::text" : undefined;
}

function placeholderOf(type: string, bounds: Bounds | undefined): string | undefined {
  const [first] = bounds?.values ?? [];
  if (first !== undefined) return literal(first);
  if (type === "text") return bounds?.min === undefined ? "''" : `repeat('-', ${bounds.min})`;
  if (/^(?:integer|bigint|smallint|numeric|double)/.test(type)) return number(bounds);
  if (type === "date" || type.startsWith("timestamp"))
    return literal(String(bounds?.min ?? bounds?.max ?? "1970-01-01"));
  if (type === "boolean") return "false";
  if (type === "uuid") return "gen_random_uuid()";
  if (type === "jsonb") return "'{}'";
  return type.endsWith("[]") && bounds?.min === undefined ? "'{}'" : undefined;
}

function number(bounds: Bounds | undefined): string {
  const { min, max } = bounds ?? {};
  if (min !== undefined && Number(min) > 0) return String(min);
  return max !== undefined && Number(max) < 0 ? String(max) : "0";
}
