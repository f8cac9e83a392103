import { identifierBytes } from "../../ir/names.ts";
import type { EntityIr, FieldIr, IndexIr, StoreIr } from "../../ir/types.ts";
import { foreignKeys } from "../families/sql/foreign-keys.ts";
import { columns, tenantOf } from "../families/sql/naming.ts";
import { tenantKeyOf } from "../families/sql/tenant-keys.ts";
import { historyColumns, liveColumn, operationTable } from "./ddl/naming.ts";
import { keyBytes } from "./ddl/index-shape.ts";
import { searchColumn } from "./ddl/search.ts";
import type { Dialect } from "./dialect.ts";
import { unrecordedActions } from "./refuse-actions.ts";
import { sharedConstraintNames } from "./refuse-names.ts";
import { parsed } from "./schema/parsed-type.ts";
import { expressionProblem } from "./sql/expression.ts";
import { literal } from "./sql/quote.ts";
import { isMadeByServer } from "./statements/saved.ts";
import { columnBytes, isUnlimited, rowBytes } from "./types.ts";

/** A part of the spec that this engine cannot carry. */
export interface Refusal {
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

/** Every problem that a migration or a statement would meet; found before anything is written. */
export const refuse = (store: StoreIr, dialect: Dialect): readonly Refusal[] => [
  ...store.entities.flatMap((entity) => [
    ...nameProblems(entity, store),
    ...expressions(entity),
    ...indexes(entity, dialect),
    ...entity.fields.flatMap((field) => fieldLimits(entity, field)),
    ...keys(entity, store),
    ...rowSize(entity),
    ...children(entity),
    ...references(entity, store),
    ...emptiedReferences(entity, store),
    ...unrecordedActions(entity, store),
  ]),
  ...sharedConstraintNames(store, dialect),
  ...methods(store, dialect),
  ...views(store),
];

function nameProblems(entity: EntityIr, store: StoreIr): readonly Refusal[] {
  const path = `entities.${entity.name}`;
  const ownTables = [operationTable, "schema_migration"];
  const searched = store.views.flatMap((view) =>
    view.port === "search" && view.entity === entity
      ? view.fields.map(({ field }) => searchColumn(field))
      : [],
  );
  const ownColumns = new Set([
    ...(entity.deletedAt === undefined ? [] : [liveColumn]),
    ...searched,
  ]);
  const history = new Set<string>(entity.audit ? historyColumns : []);
  const clashes = entity.fields.filter(
    (field) => ownColumns.has(field.column) || (field.key && history.has(field.column)),
  );
  const names = [
    { at: `${path}.table`, name: entity.table, key: "table" },
    ...entity.fields.map((field) => ({
      at: `${path}.fields.${field.name}`,
      name: field.column,
      key: "column",
    })),
  ];
  return [
    ...names.flatMap(({ at, name, key }) => {
      const problem = nameProblem(name);
      return problem === undefined
        ? []
        : [
            {
              path: at,
              text: `${key} ${JSON.stringify(name)} ${problem}`,
              hint: `name another: ${key}:`,
            },
          ];
    }),
    ...(ownTables.includes(entity.table)
      ? [
          {
            path: `${path}.table`,
            text: `table ${entity.table} is the data layer's own`,
            hint: "name another: table:",
          },
        ]
      : []),
    ...clashes.map((field) => ({
      path: `${path}.fields.${field.name}`,
      text: `column ${field.column} is one that this engine makes itself`,
      hint: "name another: column:",
    })),
  ];
}

/** Why a table or a column cannot be called so, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (Buffer.byteLength(name, "utf8") > identifierBytes)
    return `is longer than ${identifierBytes} bytes`;
  if (/\s$/.test(name)) return "ends with a blank, which the server does not take";
  // A statement's parameters are found in its fragments, quoted names included.
  return /\{0\}|\0|[\u{10000}-\u{10ffff}]/u.test(name)
    ? "holds what no name of this engine can"
    : undefined;
}

/** What a change of the row sets stands behind the default, and is no part of its expression. */
const setOnUpdate = / on update current_timestamp(?:\([1-6]\))?$/i;

/** SQL of the user stands inside a statement of ours: it must be one expression. */
function expressions(entity: EntityIr): readonly Refusal[] {
  const path = `entities.${entity.name}`;
  const parts = [
    ...entity.fields.flatMap(({ name, source: { storedDefault } }) =>
      storedDefault === undefined
        ? []
        : [
            {
              at: `${path}.fields.${name}.stored`,
              name: `default of ${name}`,
              sql: storedDefault.replace(setOnUpdate, ""),
            },
          ],
    ),
    ...entity.checks.map((check) => ({
      at: check.path,
      name: `check ${check.name}`,
      sql: check.condition,
    })),
    ...entity.indexes.flatMap((index) =>
      index.terms.flatMap((term) =>
        "expression" in term
          ? [
              {
                at: `${path}.indexes`,
                name: `expression of index ${index.name}`,
                sql: term.expression,
              },
            ]
          : [],
      ),
    ),
  ];
  return parts.flatMap(({ at, name, sql }) => {
    const problem = expressionProblem(sql);
    return problem === undefined
      ? []
      : [
          {
            path: at,
            text: `${name} ${problem}`,
            hint: "write one SQL expression over the table's columns",
          },
        ];
  });
}

function indexes(entity: EntityIr, { expressionIndexes }: Dialect): readonly Refusal[] {
  const path = `entities.${entity.name}.indexes`;
  return entity.indexes.flatMap((index): readonly Refusal[] => {
    if (index.method === "fulltext") return fulltext(index, path);
    if (index.method !== undefined && index.method !== "btree")
      return [
        {
          path,
          text: `index ${index.name} wants the method ${index.method}, which this engine has not`,
          hint: "leave method: out; filters by an element of an array get their index by themselves",
        },
      ];
    if (index.unique && index.where !== undefined)
      return [
        {
          path,
          text: `unique index ${index.name} has a condition, and this engine has no partial index`,
          hint: "leave where: out, or use softDelete, whose unique keys hold among the rows that are there",
        },
      ];
    return !expressionIndexes && index.terms.some((term) => "expression" in term)
      ? [
          {
            path,
            text: `index ${index.name} is over an expression, which this engine has not`,
            hint: "give the entity a field that holds the value",
          },
        ]
      : [];
  });
}

/** MY-11: over texts as they are stored. */
function fulltext({ name, terms }: IndexIr, path: string): readonly Refusal[] {
  const wrong = terms.find(
    (term) => !("field" in term) || !["string", "text"].includes(term.field.type.kind),
  );
  return wrong === undefined
    ? []
    : [
        {
          path,
          text: `full text index ${name} is over something that is no text`,
          hint: "name fields of type string or text",
        },
      ];
}

/** A type as the server writes it: a word, limits or a list of texts, a sign, a character set with its collation. */
const nativeType =
  /^[a-z]\w*(?:\((?:\d+(?:,\d+)?|'(?:[^'\\\0]|'')*'(?:,'(?:[^'\\\0]|'')*')*)\))?(?: unsigned)?(?: zerofill)?(?: character set \w+ collate \w+)?$/;

