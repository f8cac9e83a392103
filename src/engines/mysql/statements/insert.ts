import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { childFields } from "../../families/sql/row.ts";
import { filled, selectList } from "../../families/sql/layout.ts";
import type { Dialect } from "../dialect.ts";
import { identifier } from "../sql/quote.ts";
import { getText } from "./read.ts";
import { aliased, rowExpressions, visibleFields } from "./row.ts";
import {
  rowKeys,
  keyValue,
  isMadeByServer,
  sameRow,
  type ChildInput,
  type Insert,
  type Saved,
} from "./saved.ts";
import { batchInsert, batchUpdate, guardColumns, rootInsert, updateText } from "./insert-root.ts";
import { childTexts, recordedChildren } from "./insert-children.ts";

/** Statements that save new rows, all over the same `$1…$n`. */
export interface InsertStatement {
  readonly text: string;
  /** Inserts the row that `text` did not find. */
  readonly otherwise?: string;
  /** Inserts those rows of a batch that `text` did not find. */
  readonly missing?: string;
  /** Owned children, and the correction of their root's history. */
  readonly with: readonly string[];
  readonly result: { readonly select: string; readonly when?: "committed" } | "returning";
  /** Fields of the root that are bound: one value each, or in a batch one row each of the list `$1`. */
  readonly fields: readonly FieldIr[];
  /** Per child one list of rows; in a batch the place of the root comes first in each. */
  readonly children: readonly ChildInput[];
  /** Columns that become null, which they must not be, where the statement would strike the row of another key or tenant. */
  readonly guards: readonly string[];
}

/** Fields of `New<Entity>`: what the caller gives, or a default made before it is sent. */
export const insertedFields = (entity: EntityIr): readonly FieldIr[] =>
  entity.fields.filter((field) => !field.managed);

/** @param searched whether a full text index is kept of the rows */
export function insertStatement(
  entity: EntityIr,
  method: Insert,
  dialect: Dialect,
  searched: boolean,
): InsertStatement {
  const fields = insertedFields(entity);
  const first = method.bulk ? 2 : fields.length + 1;
  const children = entity.children.map((child, at) => ({
    child,
    fields: childFields(child).filter((field) => !field.managed),
    parameter: first + at,
  }));
  const of: Saved = { entity, method, dialect, fields, children };
  const withChildren = [
    ...children.flatMap((each) => childTexts(of, each)),
    ...(entity.audit && children.length > 0 ? [recordedChildren(of)] : []),
  ];
  const guards = method.op === "upsert" ? guardColumns(of) : [];
  const common = { with: withChildren, fields, children, guards };
  if (method.op === "upsert" && !method.bulk)
    return { ...common, text: updateText(of), otherwise: rootInsert(of), result: resultOf(of) };
  if (method.op === "upsert" && searched && !dialect.findsReplaced)
    return { ...common, text: batchUpdate(of), missing: batchInsert(of), result: resultOf(of) };
  const insert = rootInsert(of);
  // One statement less, where the server says what it has inserted; an upsert goes by the order of the keys.
  if (dialect.returning && withChildren.length === 0 && method.op === "insert")
    return { ...common, text: `${insert}\nreturning ${returned(entity)}`, result: "returning" };
  const result = resultOf(of);
  const alone = method.op === "insert" && !method.bulk && withChildren.length === 0;
  // Two round trips less: what was inserted is read by the key that was given, after the commit.
  return alone && !entity.key.some(isMadeByServer)
    ? { ...common, text: insert, result: { ...result, when: "committed" } }
    : { ...common, text: insert, result };
}

const returned = (entity: EntityIr): string =>
  filled(visibleFields(entity).map((field) => identifier(field.column)));

function resultOf(of: Saved): { readonly select: string } {
  const { entity, method, dialect } = of;
  if (!method.bulk)
    return {
      select: getText(
        entity,
        dialect,
        entity.key.map((field) => keyValue(of, field)),
      ),
    };
  return {
    select: `${selectList(rowExpressions(entity, dialect))}
from ${rowKeys(of)}
join ${aliased(entity)} on ${sameRow(of).join(" and ")}
order by given.place`,
  };
}
