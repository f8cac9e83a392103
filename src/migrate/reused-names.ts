import type { ChangeContext, PlannedChange, Question, SchemaPlanner, Snapshot } from "./step.ts";

/** What becomes of the names of one kind in one place: the columns of a table, the tables of a store. As the store knows them. */
export interface NameMatch {
  /** `column`, `collection` */
  readonly kind: string;
  /** The part that holds them; absent for the parts themselves. */
  readonly holder?: string;
  readonly before: readonly string[];
  readonly kept: readonly { readonly from: string; readonly to: string }[];
  readonly added: readonly string[];
  /** What goes, where the engine cannot tell it from something new of the same name. */
  readonly dropped?: readonly string[];
}

/** The steps of a change, unless it uses a name again that it frees itself. */
export function plannedChange(
  planner: SchemaPlanner,
  from: Snapshot,
  to: Snapshot,
  context: ChangeContext,
): PlannedChange {
  const questions = planner.names(from, to, context).flatMap(reusedNames);
  return questions.length > 0 ? { steps: [], questions } : planner.diff(from, to, context);
}

/**
 * Names that one change both frees and uses again. Until its contract both versions of the code run, and each means another thing by such a
 * name, so no order of steps serves both. Case does not tell two names apart: not every store minds it.
 */
export function reusedNames(match: NameMatch): readonly Question[] {
  const renamed = match.kept.filter(({ from, to }) => from !== to);
  const left = new Map(
    [
      ...renamed.map(({ from, to }) => [from, `${from} becomes ${to}`] as const),
      ...(match.dropped ?? []).map((name) => [name, `${name} is dropped`] as const),
    ].map(([name, how]) => [folded(name), how]),
  );
  return [
    ...renamed.flatMap(({ from, to }) => {
      const others = match.before.filter((name) => name !== from);
      if (others.some((name) => sameButCase(name, to))) return [takenName(match, from, to)];
      return match.holder === undefined && sameButCase(from, to) ? [sameName(match, from, to)] : [];
    }),
    ...match.added.flatMap((name) => {
      const how = left.get(folded(name));
      return how === undefined ? [] : [leftName(match, name, how)];
    }),
  ];
}

const folded = (name: string): string => name.toLowerCase();

/** Whether two names are one for a store that does not mind case. */
export const sameButCase = (a: string, b: string): boolean => folded(a) === folded(b);

const aboutOf = ({ holder }: NameMatch, name: string): string =>
  holder === undefined ? name : `${holder}.${name}`;

const within = ({ holder }: NameMatch): string => (holder === undefined ? "" : ` of ${holder}`);

const toTheEnd = "apply it to the end (migrate up --contract)";

const takenName = (match: NameMatch, from: string, to: string): Question => ({
  about: aboutOf(match, to),
  text: `${match.kind} ${from}${within(match)} is to be called ${to}, and before the change there is a ${match.kind} of that name`,
  hint: `make two changes of it: first migrate diff with ${to} renamed or dropped and ${from} as it is, ${toTheEnd}, then migrate diff with ${from} renamed. Where was: is left of a change that is done, take it out`,
});

/** Of a table or collection; within one, each engine knows whether it minds case. */
const sameName = ({ kind }: NameMatch, from: string, to: string): Question => ({
  about: to,
  text: `${kind} ${from} is to be called ${to}, which differs by case only: not every server tells the two apart, nor every file system their snapshots`,
  hint: `keep its name (table: ${from}), or go by a third name: two changes, each applied to the end (migrate up --contract)`,
});

const leftName = (match: NameMatch, name: string, how: string): Question => ({
  about: aboutOf(match, name),
  text: `${match.kind} ${name}${within(match)} is new, under a name that the same change frees: ${how}`,
  hint: `make two changes of it: first migrate diff without the new ${name}, ${toTheEnd}, then add ${name} and migrate diff again`,
});