function fieldLimits(entity: EntityIr, { name, type }: FieldIr): readonly Refusal[] {
  const path = `entities.${entity.name}.fields.${name}`;
  if (type.native !== undefined && !nativeType.test(type.native))
    return [
      {
        path: `${path}.stored`,
        text: `${JSON.stringify(type.native)} does not read as a column type`,
        hint: "write it as the server does: int unsigned, enum('a','b'), varchar(40) character set latin1 collate latin1_bin",
      },
    ];
  if (type.kind === "enum" && type.native !== undefined) {
    const words = wordsProblem(type.values, type.native);
    if (words !== undefined) return [{ path: `${path}.values`, ...words }];
  }
  if (type.kind === "decimal" && (type.precision > 65 || type.scale > 30))
    return [
      {
        path,
        text: `decimal (${type.precision}, ${type.scale}) has more digits than this engine keeps`,
        hint: "at most precision: 65, scale: 30",
      },
    ];
  if (type.kind === "vector" && type.dimensions > 16_383)
    return [
      {
        path,
        text: `${type.dimensions} dimensions are more than a row holds`,
        hint: "at most dimensions: 16383",
      },
    ];
  return [];
}

/** A type of the server that lists its values, and a field that names others: no statement would make them one. */
function wordsProblem(
  values: readonly string[],
  native: string,
): Pick<Refusal, "text" | "hint"> | undefined {
  const { name, words, collated } = parsed(native);
  if (name !== "enum") return undefined;
  const missing = values.filter((value) => !words.includes(value));
  const left = words.filter((word) => !values.includes(word));
  if (missing.length + left.length === 0) return undefined;
  const listed = (texts: readonly string[]): string => texts.map(literal).join(", ");
  return {
    text:
      missing.length > 0
        ? `stored type ${native} has no ${listed(missing)}`
        : `stored type ${native} has ${listed(left)} besides`,
    hint: `change both: stored: { type: ${JSON.stringify(`enum(${values.map(literal).join(",")})${collated}`)} }`,
  };
}

