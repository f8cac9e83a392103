import { deletedReason } from "../../../migrate/deletion-mark.ts";
import { type Pairs, pairs } from "../../../compat/pairs.ts";
import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { misnamedEntities } from "../../../migrate/misnamed.ts";
import { unknownRisks } from "../../../migrate/unknown-to-code.ts";
import { nullNote, nullRisk } from "../../../migrate/unread-null.ts";
import {
  type ChangeContext,
  phases,
  type PlannedChange,
  type Question,
  type Snapshot,
  type Step,
} from "../../../migrate/step.ts";
import { askSteps } from "./ask-documents.ts";
import { narrowingChecks } from "./checks.ts";
import { storedAlike } from "./convert.ts";
import { createIndexes, indexDrafts } from "./indexes.ts";
import { bothStop, type DocumentChange, heldBack, nothing } from "./document-change.ts";
import { documentChanges } from "./properties.ts";
import { recordedChange } from "./recorded.ts";
import { sameJson } from "./same-json.ts";
import { type Collection, collectionsOf, type Shape } from "./state.ts";
import { type Draft, stepOf, withUniqueNames } from "./steps.ts";
import { acceptsShape, lenient, validatorOf } from "./validator.ts";

interface Named extends Collection {
  readonly name: string;
}

const named = (snapshot: Snapshot): readonly Named[] =>
  [...collectionsOf(snapshot)].map(([name, collection]) => ({ name, ...collection }));

/** The collections of two snapshots, paired by their entities; those of the data layer by their names. */
export function collectionPairs(
  from: Snapshot,
  to: Snapshot,
  { store }: ChangeContext,
): Pairs<Named> {
  const entities = entitiesOf(store);
  return pairs(named(from), named(to), {
    name: ({ name, entity, historyOf }) => entity ?? ownName(name, historyOf),
    was: ({ name, entity, historyOf }) => {
      const was = entities.get(entity ?? historyOf ?? "")?.was;
      return was === undefined || entity !== undefined ? was : ownName(name, was);
    },
  });
}

export const entitiesOf = ({ entities }: StoreIr): ReadonlyMap<string, EntityIr> =>
  new Map(entities.map((entity) => [entity.name, entity]));

/** The entity whose documents, or whose history, a collection holds. */
const ownerOf = ({ entity, historyOf }: Collection): string => entity ?? historyOf ?? "";

/** The steps from one snapshot to another. */
export function diff(from: Snapshot, to: Snapshot, context: ChangeContext): PlannedChange {
  const entities = entitiesOf(context.store);
  const paired = collectionPairs(from, to, context);
  const moving = movedLists(named(from), named(to));
  if (moving.length > 0) return { steps: [], questions: moving };
  const changes = paired.kept.map((pair) => {
    const own = entities.get(ownerOf(pair.after));
    const documents = documentsOf(pair, paired.kept, own, context);
    return collectionChange(pair.before, pair.after, { entity: own, documents }, context);
  });
  const steps = [
    ...paired.kept.flatMap((pair) =>
      askSteps(pair, paired.kept, entities.get(ownerOf(pair.after)), context),
    ),
    ...paired.added.map((one) => stepOf(one.name, [one.name], created(one))),
    ...changes.flatMap((change) => change.steps),
    ...paired.removed.map((one) => stepOf(one.name, [one.name], dropped(one))),
  ];
  return {
    steps: withUniqueNames(inPhaseOrder(steps)),
    questions: [
      ...misnamedEntities(
        named(from).flatMap(({ entity }) => entity ?? []),
        paired.added.flatMap(({ name, entity }) =>
          entity === undefined ? [] : [{ entity, part: name }],
        ),
        context.store,
      ),
      ...changes.flatMap(({ questions }) => questions),
    ],
  };
}

/** What is asked is asked of all collections before one of them changes. */
const inPhaseOrder = (steps: readonly Step[]): readonly Step[] =>
  phases.flatMap((phase) => steps.filter((step) => step.phase === phase));

