import type { EntityIr, RepositoryIr, StoreIr } from "../../ir/types.ts";
import { apartOf, ownerProperty } from "./children.ts";
import { expires, expiryColumn, madeKeys } from "./fields.ts";

interface Problem {
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

/** What MongoDB does not carry; named instead of left out. */
export const refuse = (store: StoreIr): readonly Problem[] => [
  ...store.entities.flatMap((entity) => entityProblems(entity)),
  ...store.repositories.flatMap(repositoryProblems),
];

/** A property that the adapter adds, a key that the store cannot make. */
function repositoryProblems(repository: RepositoryIr): readonly Problem[] {
  const { entity } = repository;
  const path = `entities.${entity.name}`;
  const taken = entity.fields.filter(({ column }) => column === expiryColumn);
  const made = entity.key.filter(({ source }) => source.generated === "database");
  return [
    ...(expires(repository) ? taken : []).map(({ name }) => ({
      path: `${path}.fields.${name}`,
      text: `"${expiryColumn}" is the property that a ttl is kept in`,
      hint: "give column: another name",
    })),
    ...(made.length > 0 && madeKeys(entity) === undefined
      ? [
          {
            path: `${path}.fields.${made[0]?.name ?? ""}.generated`,
            text: "MongoDB makes a key of one field, not a part of a composite one",
            hint: "let the caller give it, or declare a key of one field",
          },
        ]
      : []),
  ];
}

function entityProblems(entity: EntityIr): readonly Problem[] {
  const path = `entities.${entity.name}`;
  const apart = apartOf(entity);
  const hint = "leave it out, or let a relational store be the authority: stores.never: [mongodb]";
  const sql = entity.indexes.filter(
    (index) => index.where !== undefined || index.terms.some((term) => "expression" in term),
  );
  return [
    ...typeProblems(entity),
    ...nameProblems(entity),
    ...(entity.audit ? apart : []).map((child) => ({
      path: `entities.${child.entity.name}.perOwner`,
      text: `${child.property} of ${entity.name} are kept in a collection of their own, which the history of ${entity.name} does not hold`,
      hint: "leave out audit:, or perOwner: when the list is small enough for its root",
    })),
    ...apart.flatMap(({ entity: owned }) =>
      owned.fields
        .filter(({ column, source }) => column === ownerProperty && source.role !== "ownerKey")
        .map(({ name }) => ({
          path: `entities.${owned.name}.fields.${name}`,
          text: `"${ownerProperty}" is the property that holds the root's key`,
          hint: "give column: another name",
        })),
    ),
    ...sql.map((index) => ({
      path: `${path}.indexes`,
      text: `index ${index.name} has a SQL condition or expression, which MongoDB does not read`,
      hint,
    })),
    ...entity.checks.map((check) => ({
      path: `${path}.checks.${check.name}`,
      text: "a check is a SQL condition, which MongoDB does not read",
      hint,
    })),
    ...entity.fields
      .filter(
        ({ source }) => source.type.native !== undefined || source.storedDefault !== undefined,
      )
      .map(({ name }) => ({
        path: `${path}.fields.${name}.stored`,
        text: "stored: is for columns of an existing SQL schema",
        hint: "leave it out",
      })),
    ...(entity.keyless
      ? [
          {
            path,
            text: "an entity without key cannot be addressed in MongoDB",
            hint: "declare a key",
          },
        ]
      : []),
  ];
}

/** Operation ids, made keys, the ledger of migrations and its lock. */
const ownCollections: ReadonlySet<string> = new Set([
  "operation",
  "sequence",
  "schema_migration",
  "schema_migration_lock",
]);

/** The driver's type of what a collection holds stands beside the entity's own in its adapter. */
const typeProblems = ({ name }: EntityIr): readonly Problem[] =>
  name === "Document"
    ? [
        {
          path: `entities.${name}`,
          text: `"${name}" is a type of MongoDB's driver that generated code refers to`,
          hint: "give the entity a fuller name and keep its collection with table:",
        },
      ]
    : [];

/** A dot in a property leads into it and a dollar starts an operator; collections beginning with `system.` are the server's. */
function nameProblems({ name, table, fields }: EntityIr): readonly Problem[] {
  const path = `entities.${name}`;
  const columns = fields
    .filter(({ column }) => column === "" || column.includes(".") || column.startsWith("$"))
    .map((field) => ({
      path: `${path}.fields.${field.name}.column`,
      text: `"${field.column}" is no name of a property in MongoDB: it is empty, holds a dot or starts with a dollar`,
      hint: "give column: another name",
    }));
  if (ownCollections.has(table))
    return [
      {
        path: `${path}.table`,
        text: `"${table}" is a collection of the data layer itself`,
        hint: "give table: another name",
      },
      ...columns,
    ];
  if (table !== "" && !table.includes("$") && !table.startsWith("system.")) return columns;
  const text = `"${table}" is no name of a collection in MongoDB: it is empty, holds a dollar or starts with system.`;
  return [{ path: `${path}.table`, text, hint: "give table: another name" }, ...columns];
}
