import type { EntityIr, StoreIr } from "../../ir/types.ts";
import { served } from "./repository.ts";

interface Problem {
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

/** What this release's adapter does not carry; named instead of left out. */
export function refuse(store: StoreIr): readonly Problem[] {
  const methods = store.repositories.flatMap(({ workload, entity, methods: declared }) =>
    declared
      .filter(
        ({ method }) => !served.some((op) => op === method.op) || ("bulk" in method && method.bulk),
      )
      .map(({ method }) => ({
        path: `workloads.${workload}.access.${entity.name}.${method.name}`,
        text: `MongoDB serves ${served.join(", ")} in this release, not ${"bulk" in method && method.bulk ? "bulk " : ""}${method.op}`,
        hint: "leave the method out, or let a relational store be the authority: stores.never: [mongodb]",
      })),
  );
  return [...methods, ...store.entities.flatMap(entityProblems)];
}

function entityProblems(entity: EntityIr): readonly Problem[] {
  const path = `entities.${entity.name}`;
  const hint = "leave it out, or let a relational store be the authority: stores.never: [mongodb]";
  const sql = entity.indexes.filter(
    (index) => index.where !== undefined || index.terms.some((term) => "expression" in term),
  );
  return [
    ...nameProblems(entity),
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
    ...(entity.audit
      ? [
          {
            path: `${path}.audit`,
            text: "the audit history is not served by MongoDB in this release",
            hint,
          },
        ]
      : []),
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

/** Operation ids, the ledger of migrations and its lock. */
const ownCollections: ReadonlySet<string> = new Set([
  "operation",
  "schema_migration",
  "schema_migration_lock",
]);

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