/** Owned documents that would go from their root into a collection, or back: nobody copies them, so they would be lost. */
function movedLists(from: readonly Named[], to: readonly Named[]): readonly Question[] {
  const within = (all: readonly Named[]) =>
    new Set(all.flatMap(({ children }) => Object.values(children).map(({ entity }) => entity)));
  const apart = (all: readonly Named[]) => new Set(all.map(({ entity }) => entity));
  const lists = [
    ...[...within(from)].filter((entity) => apart(to).has(entity)),
    ...[...within(to)].filter((entity) => apart(from).has(entity)),
  ];
  return lists.map((entity) => ({
    about: `${entity}.perOwner`,
    text: `${entity}: its documents would move between their roots and a collection of their own, and no step copies them`,
    hint: `leave perOwner: of ${entity} as it was, or declare a new entity and copy what is needed into it`,
  }));
}

/** A collection of the data layer itself. */
const ownName = (name: string, historyOf: string | undefined): string =>
  historyOf === undefined ? `collection ${name}` : `history of ${historyOf}`;

const made = (one: Named) => [
  {
    createCollection: one.name,
    ...(one.entity === undefined ? {} : { validator: validatorOf(one) }),
  },
  ...createIndexes(one.name, one.indexes),
];

function purposeOf({ name, entity, historyOf }: Named): string {
  if (entity !== undefined) return `collection of ${entity}`;
  if (historyOf !== undefined) return `every change of ${historyOf}`;
  return name === "sequence" ? "the last keys that were made" : "operation ids of writes";
}

const created = (one: Named): Draft => ({
  act: "create",
  title: purposeOf(one),
  phase: "expand",
  up: made(one),
  down: [{ dropCollection: one.name }],
  removes: one.name,
});

const dropped = (one: Named): Draft => ({
  act: "drop",
  title: "the collection is dropped with its documents",
  phase: "contract",
  up: [{ dropCollection: one.name }],
  down: made(one),
  reversibility: "loses-data",
  risks: ["breaks-old-code"],
  destroys: one.name,
});

type Kept = Pairs<Named>["kept"][number];

/** What becomes of the documents of a collection; those of a history are what it recorded of another. */
function documentsOf(
  { before, after }: Kept,
  kept: readonly Kept[],
  entity: EntityIr | undefined,
  context: ChangeContext,
): DocumentChange {
  const place = { collection: after.name, lists: [] };
  const { historyOf } = after;
  if (historyOf === undefined) return documentChanges(place, before, after, entity, context);
  const documents = kept.find((pair) => pair.after.entity === historyOf);
  return documents === undefined
    ? nothing
    : recordedChange({ before, after, documents }, entity, context);
}

interface CollectionChange {
  readonly steps: readonly Step[];
  readonly questions: readonly Question[];
}

function collectionChange(
  before: Named,
  after: Named,
  {
    entity,
    documents,
  }: { readonly entity: EntityIr | undefined; readonly documents: DocumentChange },
  context: ChangeContext,
): CollectionChange {
  const { name } = after;
  const touches = [...new Set([name, before.name])];
  const { drafts, removals, questions } = documents;
  const indexes = indexDrafts(name, before, after, documents);
  const validators = validatorDrafts(name, before, after);
  const inPhase = (phase: Draft["phase"], list: readonly Draft[]): readonly Draft[] =>
    list.filter((draft) => draft.phase === phase);
  const ordered = [
    // New code writes without what an old unique index is over; old indexes also stand in the way of new ones.
    ...inPhase("expand", indexes.cleared),
    ...inPhase("expand", validators),
    ...inPhase("expand", indexes.made),
    ...inPhase("backfill", drafts),
    ...inPhase("contract", indexes.cleared),
    ...inPhase("contract", drafts),
    ...inPhase("contract", validators),
    ...inPhase("contract", indexes.made),
    // An index over what is removed would slow the removal down.
    ...indexes.dropped,
    ...removals,
  ];
  const moved = renamedCollection(before.name, name, context);
  const all = [
    ...deletedDocuments(before, after),
    ...moved,
    // Until it has its name, there is nothing of that name to change.
    ...(moved.length === 0 ? ordered : heldBack(ordered)),
  ];
  return {
    steps: all.map((draft) => stepOf(name, touches, draft)),
    questions: [...keyQuestions(before, after, entity), ...questions],
  };
}