/** Keys and unique keys compare whole values: MY-01. */
function keys(entity: EntityIr, store: StoreIr): readonly Refusal[] {
  const path = `entities.${entity.name}`;
  const tenant = tenantKeyOf(entity, store) === undefined ? undefined : tenantOf(entity, store);
  const all = [
    { name: "the key", fields: entity.key },
    ...(tenant === undefined
      ? []
      : [{ name: "the key with its tenant", fields: [tenant, ...entity.key] }]),
    ...entity.unique.map(({ name, fields }) => ({ name, fields })),
  ];
  return all.flatMap(({ name, fields }) => {
    const wide = fields.filter(({ type }) => isUnlimited(type) || type.kind === "array");
    const bytes = fields.reduce((sum, { type }) => sum + columnBytes(type), 0);
    if (wide.length === 0 && bytes <= keyBytes) return [];
    return [
      {
        path,
        text: `${name} (${columns(fields).join(", ")}) is longer than the ${keyBytes} bytes of a key`,
        hint: `use type string with max: up to ${Math.floor(keyBytes / 4)} in all`,
      },
    ];
  });
}

function rowSize(entity: EntityIr): readonly Refusal[] {
  const bytes = entity.fields.reduce((sum, { type }) => sum + columnBytes(type), 0);
  return bytes <= rowBytes
    ? []
    : [
        {
          path: `entities.${entity.name}`,
          text: `the columns of ${entity.table} take ${bytes} bytes, and a row holds ${rowBytes}`,
          hint: "use type text, which lies apart from its row, for the longest strings",
        },
      ];
}

/** Children keep no history of their own, and the tenant is their root's. */
const children = (entity: EntityIr): readonly Refusal[] =>
  entity.owner !== undefined && entity.audit
    ? [
        {
          path: `entities.${entity.name}.audit`,
          text: "an owned child is recorded with its root",
          hint: `set audit: true on ${entity.owner}`,
        },
      ]
    : [];

/** A foreign key needs the whole key of its target. */
const references = (entity: EntityIr, store: StoreIr): readonly Refusal[] =>
  foreignKeys(entity, store)
    .filter((key) => key.targetColumns.length < key.target.key.length)
    .map((key) => ({
      path: `entities.${entity.name}.fields`,
      text: `a reference to ${key.target.name} must hold its whole key: ${key.target.key.map((field) => field.name).join(", ")}`,
      hint: "add a field with references: for each part, or give the target a key of one field",
    }));

/** `on delete set null` empties every column of a key here, and no row may lose its tenant (MY-26). */
const emptiedReferences = (entity: EntityIr, store: StoreIr): readonly Refusal[] =>
  foreignKeys(entity, store)
    .filter((key) => key.onDelete === "set-null" && key.columns.length > key.reference.length)
    .map(({ reference, target }) => {
      const held = entity.fields.find(({ column }) => column === reference[0])?.name ?? "";
      return {
        path: `entities.${entity.name}.fields.${held}.onDelete`,
        text: `a reference to ${target.name} within a tenant cannot become null by itself: the row would lose its tenant, too`,
        hint: "use restrict, and empty the references before the delete, in the same transaction; or cascade",
      };
    });

function methods(store: StoreIr, { returning }: Dialect): readonly Refusal[] {
  return store.repositories.flatMap(({ workload, entity, methods: declared }) =>
    declared.flatMap(({ method }): readonly Refusal[] => {
      const path = `workloads.${workload}.access.${entity.name}.${method.name}`;
      if (method.op === "upsert" && method.ttlMs !== undefined)
        return [
          {
            path: `${path}.ttl`,
            text: "rows do not expire by themselves",
            hint: "leave ttl: out and delete old rows, or let a key-value store be the authority",
          },
        ];
      const bulk = (method.op === "insert" || method.op === "upsert") && method.bulk;
      const told = returning && entity.children.length === 0 && method.op === "insert";
      return bulk && !told && entity.key.some(isMadeByServer)
        ? [
            {
              path,
              text: "the server does not tell the keys that it makes for many rows",
              hint: "let the client make the key: type uuid, or bulk: false",
            },
          ]
        : [];
    }),
  );
}

const views = (store: StoreIr): readonly Refusal[] =>
  store.views
    .filter((view) => view.port !== "cache" && view.sourceStore !== store.name)
    .map((view) => ({
      path: `workloads.${view.workload}.from`,
      text: `${view.entity?.name ?? "its source"} lives in another store, and this engine takes no copies`,
      hint: "let the same store serve the entity and its view",
    }));
