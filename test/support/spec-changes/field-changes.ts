/** Changes of one field. */
import {
  chance,
  columnOf,
  entityIn,
  type FieldSpec,
  newFieldName,
  pick,
  type Random,
  rowsIn,
  type World,
} from "./world.ts";
import {
  addField,
  type Candidate,
  fieldsWhere,
  isHeld,
  mentions,
  someDefault,
  someField,
  sqlOf,
} from "./fields.ts";

/** What a change did to the world that it was given; undefined when nothing there fits it. */
export interface Done {
  readonly title: string;
  /** Data goes for good: a step has to say so. */
  readonly destroys?: true;
  /** Rows may come to break what the schema before asked of them. */
  readonly loosens?: true;
  /** Columns, by id, whose values may change. */
  readonly rewrites?: readonly string[];
  /** A field, by entity and name, whose rows need a value that the spec does not give. */
  readonly fills?: { readonly entity: string; readonly field: string };
}

export type Alter = (random: Random, world: World) => Done | undefined;

const idOf = (world: World, { entity, name }: Candidate): string =>
  rowsIn(world, entity).columns[name]?.id ?? name;

/** One of the fields that fit, changed in place. */
function alter(
  fits: (field: FieldSpec, name: string, entity: string, world: World) => boolean,
  change: (chosen: Candidate, random: Random, world: World) => Omit<Done, "title"> | undefined,
): Alter {
  return (random, world) => {
    const chosen = pick(
      random,
      fieldsWhere(world, (field, name, entity) => fits(field, name, entity, world)),
    );
    const done = chosen && change(chosen, random, world);
    return done && { title: `${chosen.entity}.${chosen.name}`, ...done };
  };
}

const addNullable: Alter = (random, world) => {
  const entity = pick(random, Object.keys(world.entities));
  if (entity === undefined) return undefined;
  const name = newFieldName(random, world);
  addField(
    world,
    entity,
    name,
    { ...someField(random), nullable: true },
    { distinct: false, nulls: true },
  );
  return { title: `${entity}.${name}` };
};

const addWithDefault: Alter = (random, world) => {
  const entity = pick(random, Object.keys(world.entities));
  const field = someField(random);
  const value = someDefault(random, field);
  if (entity === undefined || value === undefined) return undefined;
  const name = newFieldName(random, world);
  addField(world, entity, name, { ...field, default: value }, { distinct: false, nulls: false });
  return { title: `${entity}.${name}` };
};

/** Needs a value from its user. */
const addRequired: Alter = (random, world) => {
  const entity = pick(random, Object.keys(world.entities));
  const field = someField(random);
  if (entity === undefined) return undefined;
  const name = newFieldName(random, world);
  addField(world, entity, name, field, { distinct: false, nulls: false });
  return { title: `${entity}.${name}` };
};

const drop = alter(
  (_, __, entity, world) =>
    Object.values(entityIn(world, entity).fields).filter(({ key }) => key !== true).length > 2,
  (chosen, _, world) => {
    const { entity, name, field } = chosen;
    const spec = entityIn(world, entity);
    const column = columnOf(name, field);
    spec.indexes = (spec.indexes ?? []).filter(
      ({ fields = [], where = "", expression = "" }) =>
        !fields.some((term) => term.replace("-", "") === name) &&
        !mentions(`${where} ${expression}`, column),
    );
    spec.unique = (spec.unique ?? []).filter((group) => !group.includes(name));
    spec.checks = Object.fromEntries(
      Object.entries(spec.checks ?? {}).filter(([, condition]) => !mentions(condition, column)),
    );
    delete spec.fields[name];
    delete rowsIn(world, entity).columns[name];
    for (const named of [world.lists, world.searches])
      named[entity] = (named[entity] ?? []).filter((each) => each !== name);
    return { destroys: true };
  },
);

