import type { Pairs } from "../../../compat/pairs.ts";
import type { EntityIr } from "../../../ir/types.ts";
import type { ChangeContext, Step } from "../../../migrate/step.ts";
import { type Place, shownPath } from "./expressions.ts";
import { childrenOf, listPairs, propertyPairs } from "./properties.ts";
import type { Collection, Shape } from "./state.ts";
import { type Draft, stepOf } from "./steps.ts";
import { type Unfit, unfitValues } from "./unfit.ts";

type Named = Collection & { readonly name: string };
type Kept = Pairs<Named>["kept"][number];

/** Values of a property that code of after does not take, and what it is called. */
interface Asked {
  readonly path: string;
  readonly unfit: Unfit;
}

/**
 * What a collection is asked before anything is changed: documents with values that code of after does not know, and what a history recorded
 * of them; once more before the contract, since code of before went on writing such values.
 *
 * @param kept every collection that stays, for the documents that a history holds
 * @param entity whose documents they are, as the spec has it now
 */
export function askSteps(
  pair: Kept,
  kept: readonly Kept[],
  entity: EntityIr | undefined,
  context: ChangeContext,
): readonly Step[] {
  const { before, after } = pair;
  const documents =
    after.historyOf === undefined ? pair : kept.find((one) => one.after.entity === after.historyOf);
  if (documents === undefined) return [];
  const [place, now] = [placeOf(before, documents.before), placeOf(after, documents.after)];
  const asked = askedOf({ place, now }, documents.before, documents.after, entity, context);
  const touches = [...new Set([after.name, before.name])];
  return (["expand", "contract"] as const).flatMap((phase) =>
    asked
      .filter(({ unfit }) => isAsked(phase, unfit, context))
      .map((one) => stepOf(before.name, touches, draftOf(place, one, phase))),
  );
}

const placeOf = ({ name, historyOf }: Named, documents: Named): Place => ({
  collection: name,
  lists: [],
  ...(historyOf !== undefined && { recordedOf: documents.name }),
});

/** A store that stands still is asked once. */
const isAsked = (
  phase: "expand" | "contract",
  { early, late }: Unfit,
  { mode }: ChangeContext,
): boolean => {
  if (mode === "direct") return phase === "expand" && (early || late);
  return phase === "expand" ? early : late;
};

interface Places {
  /** Before the change. */
  readonly place: Place;
  /** After it. */
  readonly now: Place;
}

function askedOf(
  { place, now }: Places,
  from: Shape,
  to: Shape,
  entity: EntityIr | undefined,
  context: ChangeContext,
): readonly Asked[] {
  const entities = childrenOf(entity);
  const below = (one: Place, name: string): Place => ({ ...one, lists: [...one.lists, name] });
  return [
    ...propertyPairs(from, to, entity).kept.flatMap(({ before, after }) =>
      unfitValues({ place, now }, before, after, context).map((unfit) => ({
        path: shownPath(place, before.column),
        unfit,
      })),
    ),
    ...listPairs(from, to, entity).kept.flatMap(({ before, after }) =>
      askedOf(
        { place: below(place, before.property), now: below(now, after.property) },
        before,
        after,
        entities.get(after.entity),
        context,
      ),
    ),
  ];
}

function draftOf(
  { collection, recordedOf }: Place,
  { path, unfit }: Asked,
  phase: Draft["phase"],
): Draft {
  const { filter, mend } = unfit;
  const what = recordedOf === undefined ? path : `what was recorded of ${recordedOf} as ${path}`;
  const reason = `${what} ${unfit.reason}`;
  return {
    act: `ask values of ${path}`,
    title: `stops where ${reason}`,
    phase,
    up: [{ refuse: collection, filter, reason, mend }],
    down: [],
    risks: ["depends-on-data"],
  };
}
