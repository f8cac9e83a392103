import { columnName, tableName } from "../../ir/names.ts";
import type { EntityIr, RepositoryIr, StoreIr } from "../../ir/types.ts";
import { type FormerName, formerNames } from "./adapter/former.ts";

interface Problem {
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

/** What records in hashes do not carry; named instead of left out. What selection asks for by name is refused there. */
export function refuse(store: StoreIr): readonly Problem[] {
  return [
    ...store.repositories.flatMap(methodProblems),
    ...store.entities.filter(({ owner }) => owner === undefined).flatMap(entityProblems),
  ];
}

function methodProblems({ workload, entity, methods }: RepositoryIr): readonly Problem[] {
  return methods.flatMap(({ method }) => {
    const path = `workloads.${workload}.access.${entity.name}.${method.name}`;
    if ("bulk" in method && method.bulk)
      return [
        {
          path,
          text: `Redis changes one record at once: a bulk ${method.op} would not be all or nothing`,
          hint: "leave bulk out and write the records one by one, or let a relational store be the authority",
        },
      ];
    const field =
      method.op === "increment"
        ? entity.fields.find(({ name }) => name === method.field)
        : undefined;
    if (field?.type.kind !== "decimal") return [];
    return [
      {
        path,
        text: `Redis adds whole numbers and binary fractions, not the decimal ${field.name}`,
        hint: "count in the smallest unit as int or bigint",
      },
    ];
  });
}

function entityProblems(entity: EntityIr): readonly Problem[] {
  const path = `entities.${entity.name}`;
  const former = entity.was === undefined ? entity.table : tableName(entity.was);
  const hint =
    "leave it out, or make the workload transactional, so that a relational store is its authority";
  return [
    ...(entity.table === tableName(entity.name) && entity.table !== former
      ? [
          {
            path: `${path}.was`,
            text: `the keys of its records begin with ${former}, and would begin with ${entity.table}: no migration renames them`,
            hint: `table: ${former} keeps them; leave was: out when there are no records yet`,
          },
        ]
      : []),
    ...formerNames(entity).flatMap((name) => takenProblem(path, name)),
    ...(entity.keyless
      ? [
          {
            path,
            text: "an entity without key cannot be addressed in Redis",
            hint: "declare a key",
          },
        ]
      : []),
    ...entity.key
      .filter(({ source }) => source.generated === "database")
      .map(({ name }) => ({
        path: `${path}.fields.${name}.generated`,
        text: "Redis makes no keys",
        hint: "let the caller give the key, or use a uuid that the client makes",
      })),
    ...entity.children.map((child) => ({
      path: `entities.${child.entity.name}`,
      text: `a record in Redis owns no children: ${child.entity.name} belongs to ${entity.name}`,
      hint: "keep them in a json field, or make the workload transactional",
    })),
    ...entity.indexes.map((index) => ({
      path: `${path}.indexes`,
      text: `index ${index.name}: records in Redis are found by their key alone`,
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
  ];
}

/** No migration renames what a record holds: it stays readable only while its names are nobody else's. */
function takenProblem(entity: string, { field, former, takenBy }: FormerName): readonly Problem[] {
  if (takenBy === undefined) return [];
  const path = `${entity}.fields.${field.name}.was`;
  const own = takenBy.source.was;
  const other = own === undefined ? "another column: on" : `column: ${columnName(own)} on`;
  return [
    {
      path,
      text: `records of before hold ${field.name} as ${former}, which is ${takenBy.name} now: of a record nobody could tell whose value it is, and no migration renames it`,
      hint: `column: ${former} on ${field.name} and ${other} ${takenBy.name} keep both apart in all records; leave was: out when none of before is left`,
    },
  ];
}