/** Documents that only their mark keeps from being seen: code of after knows no mark. */
const deletedDocuments = (before: Named, after: Named): readonly Draft[] =>
  Object.entries(before.properties).flatMap(([name, { role }]) =>
    role !== "deletedAt" || after.properties[name] !== undefined
      ? []
      : [
          {
            act: "ask deleted",
            title: "stops where documents that were deleted would be seen again",
            phase: "expand",
            up: [
              {
                refuse: before.name,
                filter: { [name]: { $ne: null } },
                reason: deletedReason(before.name, name),
              },
            ],
            down: [],
            risks: ["depends-on-data"],
          },
        ],
  );

/** What code of before writes under the old name would make a collection of that name anew, which nobody reads. */
function renamedCollection(
  before: string,
  after: string,
  context: ChangeContext,
): readonly Draft[] {
  if (before === after) return [];
  return [
    {
      act: `rename from ${before}`,
      title: `the collection ${before} is renamed; table: ${before} in the spec would keep its name, and need no step`,
      phase: "contract",
      up: [{ renameCollection: before, to: after }],
      down: [{ renameCollection: after, to: before }],
      risks: [...bothStop(context), "locks"],
      note: "A collection has one name: stop code of before, run this, then start code of after.",
    },
  ];
}

/** One that both versions fit before, the exact one after; only the exact one where it refuses nothing that was accepted. */
function validatorDrafts(name: string, before: Named, after: Named): readonly Draft[] {
  if (after.entity === undefined || sameShape(before, after)) return [];
  const between = lenient(before, after);
  const set = (shape: Shape) => ({ setValidator: name, validator: validatorOf(shape) });
  const wide = sameShape(between, after);
  const unread = isMadeOptional(before, after);
  const risks = [
    ...Object.entries(after.properties).flatMap(([column, { role = "" }]) =>
      before.properties[column] === undefined ? unknownRisks(role) : [],
    ),
    ...(unread ? [nullRisk] : []),
  ];
  const expand: Draft = {
    act: "widen validator",
    title: wide ? "the validator follows the spec" : "the validator accepts both versions",
    phase: "expand",
    up: [set(between)],
    down: [set(before)],
    ...(risks.length > 0 && { risks }),
    ...(unread && { note: nullNote }),
  };
  const widens = sameShape(between, before) ? [] : [expand];
  if (wide) return widens;
  const harmless = acceptsShape(after, between);
  const place = { collection: name, lists: [] };
  return [
    ...widens,
    {
      act: "narrow validator",
      title: "the validator accepts documents of the new version only",
      phase: "contract",
      up: [...narrowingChecks(place, between, after), set(after)],
      down: [set(between)],
      risks: harmless ? ["none"] : ["breaks-old-code", "depends-on-data"],
    },
  ];
}

/** Whether a property that had a value in every document may have none, within a list as well. */
const isMadeOptional = (before: Shape, after: Shape): boolean =>
  Object.entries(after.properties).some(
    ([name, { required }]) => !required && before.properties[name]?.required === true,
  ) ||
  Object.entries(after.children).some(([name, child]) => {
    const was = before.children[name];
    return was !== undefined && isMadeOptional(was, child);
  });

const sameShape = (a: Shape, b: Shape): boolean => sameJson(validatorOf(a), validatorOf(b));

/** The key of a document cannot be changed: it would be another document. */
function keyQuestions(
  before: Named,
  after: Named,
  entity: EntityIr | undefined,
): readonly Question[] {
  const was = new Map((entity?.fields ?? []).map((field) => [field.name, field.source.was]));
  const single = before.key.length === 1 && after.key.length === 1;
  const same =
    before.key.length === after.key.length &&
    after.key.every((part, at) => {
      const old = before.key[at];
      return (
        old !== undefined &&
        (old.field === part.field || old.field === was.get(part.field)) &&
        (single || old.column === part.column) &&
        storedAlike(old.kind, part.kind)
      );
    });
  if (same) return [];
  const shown = ({ key }: Named): string =>
    key.map(({ column, kind }) => `${column} ${kind}`).join(", ");
  return [
    {
      about: `${after.name}._id`,
      text: `${after.name}: the key (${shown(before)}) becomes (${shown(after)}), and a document never changes its _id`,
      hint: "keep the key (column: keeps the name of one of its parts), or declare a new entity and copy what is needed into it",
    },
  ];
}