function renamed(
  { entity, name, field }: Candidate,
  random: Random,
  world: World,
): Omit<Done, "title"> {
  const to = newFieldName(random, world);
  const spec = entityIn(world, entity);
  const [before, after] = [columnOf(name, field), columnOf(to, field)];
  const renamed = { ...field, was: name };
  spec.fields = Object.fromEntries(
    Object.entries(spec.fields).map(([key, each]) => (key === name ? [to, renamed] : [key, each])),
  );
  const word = new RegExp(`\\b${before}\\b`, "g");
  spec.indexes = (spec.indexes ?? []).map(({ fields, where, expression, ...rest }) => ({
    ...rest,
    ...(fields && {
      fields: fields.map((term) =>
        term.replace("-", "") === name ? term.replace(name, to) : term,
      ),
    }),
    ...(where !== undefined && { where: where.replaceAll(word, after) }),
    ...(expression !== undefined && { expression: expression.replaceAll(word, after) }),
  }));
  spec.unique = (spec.unique ?? []).map((group) =>
    group.map((each) => (each === name ? to : each)),
  );
  spec.checks = Object.fromEntries(
    Object.entries(spec.checks ?? {}).map(([key, condition]) => [
      key,
      condition.replaceAll(word, after),
    ]),
  );
  for (const named of [world.lists, world.searches])
    named[entity] = (named[entity] ?? []).map((each) => (each === name ? to : each));
  const rows = rowsIn(world, entity).columns;
  const { [name]: known } = rows;
  if (known !== undefined) rows[to] = known;
  delete rows[name];
  return {};
}

const rename = alter(() => true, renamed);

/** The key of a root, or a child's own part of it: what refers to it follows. */
const renameKey: Alter = (random, world) => {
  const keys = Object.entries(world.entities).flatMap(([entity, { fields }]) =>
    Object.entries(fields).flatMap(([name, field]) =>
      field.key === true ? [{ entity, name, field }] : [],
    ),
  );
  const chosen = pick(random, keys);
  return chosen && { title: `${chosen.entity}.${chosen.name}`, ...renamed(chosen, random, world) };
};

const map = alter(
  ({ column }, name, entity, world) =>
    column === undefined && !mentions(sqlOf(entityIn(world, entity)), columnOf(name, { type: "" })),
  ({ field }, random, world) => {
    field.column = columnOf(newFieldName(random, world), { type: "" });
    return {};
  },
);

/** Types that hold every value of another one. */
const wider: Readonly<Record<string, readonly FieldSpec[]>> = {
  int: [
    { type: "bigint" },
    { type: "decimal", precision: 14, scale: 2 },
    { type: "text" },
    { type: "float" },
  ],
  bigint: [{ type: "int" }, { type: "text" }],
  string: [{ type: "text" }],
  text: [{ type: "string", max: 200 }],
  decimal: [
    { type: "decimal", precision: 14, scale: 2 },
    { type: "decimal", precision: 16, scale: 4 },
    { type: "text" },
  ],
  enum: [{ type: "string", max: 40 }],
  uuid: [{ type: "string", max: 64 }],
  date: [{ type: "timestamp" }],
};

/** Types whose values need not be ones of the type before. */
const texts = ["string", "text", "json"];

const retype = alter(
  ({ type, references, default: value, min, max }, name, entity, world) =>
    type in wider &&
    references === undefined &&
    value === undefined &&
    (type === "string" || (min === undefined && max === undefined)) &&
    !mentions(
      sqlOf(entityIn(world, entity)),
      columnOf(name, entityIn(world, entity).fields[name] ?? { type }),
    ),
  ({ entity, name, field }, random, world) => {
    const to = pick(random, wider[field.type] ?? []);
    if (to === undefined || JSON.stringify(to) === JSON.stringify({ ...to, ...field }))
      return undefined;
    const { type: _t, max: _m, precision: _p, scale: _s, values: _v, ...rest } = field;
    entityIn(world, entity).fields[name] = { ...rest, ...to };
    const rows = rowsIn(world, entity).columns[name];
    if (rows !== undefined && texts.includes(to.type) && !texts.includes(field.type))
      rows.widened = true;
    return {};
  },
);

const loosen = alter(
  ({ nullable }) => nullable !== true,
  ({ field }) => {
    field.nullable = true;
    if (field.onDelete === "cascade") delete field.onDelete;
    return {};
  },
);

