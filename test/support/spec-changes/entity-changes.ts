/** Changes of a whole entity. */
import type { Alter } from "./field-changes.ts";
import { addEntity, addField, addReference, fieldsWhere, isDistinct, sqlOf } from "./fields.ts";
import {
  chance,
  columnOf,
  entityIn,
  type EntitySpec,
  type IndexSpec,
  newEntityName,
  newFieldName,
  pick,
  type Random,
  rowsIn,
  type World,
} from "./world.ts";

const rowsOfNew = 50;

const roots = (world: World): readonly string[] =>
  Object.keys(world.entities).filter((name) => entityIn(world, name).owner === undefined);

/** Entities that no other one refers to or is owned by. */
const leaves = (world: World): readonly string[] =>
  Object.keys(world.entities).filter((name) =>
    Object.values(world.entities).every(
      ({ owner, fields }) =>
        owner !== name && Object.values(fields).every(({ references }) => references !== name),
    ),
  );

const add: Alter = (random, world) => {
  if (Object.keys(world.entities).length >= 9) return undefined;
  const name = newEntityName(random, world);
  const target = pick(random, roots(world));
  addEntity(random, world, name, 3, rowsOfNew);
  if (target !== undefined && chance(random, 0.5))
    addReference(random, world, name, target, chance(random, 0.5));
  return { title: name };
};

/** An owned child: key of its root, and a number of its own. */
export function addChild(random: Random, world: World, owner: string, rows: number): string {
  const name = newEntityName(random, world);
  world.entities[name] = { owner, fields: {} };
  world.rows[name] = { origin: name, rows, columns: {} };
  addField(world, name, "lineNo", { type: "int", key: true }, { distinct: true, nulls: false });
  addField(
    world,
    name,
    newFieldName(random, world),
    { type: "text" },
    { distinct: true, nulls: false },
  );
  addField(
    world,
    name,
    newFieldName(random, world),
    { type: "int", nullable: true },
    { distinct: true, nulls: true },
  );
  addField(
    world,
    name,
    newFieldName(random, world),
    { type: "boolean", default: true },
    { distinct: false, nulls: false },
  );
  return name;
}

const child: Alter = (random, world) => {
  const owner = pick(random, roots(world));
  if (owner === undefined || Object.keys(world.entities).length >= 9) return undefined;
  return { title: addChild(random, world, owner, rowsOfNew) };
};

const drop: Alter = (random, world) => {
  const name = pick(random, leaves(world));
  if (name === undefined || roots(world).length < 3) return undefined;
  delete world.entities[name];
  for (const named of [world.rows, world.lists, world.searches]) delete named[name];
  return { title: name, destroys: true };
};

const rename: Alter = (random, world) => {
  const name = pick(random, Object.keys(world.entities));
  if (name === undefined) return undefined;
  const to = newEntityName(random, world);
  const over = <T>(all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).map(([key, each]) => [key === name ? to : key, each]));
  entityIn(world, name).was = name;
  world.entities = over(world.entities);
  world.rows = over(world.rows);
  world.lists = over(world.lists);
  world.searches = over(world.searches);
  for (const spec of Object.values(world.entities)) {
    if (spec.owner === name) spec.owner = to;
    for (const field of Object.values(spec.fields))
      if (field.references === name) field.references = to;
  }
  return { title: `${name} to ${to}` };
};

const map: Alter = (random, world) => {
  const name = pick(
    random,
    Object.keys(world.entities).filter((each) => entityIn(world, each).table === undefined),
  );
  if (name === undefined) return undefined;
  entityIn(world, name).table = columnOf(newFieldName(random, world), { type: "" });
  return { title: name };
};

const refer: Alter = (random, world) => {
  const entity = pick(random, Object.keys(world.entities));
  const target = pick(random, roots(world));
  if (entity === undefined || target === undefined) return undefined;
  const before = Object.keys(entityIn(world, entity).fields);
  addReference(random, world, entity, target, true);
  const added = Object.keys(entityIn(world, entity).fields).find((name) => !before.includes(name));
  return { title: `${entity}.${added} to ${target}` };
};

const columnsOf = {
  version: ["version"],
  audit: [],
  softDelete: ["deletedAt"],
  timestamps: ["createdAt", "updatedAt"],
} as const;

