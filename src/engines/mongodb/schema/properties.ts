import { type Pairs, pairs } from "../../../compat/pairs.ts";
import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { misnamed } from "../../../migrate/misnamed.ts";
import type { NameMatch } from "../../../migrate/reused-names.ts";
import type { ChangeContext } from "../../../migrate/step.ts";
import { bridged } from "./bridged.ts";
import { changedValue, converted, converts } from "./converted.ts";
import {
  type DocumentChange,
  filled,
  heldChange,
  type Named,
  nothing,
  together,
} from "./document-change.ts";
import { type Place, shownPath, unsetEach, type Value, within } from "./expressions.ts";
import { fillOf } from "./fill.ts";
import { renamed } from "./renamed.ts";
import type { Child, Shape } from "./state.ts";
import type { Draft } from "./steps.ts";

const named = ({ properties }: Shape): readonly Named[] =>
  Object.entries(properties).map(([column, property]) => ({ column, ...property }));

const fieldsOf = (entity: EntityIr | undefined): ReadonlyMap<string, FieldIr> =>
  new Map((entity?.fields ?? []).map((field) => [field.name, field]));

/** The properties of two shapes, paired by their fields. */
export function propertyPairs(from: Shape, to: Shape, entity: EntityIr | undefined): Pairs<Named> {
  const fields = fieldsOf(entity);
  return pairs(named(from), named(to), {
    name: ({ field }) => field,
    was: ({ field }) => fields.get(field)?.source.was,
  });
}

/** The changes of the documents from one shape to another. @param entity as the spec has it now */
export function documentChanges(
  place: Place,
  from: Shape,
  to: Shape,
  entity: EntityIr | undefined,
  context: ChangeContext,
): DocumentChange {
  const fields = fieldsOf(entity);
  const paired = propertyPairs(from, to, entity);
  const unknown = misnamed(
    paired.added.map(({ column, field }) => ({
      about: `${place.collection}.${shownPath(place, column)}`,
      title: `property ${shownPath(place, column)} of ${place.collection}`,
      was: fields.get(field)?.source.was,
    })),
    named(from).map(({ field }) => field),
    { one: "field", many: "fields", holder: place.collection },
  );
  return together([
    { ...nothing, questions: unknown },
    ...paired.added.map((property) => added(place, property, fields.get(property.field), context)),
    ...paired.kept.map((pair) =>
      kept(place, pair.before, pair.after, fields.get(pair.after.field), context),
    ),
    ...childChanges(place, from, to, entity, context),
    ...paired.removed
      .filter(({ field }) => !standsInRoot(entity, field))
      .map(({ column, required }) => removed(place, column, required)),
  ]);
}

/** What validators of before asked of owned documents though no code wrote it there: nothing is to be removed. */
const standsInRoot = (entity: EntityIr | undefined, field: string): boolean =>
  entity?.owner !== undefined &&
  entity.fields.some(
    ({ visible, name, source }) => !visible && (name === field || source.was === field),
  );

function added(
  place: Place,
  { column, required }: Named,
  field: FieldIr | undefined,
  context: ChangeContext,
): DocumentChange {
  // What may be null reads as null where it is missing.
  if (!required) return nothing;
  const fill = fillOf(place, column, field, context);
  if ("question" in fill) return { ...nothing, questions: [fill.question] };
  const path = shownPath(place, column);
  const drafts = filled(
    place,
    column,
    fill.value,
    { [column]: { $exists: false } },
    {
      act: `fill ${path}`,
      title: `${path} is filled`,
      down: [unsetEach(place, column)],
    },
  );
  return bridged({ ...nothing, drafts, late: [path] }, field, fill, context);
}

function removed(place: Place, column: string, required: boolean): DocumentChange {
  const path = shownPath(place, column);
  const draft: Draft = {
    act: `drop ${path}`,
    title: `${path} is removed${place.recordedOf === undefined ? " from every document" : ""}`,
    phase: "contract",
    up: [unsetEach(place, column)],
    down: [],
    reversibility: "loses-data",
    risks: required ? ["breaks-old-code"] : ["none"],
    destroys: `${place.collection}.${path}`,
    batched: true,
  };
  return { ...nothing, removals: [draft] };
}

function kept(
  place: Place,
  before: Named,
  after: Named,
  field: FieldIr | undefined,
  context: ChangeContext,
): DocumentChange {
  const value = changedValue(place, before, after, field, context);
  if ("question" in value) return { ...nothing, questions: [value.question] };
  const moves = before.column !== after.column;
  const change = together([
    moves
      ? renamed(place, before, after, value, context)
      : value.alike
        ? nothing
        : converted(place, before, after, value, context),
    neverNull(place, before, after, field, context),
  ]);
  return moves || !value.comparable ? heldChange(shownPath(place, before.column), change) : change;
}