const require = alter(
  ({ nullable, references }, name, entity, world) =>
    nullable === true &&
    (references === undefined || rowsIn(world, entity).columns[name]?.nulls !== true),
  (chosen, random, world) => {
    const { entity, name, field } = chosen;
    const rows = rowsIn(world, entity).columns[name];
    if (rows?.nulls === true && (field.unique === true || isHeld(world, chosen))) return undefined;
    delete field.nullable;
    if (field.onDelete === "set-null") delete field.onDelete;
    const value = field.default ?? (chance(random, 0.6) ? someDefault(random, field) : undefined);
    if (value !== undefined && field.references === undefined) field.default = value;
    const filled = rows?.nulls === true;
    if (rows !== undefined)
      Object.assign(rows, { nulls: false, distinct: rows.distinct && !filled });
    if (!filled) return {};
    const fills = { entity, field: name };
    return {
      rewrites: [idOf(world, chosen)],
      ...(field.default === undefined && { fills }),
      // What fills a text is no value of the type before, so the way back over that ends there.
      ...(rows?.widened === true && { loosens: true as const }),
    };
  },
);

const giveDefault = alter(
  ({ default: value, references, unique }) =>
    value === undefined && references === undefined && unique !== true,
  ({ field }, random) => {
    const value = someDefault(random, field);
    if (value === undefined) return undefined;
    field.default = value;
    return {};
  },
);

const takeDefault = alter(
  ({ default: value }) => value !== undefined,
  ({ field }) => {
    delete field.default;
    return {};
  },
);

const bound = alter(
  ({ type, default: value }) => (type === "int" || type === "string") && value === undefined,
  ({ field }, random) => {
    const before = JSON.stringify(field);
    if (field.type === "string") field.max = pick(random, [40, 80, 120, 200]) ?? 40;
    else if (chance(random, 0.5)) field.max = pick(random, [1_000_000, 2_000_000]) ?? 1_000_000;
    else if (field.min === undefined) field.min = pick(random, [-1, 0]) ?? 0;
    else delete field.min;
    return JSON.stringify(field) === before ? undefined : {};
  },
);

/** Values beyond the first two are in no row. */
const moreValues = alter(
  ({ type, values = [] }) => type === "enum" && values.length < 6,
  ({ field }, random, world) => {
    field.values = [...(field.values ?? []), newFieldName(random, world)];
    return {};
  },
);

const fewerValues = alter(
  ({ type, values = [] }) => type === "enum" && values.length > 2,
  ({ field }) => {
    field.values = (field.values ?? []).slice(0, -1);
    return {};
  },
);

const unique = alter(
  ({ unique: is, type }, name, entity, world) =>
    is !== true && type !== "binary" && (rowsIn(world, entity).columns[name]?.distinct ?? false),
  ({ field }) => {
    field.unique = true;
    return {};
  },
);

const notUnique = alter(
  ({ unique: is }) => is === true,
  ({ field }) => {
    delete field.unique;
    return { loosens: true };
  },
);

const unrefer = alter(
  ({ references }) => references !== undefined,
  ({ field }) => {
    delete field.references;
    delete field.onDelete;
    return { loosens: true };
  },
);

const onDelete = alter(
  ({ references }) => references !== undefined,
  ({ field }, random) => {
    const before = field.onDelete ?? "restrict";
    const after = pick(
      random,
      field.nullable ? ["restrict", "cascade", "set-null"] : ["restrict", "cascade"],
    );
    if (after === undefined || after === before) return undefined;
    field.onDelete = after;
    return {};
  },
);

const comment = alter(
  () => true,
  ({ field }, random) => {
    field.comment = `What it says: ${Math.floor(random() * 1000)}, isn't it?`;
    return {};
  },
);

export const fieldChanges = {
  "field added, nullable": addNullable,
  "field added, with default": addWithDefault,
  "field added, required": addRequired,
  "field dropped": drop,
  "field renamed": rename,
  "key renamed": renameKey,
  "field mapped": map,
  "type changed": retype,
  "field nullable": loosen,
  "field required": require,
  "default given": giveDefault,
  "default taken": takeDefault,
  "bounds changed": bound,
  "enum values added": moreValues,
  "enum values removed": fewerValues,
  "field unique": unique,
  "field not unique": notUnique,
  "reference dropped": unrefer,
  "onDelete changed": onDelete,
  "field commented": comment,
} as const satisfies Readonly<Record<string, Alter>>;