/** A switch of a root, on or off; off takes columns or the history with it, and on again they begin anew. */
function toggle(name: "version" | "audit" | "softDelete" | "timestamps", usual: boolean): Alter {
  return (random, world) => {
    const entity = pick(random, roots(world));
    if (entity === undefined) return undefined;
    const spec = entityIn(world, entity);
    const on = spec[name] ?? usual;
    spec[name] = !on;
    const origin = world.rows[entity]?.origin ?? entity;
    return {
      title: `${entity}, ${on ? "off" : "on"}`,
      rewrites: columnsOf[name].map((column) => `${origin}.#${column}`),
      ...(on && { destroys: true as const }),
    };
  };
}

const tenant: Alter = (random, world) => {
  const alone = roots(world).filter(
    (name) => leaves(world).includes(name) && hasNoReference(entityIn(world, name)),
  );
  const entity = pick(random, alone);
  if (entity === undefined) return undefined;
  const spec = entityIn(world, entity);
  if (spec.tenant === undefined) {
    spec.tenant = "tenantId";
    return { title: `${entity}, on` };
  }
  delete spec.tenant;
  return { title: `${entity}, off`, destroys: true };
};

const hasNoReference = ({ fields }: EntitySpec): boolean =>
  Object.values(fields).every(({ references }) => references === undefined);

/** Of a boolean brin knows no order. */
const oneMethod = (random: Random, type: string): "brin" | "hash" =>
  (pick(random, ["brin", "hash"] as const) ?? "brin") === "brin" && type !== "boolean"
    ? "brin"
    : "hash";

function someIndex(random: Random, world: World, entity: string): IndexSpec | undefined {
  const own = fieldsWhere(world, (_, __, of) => of === entity);
  const plain = own.filter(({ field: { type } }) => !["json", "array", "binary"].includes(type));
  const text = own.find(({ field: { type } }) => type === "string" || type === "text");
  const [one, two] = [pick(random, plain), pick(random, plain)];
  if (one === undefined || two === undefined) return undefined;
  const column = columnOf(one.name, one.field);
  const listed = own.find(({ field: { type } }) => type === "array" || type === "json");
  return pick<IndexSpec | undefined>(random, [
    { fields: [one.name] },
    { fields: [`-${one.name}`] },
    one.name === two.name ? undefined : { fields: [one.name, `-${two.name}`] },
    { fields: [one.name], where: `${column} is not null` },
    { fields: [one.name], method: oneMethod(random, one.field.type) },
    text && { expression: `lower(${columnOf(text.name, text.field)})` },
    listed && { fields: [listed.name], method: "gin" },
    isDistinct(one.field) && rowsIn(world, entity).columns[one.name]?.distinct === true
      ? { fields: [one.name], unique: true, where: `${column} is not null` }
      : undefined,
  ]);
}

const index: Alter = (random, world) => {
  const entity = pick(random, Object.keys(world.entities));
  const made = entity === undefined ? undefined : someIndex(random, world, entity);
  if (entity === undefined || made === undefined) return undefined;
  const spec = entityIn(world, entity);
  const same = (spec.indexes ?? []).some(
    (each) => JSON.stringify(each.fields) === JSON.stringify(made.fields),
  );
  if (same || (spec.indexes ?? []).length >= 4) return undefined;
  spec.indexes = [...(spec.indexes ?? []), made];
  return { title: `${entity}: ${JSON.stringify(made)}` };
};

const dropIndex: Alter = (random, world) => {
  const entity = pick(
    random,
    Object.keys(world.entities).filter((name) => (entityIn(world, name).indexes ?? []).length > 0),
  );
  if (entity === undefined) return undefined;
  const spec = entityIn(world, entity);
  const gone = pick(random, spec.indexes ?? []);
  spec.indexes = (spec.indexes ?? []).filter((each) => each !== gone);
  return {
    title: `${entity}: ${JSON.stringify(gone)}`,
    ...(gone?.unique === true && { loosens: true as const }),
  };
};

