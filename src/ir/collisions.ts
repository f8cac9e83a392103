import { asOfName, fileStem, reservedTypeName, storeProperty } from "./names.ts";
import { prototypeKeys, reservedProperties, reservedWords } from "./reserved.ts";
import { engineTypeNames } from "./type-names.gen.ts";
import type { EntityIr, Ir, RepositoryIr, StoreIr } from "./types.ts";

/** A name that cannot be used, or two things that would get one: never merged silently. */
export interface NameProblem {
  /** Where in the spec: `entities.Order.fields.userID`. */
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

interface Named {
  readonly path: string;
  readonly name: string;
  /** What people know it by, where its path is not written in a spec. */
  readonly title?: string;
}

/** Every clash among the names that the Ir made: files, types, properties, columns, tables and indexes. Case is no difference. */
export function nameProblems(ir: Ir): readonly NameProblem[] {
  return [
    ...claims(ir).flatMap(([kind, names]) => clashes(kind, names)),
    ...types(ir)
      .filter(({ name }) => reservedTypeName(name))
      .map(taken),
    ...layerProperties(ir)
      .filter(({ name }) => reservedWords.has(name) && !reservedProperties.has(name))
      .map(({ path, name }) => ({
        path,
        text: `"${name}" is a word of TypeScript`,
        hint: "give it a fuller name",
      })),
    ...ir.entities.flatMap(fieldProblems),
    ...ir.stores.flatMap((store) => [
      ...store.repositories.flatMap(methodProblems),
      ...hidingTypes(store).map(taken),
    ]),
  ];
}

/** By kind of name: what no two parts of a spec may be called, in lower case. */
export const claimedNames = (ir: Ir): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    claims(ir).map(([kind, names]) => [
      kind,
      [...new Set(names.map(({ name }) => name.toLowerCase()))],
    ]),
  );

const claims = (ir: Ir): readonly (readonly [kind: string, names: readonly Named[]])[] => [
  ["file", ir.entities.map(({ name, file }) => ({ path: `entities.${name}`, name: file }))],
  ["file of a port", ports(ir)],
  ["type", types(ir)],
  ["property of the data layer", layerProperties(ir)],
  ...ir.stores.map((store) => [`table or index of store ${store.name}`, relations(store)] as const),
];

/** Reports the second and every later holder of a name. */
function clashes(kind: string, all: readonly Named[]): readonly NameProblem[] {
  const first = new Map<string, Named>();
  return all.flatMap((one) => {
    const folded = one.name.toLowerCase();
    const other = first.get(folded);
    if (other === undefined) first.set(folded, one);
    return other === undefined || other.path === one.path
      ? []
      : [
          {
            path: one.path,
            text: `${titleOf(other)} and ${titleOf(one)} would both be the ${kind} "${one.name}"`,
            hint: "rename one of them, or give it a name of its own where the spec allows one (table:, column:, stores: { names: … })",
          },
        ];
  });
}

const titleOf = ({ path, title = path }: Named): string => title;

function types({ entities, stores }: Ir): readonly Named[] {
  const ofEntities = entities.flatMap((entity) => {
    const path = `entities.${entity.name}`;
    const own = [
      entity.name,
      ...(entity.newType === entity.name ? [] : [entity.newType]),
      ...(entity.idType === undefined ? [] : [entity.idType]),
      ...(entity.key.length > 1 ? [entity.keyType] : []),
    ].map((name) => ({ path, name }));
    const ofFields = [...entity.enums, ...entity.jsonTypes].map(({ typeName, field }) => ({
      path: `${path}.fields.${field}`,
      name: typeName,
    }));
    return [...own, ...ofFields];
  });
  const ofPorts = stores.flatMap((store) => [
    ...store.repositories.flatMap((repository) => [
      { path: accessPath(repository), name: repository.typeName },
      ...repository.methods.flatMap(({ method, types: made }) =>
        made.map(({ name }) => ({ path: `${accessPath(repository)}.${method.name}`, name })),
      ),
    ]),
    ...store.views.map((view) => ({ path: `workloads.${view.workload}`, name: view.typeName })),
    ...(store.structures ?? []).flatMap(({ workload, typeName, structures }) => [
      { path: `workloads.${workload}`, name: typeName },
      ...structures
        .filter(({ schema }) => schema !== undefined)
        .map(({ name, valueType }) => ({
          path: `workloads.${workload}.structures.${name}`,
          name: valueType,
        })),
    ]),
  ]);
  return [...ofEntities, ...ofPorts];
}

