import { keptName, tableName } from "../../ir/names.ts";
import type { EntityIr, FieldIr, RepositoryIr, StoreIr } from "../../ir/types.ts";
import { columnsOf } from "./adapter/codec.ts";

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
    ...sharedNames(path, entity),
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

/** Fields that a record would hold under one name: a renamed one has its former name there. */
function sharedNames(entity: string, of: EntityIr): readonly Problem[] {
  const { given, managed } = columnsOf(of);
  const named = Map.groupBy([...given, ...managed], ({ source }) => keptName(source));
  return [...named].flatMap(([name, fields]) => {
    const renamed = fields.find(isRenamed);
    if (renamed === undefined) return [];
    return fields
      .filter((field) => field !== renamed)
      .map((other) => ({
        path: `${entity}.fields.${renamed.name}.was`,
        text: `records hold ${renamed.name} as ${name}, its former name, since no migration renames it; ${other.name} would be held as ${name}, too`,
        hint: `another column: on ${other.name} keeps both apart`,
      }));
  });
}

const isRenamed = ({ source }: FieldIr): boolean =>
  source.was !== undefined && source.column === undefined;