const together: Alter = (random, world) => {
  const chosen = pick(
    random,
    fieldsWhere(
      world,
      ({ type, nullable }, name, entity) =>
        rowsIn(world, entity).columns[name]?.distinct === true &&
        nullable !== true &&
        type !== "binary",
    ),
  );
  if (chosen === undefined) return undefined;
  const others = fieldsWhere(
    world,
    ({ type, nullable }, name, entity) =>
      entity === chosen.entity &&
      name !== chosen.name &&
      nullable !== true &&
      ["int", "boolean", "enum", "date"].includes(type),
  );
  const other = pick(random, others);
  const spec = entityIn(world, chosen.entity);
  if (other === undefined || (spec.unique ?? []).length > 0) return undefined;
  spec.unique = [[chosen.name, other.name]];
  return { title: `${chosen.entity}: ${chosen.name}, ${other.name}` };
};

const apart: Alter = (random, world) => {
  const entity = pick(
    random,
    Object.keys(world.entities).filter((name) => (entityIn(world, name).unique ?? []).length > 0),
  );
  if (entity === undefined) return undefined;
  entityIn(world, entity).unique = [];
  return { title: entity, loosens: true };
};

const check: Alter = (random, world) => {
  const chosen = pick(
    random,
    fieldsWhere(
      world,
      ({ type, column }) => (type === "string" || type === "text") && column === undefined,
    ),
  );
  if (chosen === undefined) return undefined;
  const spec = entityIn(world, chosen.entity);
  const column = columnOf(chosen.name, chosen.field);
  if (sqlOf(spec).includes(column)) return undefined;
  spec.checks = { ...spec.checks, [newFieldName(random, world)]: `char_length(${column}) >= 1` };
  return { title: `${chosen.entity}.${chosen.name}` };
};

const uncheck: Alter = (random, world) => {
  const entity = pick(
    random,
    Object.keys(world.entities).filter(
      (name) => Object.keys(entityIn(world, name).checks ?? {}).length > 0,
    ),
  );
  if (entity === undefined) return undefined;
  const spec = entityIn(world, entity);
  spec.checks = Object.fromEntries(Object.entries(spec.checks ?? {}).slice(1));
  return { title: entity };
};

/** A root is listed by one of its fields, or not any more. */
const list: Alter = (random, world) => {
  const fields = fieldsWhere(
    world,
    ({ type }, _, entity) =>
      entityIn(world, entity).owner === undefined &&
      ["uuid", "string", "int", "bigint", "enum", "boolean", "date"].includes(type),
  );
  const chosen = pick(random, fields);
  if (chosen === undefined) return undefined;
  const { entity, name } = chosen;
  const before = world.lists[entity] ?? [];
  world.lists[entity] = before.includes(name)
    ? before.filter((each) => each !== name)
    : [...before, name];
  return { title: `${entity}.${name}, ${before.includes(name) ? "off" : "on"}` };
};

/** The texts in which the rows of a root are searched. */
const search: Alter = (random, world) => {
  const texts = fieldsWhere(
    world,
    ({ type }, _, entity) =>
      entityIn(world, entity).owner === undefined && (type === "string" || type === "text"),
  );
  const chosen = pick(random, texts);
  if (chosen === undefined) return undefined;
  const { entity, name } = chosen;
  const before = world.searches[entity] ?? [];
  world.searches[entity] = before.includes(name)
    ? before.filter((each) => each !== name)
    : [...before, name].slice(-2);
  return { title: `${entity}: ${world.searches[entity].join(", ")}` };
};

const comment: Alter = (random, world) => {
  const entity = pick(random, Object.keys(world.entities));
  if (entity === undefined) return undefined;
  entityIn(world, entity).comment = `Rows of ${Math.floor(random() * 1000)} kinds -- all of them.`;
  return { title: entity };
};

export const entityChanges = {
  "entity added": add,
  "child added": child,
  "entity dropped": drop,
  "entity renamed": rename,
  "entity mapped": map,
  "reference added": refer,
  "version switched": toggle("version", false),
  "audit switched": toggle("audit", false),
  "softDelete switched": toggle("softDelete", false),
  "timestamps switched": toggle("timestamps", true),
  "tenant switched": tenant,
  "index added": index,
  "index dropped": dropIndex,
  "unique together": together,
  "not unique together": apart,
  "check added": check,
  "check dropped": uncheck,
  "list switched": list,
  "search switched": search,
  "entity commented": comment,
} as const satisfies Readonly<Record<string, Alter>>;