const accessPath = ({ workload, entity }: RepositoryIr): string =>
  `workloads.${workload}.access.${entity.name}`;

const ports = ({ stores }: Ir): readonly Named[] =>
  stores.flatMap((store) => [
    ...store.repositories.map((one) => ({ path: accessPath(one), name: one.file })),
    ...store.views.map((view) => ({
      path: `workloads.${view.workload}`,
      name: fileStem(view.workload),
    })),
    ...(store.structures ?? []).flatMap(({ workload, file }) => [
      { path: "the structures' own port", name: "structures" },
      { path: `workloads.${workload}`, name: file },
    ]),
  ]);

const taken = ({ path, name }: Named): NameProblem => ({
  path,
  text: `${name} is the name of a type that generated code uses`,
  hint: "give it a fuller name and keep the table with table:",
});

/** Entities of a store that are called as a type which the adapters of its engine import. */
function hidingTypes({ engine, repositories, views }: StoreIr): readonly Named[] {
  const names = new Set(engineTypeNames[engine]);
  const held = [...repositories, ...views].flatMap(({ entity }) => entity ?? []);
  return withChildren(new Set(held))
    .filter(({ name }) => names.has(name))
    .map(({ name }) => ({ path: `entities.${name}`, name }));
}

const withChildren = (entities: Iterable<EntityIr>): readonly EntityIr[] =>
  [...entities].flatMap((entity) => [
    entity,
    ...withChildren(entity.children.map((child) => child.entity)),
  ]);

function layerProperties({ stores }: Ir): readonly Named[] {
  return [
    ...[...reservedProperties].map((name) => ({ path: "the data layer itself", name })),
    ...stores.map((store) => ({
      path: `stores.names.${store.name}`,
      name: storeProperty(store.name),
      title: `the store "${store.name}"`,
    })),
    ...stores.flatMap((store) => [
      ...store.repositories.map((one) => ({ path: accessPath(one), name: one.entity.property })),
      ...store.views.map((view) => ({ path: `workloads.${view.workload}`, name: view.property })),
      ...(store.structures ?? []).map(({ workload, property }) => ({
        path: `workloads.${workload}`,
        name: property,
      })),
    ]),
  ];
}

function fieldProblems(entity: EntityIr): readonly NameProblem[] {
  const path = (name: string): string => `entities.${entity.name}.fields.${name}`;
  const columns = entity.fields.map((field) => ({ path: path(field.name), name: field.column }));
  const properties = [
    ...entity.fields
      .filter((field) => field.visible)
      .map((field) => ({ path: path(field.name), name: field.name })),
    ...entity.children.map((child) => ({
      path: `entities.${child.entity.name}`,
      name: child.property,
    })),
  ];
  const prototype = entity.fields
    .filter((field) => prototypeKeys.has(field.name))
    .map((field) => ({
      path: path(field.name),
      text: `"${field.name}" belongs to every object`,
      hint: "rename the field; column: keeps the column",
    }));
  return [...prototype, ...clashes("column", columns), ...clashes("property", properties)];
}

/** Methods of one repository, those that come with another included. */
function methodProblems(repository: RepositoryIr): readonly NameProblem[] {
  const all = repository.methods.flatMap(({ method, batch, asOf }) => [
    { path: `${accessPath(repository)}.${method.name}`, name: method.name },
    ...(batch === undefined
      ? []
      : [{ path: `the batch read of ${method.name}`, name: batch.name }]),
    ...(asOf === undefined ? [] : [{ path: `the past read of ${method.name}`, name: asOfName }]),
  ]);
  return clashes("method", all);
}

/** Tables and indexes share one name space in the strictest store. */
function relations(store: StoreIr): readonly Named[] {
  return store.entities.flatMap((entity) => {
    const path = `entities.${entity.name}`;
    return [
      { path: `${path}.table`, name: entity.table },
      ...(entity.historyTable === undefined
        ? []
        : [{ path: `${path}.audit`, name: entity.historyTable }]),
      ...entity.indexes.map((index, at) => ({ path: `${path}.indexes[${at}]`, name: index.name })),
      ...entity.unique.map((one, at) => ({ path: `${path}.unique[${at}]`, name: one.name })),
    ];
  });
}