/** A value that may have been null and may be no more. */
function neverNull(
  place: Place,
  before: Named,
  after: Named,
  field: FieldIr | undefined,
  context: ChangeContext,
): DocumentChange {
  if (before.required || !after.required) return nothing;
  const given = fillOf(place, after.column, field, context);
  // What converts the values may leave those null that are.
  const own = converts(place, before, after, context)
    ? fillOf(place, after.column, field, { ...context, values: {} })
    : given;
  const fill = "question" in own ? given : own;
  if ("question" in fill) return { ...nothing, questions: [fill.question] };
  const path = shownPath(place, after.column);
  const drafts = filled(
    place,
    after.column,
    fill.value,
    { [after.column]: null },
    {
      act: `fill ${path}`,
      title: `${path} is filled where it is null`,
      down: [],
    },
  );
  const losing = drafts.map((draft): Draft => ({ ...draft, reversibility: "loses-data" }));
  const change = bridged({ ...nothing, drafts: losing }, field, fill, context);
  return "constant" in fill.value || place.recordedOf !== undefined
    ? change
    : { ...change, drafts: [...change.drafts, stillNull(place, after.column)] };
}

/** An expression may make no value of what a document holds. */
function stillNull(place: Place, column: string): Draft {
  const path = shownPath(place, column);
  return {
    act: `ask ${path} filled`,
    title: `stops where ${path} is null still`,
    phase: "contract",
    up: [
      {
        refuse: place.collection,
        filter: within(place.lists, { [column]: null }),
        reason: `${path} is required, and what was given makes no value of it`,
      },
    ],
    down: [],
    risks: ["depends-on-data"],
  };
}

interface NamedChild extends Child {
  readonly property: string;
}

const namedChildren = ({ children }: Shape): readonly NamedChild[] =>
  Object.entries(children).map(([property, child]) => ({ property, ...child }));

export const childrenOf = (entity: EntityIr | undefined): ReadonlyMap<string, EntityIr> =>
  new Map((entity?.children ?? []).map((child) => [child.entity.name, child.entity]));

/** The lists of embedded documents of two shapes, paired by their entities. */
export function listPairs(from: Shape, to: Shape, entity: EntityIr | undefined): Pairs<NamedChild> {
  const entities = childrenOf(entity);
  return pairs(namedChildren(from), namedChildren(to), {
    name: ({ entity: name }) => name,
    was: ({ entity: name }) => entities.get(name)?.was,
  });
}

/** What a change does to the names of properties and lists, those within lists included. @param holder the collection, or the path of the list */
export function propertyNames(
  holder: string,
  from: Shape,
  to: Shape,
  entity: EntityIr | undefined,
): readonly NameMatch[] {
  const properties = propertyPairs(from, to, entity);
  const lists = listPairs(from, to, entity);
  const entities = childrenOf(entity);
  return [
    {
      kind: "property",
      holder,
      before: [...Object.keys(from.properties), ...Object.keys(from.children)],
      kept: [
        ...properties.kept.map(({ before, after }) => ({ from: before.column, to: after.column })),
        ...lists.kept.map(({ before, after }) => ({ from: before.property, to: after.property })),
      ],
      added: [
        ...properties.added.map(({ column }) => column),
        ...lists.added.map(({ property }) => property),
      ],
      dropped: [
        ...properties.removed.map(({ column }) => column),
        ...lists.removed.map(({ property }) => property),
      ],
    },
    ...lists.kept.flatMap(({ before, after }) =>
      propertyNames(`${holder}.${after.property}`, before, after, entities.get(after.entity)),
    ),
  ];
}

/** Lists of embedded documents: a new one begins empty. */
function childChanges(
  place: Place,
  from: Shape,
  to: Shape,
  entity: EntityIr | undefined,
  context: ChangeContext,
): readonly DocumentChange[] {
  const entities = childrenOf(entity);
  const paired = listPairs(from, to, entity);
  return [
    ...paired.added.map(({ property }): DocumentChange => {
      const path = shownPath(place, property);
      const empty = filled(
        place,
        property,
        { constant: [] },
        { [property]: { $exists: false } },
        {
          act: `fill ${path}`,
          title: `${path} begins as an empty list`,
          down: [unsetEach(place, property)],
        },
      );
      return { ...nothing, drafts: empty };
    }),
    ...paired.kept.map(({ before, after }) => {
      const inner = { ...place, lists: [...place.lists, after.property] };
      const inside = documentChanges(inner, before, after, entities.get(after.entity), context);
      if (before.property === after.property) return inside;
      const list = (one: NamedChild): Named => ({
        column: one.property,
        field: one.property,
        kind: "list",
        required: true,
        schema: {},
      });
      const value: Value = { expression: (of) => of(before.property) };
      const moved = {
        alike: true,
        types: [],
        value,
        lost: false,
        mayFail: false,
        comparable: true,
      };
      return heldChange(
        shownPath(place, before.property),
        together([renamed(place, list(before), list(after), moved, context), inside]),
      );
    }),
    ...paired.removed.map(({ property }) => removed(place, property, true)),
  ];
}
