import type { EntityIr, FieldIr, StoreIr } from "../../ir/types.ts";
import { columns, historyColumns, isAudited, operationTable, storedFields } from "./ddl/naming.ts";
import { searchColumnShapes } from "./ddl/search.ts";
import { foreignKeys } from "../families/sql/foreign-keys.ts";
import { indexProblems } from "./refuse-indexes.ts";
import { constraintNameProblems, nameProblems, propertyProblems } from "./refuse-names.ts";
import { partitionProblems } from "./refuse-partitions.ts";
import { expressionProblem } from "./sql/expression.ts";
import { type KnownNames, unknownColumn } from "./sql/unknown-column.ts";

/** A part of the spec that this engine cannot carry. */
export interface Refusal {
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

/** Every problem that a migration or a statement would meet; found before anything is written. */
export const refuse = (store: StoreIr): readonly Refusal[] => [
  ...store.entities.flatMap((entity) => [
    ...nameProblems(entity),
    ...expressions(entity, store),
    ...entity.fields.flatMap((field) => fieldLimits(entity, field)),
    ...indexProblems(entity),
    ...reservedTables(entity, store),
    ...unreachableKeys(entity, store),
  ]),
  ...partitionProblems(store),
  ...propertyProblems(store),
  ...constraintNameProblems(store),
  ...expiringUpserts(store),
  ...foreignViews(store),
];

interface Expression {
  readonly path: string;
  readonly name: string;
  readonly sql: string;
  readonly isDefault?: boolean;
}

/** SQL of the user stands inside a statement of ours: it must be one expression. */
function expressions(entity: EntityIr, store: StoreIr): readonly Refusal[] {
  const path = `entities.${entity.name}`;
  const known: KnownNames = {
    table: entity.table,
    columns: [
      ...columns(storedFields(entity, store)),
      ...searchColumnShapes(entity, store).map(({ name }) => name),
    ],
    fields: new Map(entity.fields.map(({ name, column }) => [name, column])),
  };
  const parts: readonly Expression[] = [
    ...entity.checks.map((check) => ({
      path: check.path,
      name: `check ${check.name}`,
      sql: check.condition,
    })),
    ...entity.fields.flatMap(({ name, source: { storedDefault } }) =>
      storedDefault === undefined
        ? []
        : [
            {
              path: `${path}.fields.${name}.stored`,
              name: `default of ${name}`,
              sql: storedDefault,
              isDefault: true,
            },
          ],
    ),
    ...entity.indexes.flatMap((index) => [
      ...(index.where === undefined
        ? []
        : [
            { path: `${path}.indexes`, name: `condition of index ${index.name}`, sql: index.where },
          ]),
      ...index.terms.flatMap((term) =>
        "expression" in term
          ? [
              {
                path: `${path}.indexes`,
                name: `expression of index ${index.name}`,
                sql: term.expression,
              },
            ]
          : [],
      ),
    ]),
  ];
  return parts.flatMap(({ path: at, name, sql, isDefault }) => {
    const problem = expressionProblem(sql);
    const hint = "write one SQL expression over the table's columns";
    if (problem !== undefined) return [{ path: at, text: `${name} ${problem}`, hint }];
    // A default names no column; what a server wrote there may name what only it knows.
    const unknown = isDefault === true ? undefined : unknownColumn(sql, known);
    return unknown === undefined
      ? []
      : [{ path: at, text: `${name} ${unknown.text}`, hint: unknown.hint }];
  });
}

/** A type's name as the server writes it: words or a quoted name, a schema before it, limits and brackets after it. */
const nativeType =
  /^(?:"(?:[^"\0]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"\0]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))?(?: ?\(-?\d+(?:,-?\d+)?\))?(?: [a-z]+)*(?:\(\d+\))?(?:\[\])*$/u;

/** Limits of the types: numeric(1000), vector(16000); PV-01. */
function fieldLimits(entity: EntityIr, field: FieldIr): readonly Refusal[] {
  const path = `entities.${entity.name}.fields.${field.name}`;
  const { native } = field.type;
  if (native !== undefined && !nativeType.test(native)) {
    return [
      {
        path: `${path}.stored`,
        text: `${JSON.stringify(native)} does not read as a column type`,
        hint: "write it as the server does: character varying(40), mpaa_rating, text[]",
      },
    ];
  }
  if (field.type.kind === "decimal" && field.type.precision > 1000) {
    return [
      {
        path,
        text: `${field.type.precision} digits are more than numeric declares`,
        hint: "at most precision: 1000",
      },
    ];
  }
  if (field.type.kind === "vector" && field.type.dimensions > 16_000) {
    return [
      {
        path,
        text: `${field.type.dimensions} dimensions are more than a vector holds`,
        hint: "at most dimensions: 16000",
      },
    ];
  }
  return [];
}

function reservedTables(entity: EntityIr, store: StoreIr): readonly Refusal[] {
  const path = `entities.${entity.name}`;
  const own = [operationTable, "schema_migration"];
  const named = own.includes(entity.table)
    ? [
        {
          path: `${path}.table`,
          text: `table ${entity.table} is the data layer's own`,
          hint: "name another: table:",
        },
      ]
    : [];
  if (!isAudited(entity, store)) return named;
  const clashing = entity.key.filter((field) =>
    historyColumns.some((column) => column === field.column),
  );
  return [
    ...named,
    ...clashing.map((field) => ({
      path: `${path}.fields.${field.name}`,
      text: `key column ${field.column} is one of the history table's own`,
      hint: "name another: column:",
    })),
  ];
}

/** A foreign key needs the whole key of its target. */
const unreachableKeys = (entity: EntityIr, store: StoreIr): readonly Refusal[] =>
  foreignKeys(entity, store)
    .filter((key) => key.targetColumns.length < key.target.key.length)
    .map((key) => ({
      path: `entities.${entity.name}.fields`,
      text: `a reference to ${key.target.name} must hold its whole key: ${key.target.key.map((field) => field.name).join(", ")}`,
      hint: "add a field with references: for each part, or give the target a key of one field",
    }));

const expiringUpserts = (store: StoreIr): readonly Refusal[] =>
  store.repositories.flatMap(({ workload, entity, methods }) =>
    methods.flatMap(({ method }) =>
      method.op === "upsert" && method.ttlMs !== undefined
        ? [
            {
              path: `workloads.${workload}.access.${entity.name}.${method.name}.ttl`,
              text: "rows do not expire by themselves",
              hint: "leave ttl: out and delete old rows, or let a key-value store be the authority",
            },
          ]
        : [],
    ),
  );

/** Search and vectors here are indexes of the authority's own rows. */
const foreignViews = (store: StoreIr): readonly Refusal[] =>
  store.views
    .filter((view) => view.port !== "cache" && view.sourceStore !== store.name)
    .map((view) => ({
      path: `workloads.${view.workload}.from`,
      text: `${view.entity?.name ?? "its source"} lives in another store, and no projector feeds this one in this release`,
      hint: "let the same store serve the entity and its view",
    }));
