import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { ChangeContext, Reversibility } from "../../../migrate/step.ts";
import { bsonOf, type Conversion, conversion } from "./convert.ts";
import { type Changed, changedValue, nullSafe } from "./converted.ts";
import { bothStop, type DocumentChange, type Named, nothing } from "./document-change.ts";
import { moveEach, type Place, setEach, type Value } from "./expressions.ts";
import type { Recorded } from "./recorded.ts";
import type { Collection } from "./state.ts";
import type { Draft } from "./steps.ts";

/**
 * A change is found by its tenant, which stands beside its state: under the name and of the type of now, as the state's own.
 *
 * @param entity whose changes are recorded, as the spec has it now
 */
export function tenantChange(
  recorded: Recorded,
  entity: EntityIr | undefined,
  context: ChangeContext,
): DocumentChange {
  const now = entity?.tenant;
  if (now === undefined) return nothing;
  const place: Place = { collection: recorded.after.name, lists: [] };
  const was = tenantOf(recorded.before);
  if (was === undefined) return belongsTo(place, now, context);
  const retyped = retypedTenant(recorded, was, now, context);
  if (now.column !== was) return movedTenant(place, was, now.column, retyped, context);
  return retyped === undefined ? nothing : convertedTenant(place, retyped, context);
}

/** Property by which a history belongs to tenants: what its index has before the key. */
const tenantOf = ({ indexes }: Collection): string | undefined => {
  const [path] = Object.values(indexes)[0]?.key[0] ?? [];
  return path === recordedKey ? undefined : path;
};

const recordedKey = "key";

const ofState = (column: string): Value => ({ expression: (of) => of(`state.${column}`) });

const belongsTo = (place: Place, { column }: FieldIr, context: ChangeContext): DocumentChange => ({
  ...nothing,
  drafts: [
    {
      act: `fill tenant ${column}`,
      title: `each recorded change belongs to the tenant of its state`,
      phase: "contract",
      up: [
        setEach(place, column, ofState(column), {
          [column]: { $exists: false },
          [`state.${column}`]: { $exists: true },
        }),
      ],
      down: [],
      risks: bothStop(context),
      batched: true,
    },
  ],
  late: [column],
  held: [recordedKey],
});

interface Retyped {
  readonly before: Named;
  readonly after: Named;
  readonly changed: Exclude<Changed, { readonly question: unknown }>;
  /** Undefined where no rule leads back. */
  readonly back: Conversion | undefined;
}

/** Undefined where its values stay as they are; what has to be asked is asked of the documents. */
function retypedTenant(
  { after, documents }: Recorded,
  was: string,
  now: FieldIr,
  context: ChangeContext,
): Retyped | undefined {
  const old = documents.before.properties[was];
  const fresh = documents.after.properties[now.column];
  if (old === undefined || fresh === undefined) return undefined;
  const [from, to] = [
    { column: was, ...old },
    { column: now.column, ...fresh },
  ];
  const states: Place = {
    collection: after.name,
    lists: [],
    recordedOf: documents.after.name,
  };
  const changed = changedValue(states, from, to, now, context);
  if ("question" in changed || changed.alike) return undefined;
  return { before: from, after: to, changed, back: conversion(to.kind, from.kind) };
}

const formerValue = ({ after }: Retyped, { expression }: Conversion): Value => ({
  expression: (of) => nullSafe(of(after.column), expression),
});

const lossOf = ({ back, changed }: Retyped): Reversibility =>
  back === undefined ? "irreversible" : changed.lost ? "loses-data" : "reversible";

/** Its state has the new name, and the value that belongs there, by then. */
function movedTenant(
  place: Place,
  was: string,
  now: string,
  retyped: Retyped | undefined,
  context: ChangeContext,
): DocumentChange {
  const back = retyped?.back;
  return {
    ...nothing,
    drafts: [
      {
        act: `rename tenant ${was} to ${now}`,
        title: `${was}, by which tenants find their changes, is renamed to ${now}${retyped === undefined ? "" : `, ${kinds(retyped)}`}`,
        phase: "contract",
        up: [moveEach(place, was, now, retyped && ofState(now))],
        down:
          retyped === undefined
            ? [moveEach(place, now, was)]
            : back === undefined
              ? []
              : [moveEach(place, now, was, formerValue(retyped, back))],
        ...(retyped && { reversibility: lossOf(retyped) }),
        risks: bothStop(context),
        batched: true,
      },
    ],
    late: [now],
    held: [was],
  };
}

/** Types that compare find a change either way, so it waits for the end of code of before, whose changes it then takes along. */
function convertedTenant(place: Place, retyped: Retyped, context: ChangeContext): DocumentChange {
  const { after, changed, back } = retyped;
  const { column } = after;
  const draft: Draft = {
    act: `convert tenant ${column}`,
    title: `${column}, by which tenants find their changes: ${kinds(retyped)}`,
    phase: "contract",
    up: [
      setEach(place, column, ofState(column), {
        [column]: { $type: [...changed.types] },
        [`state.${column}`]: { $type: [...bsonOf(after.kind)] },
      }),
    ],
    down:
      back === undefined
        ? []
        : [
            setEach(place, column, formerValue(retyped, back), {
              [column]: { $type: [...back.from] },
            }),
          ],
    reversibility: lossOf(retyped),
    ...(changed.comparable ? {} : { risks: bothStop(context) }),
    batched: true,
  };
  return { ...nothing, drafts: [draft] };
}

const kinds = ({ before, after }: Retyped): string => `${before.kind} becomes ${after.kind}`;
