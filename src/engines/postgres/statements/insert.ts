import type { ChildIr, EntityIr, FieldIr, Method } from "../../../ir/types.ts";
import { filled, indented, selectList } from "../../families/sql/layout.ts";
import { identifier, identifiers, literal, qualified } from "../sql/quote.ts";
import { parameterType } from "../types.ts";
import { onConflict, seenByStatement } from "./conflict.ts";
import { childMembers } from "./insert-children.ts";
import {
  alwaysSet,
  childFields,
  childRows,
  overriding,
  returnedExpressions,
  visibleFields,
} from "./row.ts";
import { element, givenRows, place, savedChild, savedRoot, unnested } from "./with-member.ts";

export type Insert = Extract<Method, { readonly op: "insert" | "upsert" }>;

/** A statement that saves new rows: what it takes, in the order of `$1…$n`, and what comes before it. */
export interface InsertStatement {
  readonly text: string;
  /** Members of its `with`. */
  readonly with: readonly string[];
  /** Fields of the root that are bound: one value each, or one array each in a batch. */
  readonly fields: readonly FieldIr[];
  /** Per child: fields bound as one array each; in a batch an array of the roots' places comes before them. */
  readonly children: readonly ChildInput[];
}

export interface ChildInput {
  readonly child: ChildIr;
  readonly fields: readonly FieldIr[];
}

/** Fields of `New<Entity>`: what the caller gives, or a default made before it is sent. */
export const insertedFields = (entity: EntityIr): readonly FieldIr[] =>
  entity.fields.filter((field) => !field.managed);

/** One statement: a row, or rows through `unnest`; owned children go with their root. */
export function insertStatement(entity: EntityIr, method: Insert): InsertStatement {
  const fields = insertedFields(entity);
  const children = entity.children.map((child) => ({
    child,
    fields: childFields(child).filter((field) => !field.managed),
  }));
  if (children.length === 0 && !isOrderedByKey(method)) {
    return {
      with: [],
      text: `${rootInsert(entity, method)}\nreturning ${filled(returnedExpressions(entity))}`,
      fields,
      children,
    };
  }
  const rows = `${givenRows} as (\n  ${indented(`${selectList([...rootValues(entity), place])}\nfrom ${rootSource(fields)}`)}\n)`;
  const members = [
    ...(method.bulk ? [rows] : []),
    `${savedRoot} as (\n  ${indented(rootInsert(entity, method))}\n  returning *\n)`,
    ...childMembers(entity, method, children, fields.length + 1),
  ];
  return { with: members, text: savedText(entity, method), fields, children };
}

/** `insert into … [on conflict …]`, without `returning`. */
function rootInsert(entity: EntityIr, method: Insert): string {
  const fields = insertedFields(entity);
  const columns = filled(fields.map((field) => identifier(field.column)));
  const values = fields.map((field, at) => made(entity, field, `$${at + 1}`));
  const source = method.bulk
    ? bulkSource(entity, method, fields, columns)
    : `values (${filled(values)})`;
  const conflict =
    method.op === "upsert" ? `\n${onConflict(entity, fields, rootChanges(entity))}` : "";
  const seen = conflict !== "" && entity.children.length > 0 ? `\n${seenByStatement(entity)}` : "";
  return `insert into ${identifier(entity.table)} (${columns})\n${overriding(fields)}${source}${conflict}${seen}`;
}

/** Two batches that lock the rows they share in one order cannot wait for each other in a circle. */
const isOrderedByKey = (method: Insert): boolean => method.bulk && method.op === "upsert";

function bulkSource(
  entity: EntityIr,
  method: Insert,
  fields: readonly FieldIr[],
  columns: string,
): string {
  if (isOrderedByKey(method)) {
    const key = identifiers(entity.key.map((field) => field.column));
    return `select ${columns} from ${givenRows} order by ${key}`;
  }
  if (entity.children.length > 0) return `select ${columns} from ${givenRows} order by ${place}`;
  return `${selectList(rootValues(entity))}\nfrom ${rootSource(fields)}\norder by ${place}`;
}

const rootSource = (fields: readonly FieldIr[]): string =>
  `unnest(${filled(unnested(fields, 1))})\n  with ordinality as given(${filled([...fields.map((field) => identifier(field.column)), place])})`;

const rootValues = (entity: EntityIr): readonly string[] =>
  insertedFields(entity).map((field) => {
    const plain = qualified("given", field.column);
    const value = made(entity, field, element(field, "given"));
    return value === plain ? value : `${value} as ${identifier(field.column)}`;
  });

/** The database makes a key that the caller leaves out, and what fills the column of an existing schema. */
function made(entity: EntityIr, field: FieldIr, value: string): string {
  const { storedDefault } = field.source;
  if (storedDefault !== undefined)
    return `coalesce(${value}::${parameterType(field.type)}, ${storedDefault})`;
  if (!field.key || field.source.generated !== "database") return value;
  const type = parameterType(field.type);
  if (field.type.kind === "uuid") return `coalesce(${value}::${type}, gen_random_uuid())`;
  const sequence = `pg_get_serial_sequence(${literal(identifier(entity.table))}, ${literal(field.column)})`;
  return `coalesce(${value}::${type}, nextval(${sequence}::regclass)${type === "integer" ? "::integer" : ""})`;
}

const rootChanges = (entity: EntityIr): readonly string[] => [
  ...alwaysSet(entity, identifier(entity.table)),
  ...(entity.deletedAt === undefined ? [] : [`${identifier(entity.deletedAt.column)} = null`]),
];

/** Reads the members back: no other part of the statement sees in the tables what this one writes. */
function savedText(entity: EntityIr, method: Insert): string {
  const columns = [
    ...visibleFields(entity).map((field) => qualified("root", field.column)),
    ...entity.children.map((child) => {
      const same = entity.key.map(
        (field, at) =>
          `${qualified("child", child.ownerKey[at]?.column ?? field.column)} = ${qualified("root", field.column)}`,
      );
      return childRows(child, `${savedChild(child)} child where ${same.join(" and ")}`);
    }),
  ];
  const select = `${selectList(columns)}\nfrom ${savedRoot} root`;
  if (!method.bulk) return select;
  const key = identifiers(entity.key.map((field) => field.column));
  return `${select}\njoin ${givenRows} given using (${key})\norder by given.${place}`;
}
