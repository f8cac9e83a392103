import { identifier } from "../sql/quote.ts";
import { only, type TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import type { CopiedRule, TableObject } from "./objects.ts";
import { rank } from "./rank.ts";
import { needsTenantKey } from "../../families/sql/reference-succession.ts";
import { holdsKey, rankOfAdded } from "./reference-change.ts";
import { addConstraint, commentOnIndex, createIndex, dropConstraint } from "./render.ts";
import type { ConstraintShape } from "./shape.ts";
import {
  alterTable,
  dropIndex,
  isGone,
  isValidated,
  isDebris,
  isWhole,
  renameConstraint,
  renameIndex,
  validate,
} from "./statement.ts";
import { mentionsAny } from "./tokens.ts";

export const makeObject = (table: string, object: TableObject): readonly string[] =>
  object.kind === "constraint"
    ? [addConstraint(table, object.shape)]
    : [createIndex(table, object.shape), commentOnIndex(object.name, object.shape.comment)];

export const dropObject = (table: string, object: TableObject): string =>
  object.kind === "constraint" ? dropConstraint(table, object.name) : dropIndex(object.name);

export const renameObject = (table: string, from: TableObject, to: string): string =>
  from.kind === "constraint" ? renameConstraint(table, from.name, to) : renameIndex(from.name, to);

const isReference = (object: TableObject): boolean =>
  object.kind === "constraint" && object.shape.kind === "foreign";

export const words = (object: TableObject): string =>
  object.kind === "index" ? `index ${object.name}` : `${kinds[object.shape.kind]} ${object.name}`;

const kinds: Readonly<Record<ConstraintShape["kind"], string>> = {
  primary: "key",
  unique: "unique constraint",
  check: "check",
  foreign: "reference",
};

const touched = (change: TableChange, object: TableObject): readonly string[] =>
  object.kind === "constraint" && object.shape.target !== undefined
    ? [...new Set([change.part, object.shape.target])]
    : [change.part];

export const madeAtOnce = (change: TableChange, to: TableObject): Draft => {
  const table = change.to.name;
  return draft({
    rank: isReference(to) ? rank.addReference : rank.addObject,
    stem: `${table}-add-${to.name}`,
    title: `${table}: ${words(to)} is made`,
    up: makeObject(table, to),
    down: [dropObject(table, to)],
    risks: to.kind === "constraint" || to.shape.unique ? ["scans", "depends-on-data"] : ["scans"],
    touches: touched(change, to),
  });
};

export const droppedAtOnce = (change: TableChange, from: TableObject): Draft => {
  const table = change.to.name;
  return draft({
    rank: isReference(from) ? rank.dropReference : rank.dropObject,
    stem: `${table}-drop-${from.name}`,
    title: `${table}: ${words(from)} is dropped`,
    up: [dropObject(table, from)],
    down: makeObject(table, from),
    risks: ["locks"],
    touches: touched(change, from),
  });
};

/** While others read and write. @param copied it stands on second columns, whose rows fit only once they are filled */
export function madeOnline(
  change: TableChange,
  to: TableObject,
  copied: CopiedRule,
): readonly Draft[] {
  if (to.kind === "index") {
    const phase = to.shape.unique ? phaseOfRule(change, to.shape.body, copied) : "expand";
    return builtIndex(change, to.name, to).map((each) => ({ ...each, phase }));
  }
  return to.shape.kind === "unique"
    ? uniqueOnline(change, to.shape, copied)
    : notValidFirst(change, to.shape, phasesOfRule(change, to.shape, copied));
}

/**
 * When a rule comes: code of before may break one that it does not know, so it waits until none runs any more, unless it stands on new
 * columns alone. What that code writes into a column is copied into the second one, too.
 */
export function phaseOfRule(change: TableChange, text: string, copied: CopiedRule): Draft["phase"] {
  if (copied !== false) return copied === "known" ? "expand" : "contract";
  const written = only(change, "kept").map(({ to }) => to.name);
  return mentionsAny(text, written) ? "contract" : "expand";
}

interface Phases {
  readonly made: Draft["phase"];
  readonly checked: Draft["phase"];
}

function phasesOfRule(change: TableChange, to: ConstraintShape, copied: CopiedRule): Phases {
  const made = phaseOfRule(change, to.definition, copied);
  return { made, checked: copied === "known" ? "backfill" : made };
}

/** Before PostgreSQL 18 no reference of a partitioned table can be `not valid`. Source: release notes of 18, ALTER TABLE. */
export const isHeldAtOnce = (change: TableChange, to: ConstraintShape): boolean =>
  to.kind === "foreign" && isPartitioned(change);

export const heldAtOnce = {
  rule: "add-foreign-key-validated",
  because: "no reference of a partitioned table can be made not valid",
} as const;

/** A check or a reference that holds for new rows at once, and for those that are there once they have been looked at. */
export function notValidFirst(
  change: TableChange,
  to: ConstraintShape,
  phases: Phases,
): readonly Draft[] {
  const table = change.to.name;
  const object = { kind: "constraint", name: to.name, text: to.definition, shape: to } as const;
  if (isHeldAtOnce(change, to))
    return [
      {
        ...madeAtOnce(change, object),
        phase: phases.made,
        rank: rankOfAdded(to),
        accepts: heldAtOnce,
      },
    ];
  return [
    draft({
      phase: phases.made,
      rank: rankOfAdded(to),
      stem: `${table}-add-${to.name}`,
      title: `${table}: ${words(object)} holds for what is written from now on`,
      up: [addConstraint(table, { ...to, definition: `${to.definition} not valid` })],
      down: [dropConstraint(table, to.name)],
      risks: ["locks"],
      touches: touched(change, object),
    }),
    validated(change, to, phases.checked),
  ];
}

export function validated(change: TableChange, to: ConstraintShape, phase: Draft["phase"]): Draft {
  const table = change.to.name;
  return draft({
    rank: needsTenantKey(to) ? rank.lastValidate : rank.validate,
    phase,
    stem: `${table}-validate-${to.name}`,
    title: `${table}: every row is checked by ${to.name}`,
    up: [validate(table, to.name)],
    down: [],
    risks: ["depends-on-data"],
    transactional: false,
    verify: isValidated(table, to.name),
    touches: [change.part],
  });
}

/** An index built beside the writers. @param name what it is called meanwhile */
export function builtIndex(
  change: TableChange,
  name: string,
  index: Extract<TableObject, { readonly kind: "index" }>,
): readonly Draft[] {
  const table = change.to.name;
  return [
    concurrently(change, { ...index.shape, name }),
    draft({
      rank: rank.useIndex,
      stem: `${table}-comment-${name}`,
      title: `${table}: what index ${name} is for`,
      up: [commentOnIndex(name, index.shape.comment)],
      down: [],
      touches: [change.part],
    }),
  ];
}

export function concurrently(
  change: TableChange,
  shape: { readonly name: string; readonly unique: boolean; readonly body: string },
): Draft {
  const table = change.to.name;
  const { name } = shape;
  if (isPartitioned(change)) return onAllParts(change, shape);
  return draft({
    rank: rank.buildIndex,
    stem: `${table}-build-${name}`,
    title: `${table}: index ${name} is built while others write`,
    up: [createIndex(table, { ...shape, comment: "" }, "concurrently ")],
    down: [`drop index concurrently if exists ${identifier(name)};`],
    risks: shape.unique ? ["depends-on-data"] : ["none"],
    transactional: false,
    verify: isWhole(table, shape),
    debris: isDebris(table, shape),
    repair: `drop index concurrently if exists ${identifier(name)};`,
    touches: [change.part],
  });
}

/** Whether it has partitions: then no index is built or dropped concurrently, and no constraint takes one over. Source: CREATE INDEX, ALTER TABLE. */
const isPartitioned = ({ from }: TableChange): boolean => from.partition !== undefined;

function onAllParts(
  change: TableChange,
  shape: { readonly name: string; readonly unique: boolean; readonly body: string },
): Draft {
  const table = change.to.name;
  return draft({
    rank: rank.buildIndex,
    stem: `${table}-build-${shape.name}`,
    title: `${table}: index ${shape.name} is built on every partition`,
    up: [createIndex(table, { ...shape, comment: "" })],
    down: [dropIndex(shape.name)],
    risks: shape.unique ? ["scans", "depends-on-data"] : ["scans"],
    accepts: {
      rule: "create-index-blocking",
      because: "no index of a partitioned table is built concurrently",
    },
    touches: [change.part],
  });
}

function uniqueOnline(
  change: TableChange,
  to: ConstraintShape,
  copied: CopiedRule,
): readonly Draft[] {
  const table = change.to.name;
  const body = to.definition.replace(/^unique /, "");
  const built = concurrently(change, { name: to.name, unique: true, body });
  const free = holdsKey(change.to, to);
  const phase = free ? "expand" : phaseOfRule(change, to.definition, copied);
  if (isPartitioned(change)) return [{ ...madeOnAllParts(change, to), phase }];
  return [
    { ...built, phase, risks: free ? ["none"] : built.risks },
    draft({
      phase,
      rank: rank.useIndex,
      stem: `${table}-use-${to.name}`,
      title: `${table}: unique constraint ${to.name} takes the index over`,
      up: [alterTable(table, `add ${usingIndex(to.name, to.name)}`)],
      down: [dropConstraint(table, to.name)],
      risks: ["locks"],
      touches: [change.part],
    }),
  ];
}

const madeOnAllParts = (change: TableChange, to: ConstraintShape): Draft => ({
  ...madeAtOnce(change, {
    kind: "constraint",
    name: to.name,
    text: to.definition,
    shape: to,
  }),
  rank: rank.useIndex,
  accepts: {
    rule: "add-unique-constraint",
    because: "no constraint of a partitioned table takes an index over",
  },
});

export const usingIndex = (name: string, index: string): string =>
  `constraint ${identifier(name)} unique using index ${identifier(index)}`;

/** No transaction holds either way, so what a comment says of it comes back by a step of its own. */
export function droppedConcurrently(
  change: TableChange,
  from: Extract<TableObject, { readonly kind: "index" }>,
  phase: Draft["phase"],
  when: number = rank.dropIndex,
): readonly Draft[] {
  const table = change.to.name;
  const { name, shape } = from;
  const holder = when === rank.dropFirst ? change.was : table;
  const common = { phase, touches: [change.part] } as const;
  if (isPartitioned(change))
    return [
      draft({
        ...common,
        rank: when,
        stem: `${table}-drop-${name}`,
        title: `${table}: index ${name} is dropped from every partition`,
        up: [dropIndex(name)],
        down: [createIndex(holder, shape), commentOnIndex(name, shape.comment)],
        risks: ["locks"],
        accepts: {
          rule: "drop-index-blocking",
          because: "no index of a partitioned table is dropped concurrently",
        },
      }),
    ];
  return [
    draft({
      ...common,
      rank: when - 1,
      stem: `${table}-comment-${name}`,
      title: `${table}: what index ${name} was for, when it comes back`,
      up: [],
      down: [commentOnIndex(name, shape.comment)],
    }),
    draft({
      ...common,
      rank: when,
      stem: `${table}-drop-${name}`,
      title: `${table}: index ${name} is dropped`,
      up: [`drop index concurrently if exists ${identifier(name)};`],
      down: [createIndex(holder, shape, "concurrently ")],
      transactional: false,
      verify: isGone(holder, name),
    }),
  ];
}
