import type { ChildIr, EntityIr, FieldIr, Method } from "../../../ir/types.ts";
import type { Dialect } from "../dialect.ts";
import { qualified } from "../sql/quote.ts";
import { givenRowKeys, givenRows, isLoose, keyed } from "./given.ts";
import { aliasOf, tenantCondition } from "./row.ts";

export type Insert = Extract<Method, { readonly op: "insert" | "upsert" }>;

/** What the statements of one insert or upsert are written from. */
export interface Saved {
  readonly entity: EntityIr;
  readonly method: Insert;
  readonly dialect: Dialect;
  readonly fields: readonly FieldIr[];
  readonly children: readonly ChildInput[];
}

/** An owned child, and the list of rows that a root is saved with. */
export interface ChildInput {
  readonly child: ChildIr;
  readonly fields: readonly FieldIr[];
  /** Number of its list's parameter. */
  readonly parameter: number;
}

/** Whether rows that are one to the server have to be told from each other. */
export const isTold = ({ entity, method }: Saved): boolean =>
  method.op === "upsert" && entity.key.some(isLoose);

/** The tenant's column; none where rows belong to nobody. */
export const tenantColumns = (entity: EntityIr): readonly string[] =>
  tenantCondition(entity).length === 0 ? [] : [entity.tenant?.column ?? ""];

/** A key column of a batch's row. */
export const keyOfRow = ({ fields }: Saved, field: FieldIr): string =>
  `given.c${fields.indexOf(field)}`;

/** The list `$1` of a batch, as a table. */
export const rows = ({ fields, entity }: Saved): string =>
  givenRows({ parameter: 1, fields, key: entity.key, alias: "given" });

/** Their keys, where nothing else of them is asked for: a list to itself is read in a third less time than all of theirs. */
export const rowKeys = (of: Saved): string =>
  givenRowKeys({
    parameter: keysParameter(of),
    fields: of.fields,
    key: of.entity.key,
    alias: "given",
  });

/** Of a batch, after its rows and their children. */
const keysParameter = ({ children }: Pick<Saved, "children">): number => 2 + children.length;

/** The key of a single row; one that the database makes is known after the insert. */
export const keyValue = ({ fields }: Saved, field: FieldIr): string => {
  const given = `$${fields.indexOf(field) + 1}`;
  return isMadeByServer(field) ? `coalesce(${given}, last_insert_id())` : given;
};

/** A uuid is made by the data layer, since the server does not tell one. */
export const isMadeByServer = ({ key, type, source }: FieldIr): boolean =>
  key && source.generated === "database" && type.kind !== "uuid";

/** The row of a batch's row, of this tenant. */
export function sameRow(of: Saved, alias = aliasOf(of.entity)): readonly string[] {
  const { entity, dialect } = of;
  return [
    ...entity.key.map(
      (field) =>
        `${qualified(alias, field.column)} = ${keyed(field, keyOfRow(of, field), dialect)}`,
    ),
    ...tenantCondition(entity, alias),
  ];
}
