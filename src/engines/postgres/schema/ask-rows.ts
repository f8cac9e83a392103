import { type Draft, draft } from "../../families/sql/draft.ts";
import { deletedReason } from "../../../migrate/deletion-mark.ts";
import { identifier } from "../sql/quote.ts";
import { askText, type RowQuestion } from "./ask-text.ts";
import { isHeld, only, type TableChange } from "./change.ts";
import { type Copied, forwardOf } from "./copy-way.ts";
import { fits } from "./fits.ts";
import { isWider } from "./bounds.ts";
import { narrowedValues } from "./narrowed-values.ts";
import type { ObjectChange } from "./objects.ts";
import { phaseOfRule } from "./online.ts";
import { isForced } from "./owner.ts";
import { rank } from "./rank.ts";
import type { ColumnShape, ConstraintShape } from "./shape.ts";
import { mentionsAny, namedPlaces, withExpression } from "./tokens.ts";

type Asked = Pick<RowQuestion, "shown" | "where" | "reason" | "mend"> & { readonly stem: string };

/**
 * What rows may hinder is asked before anything stands that would hinder code which writes: values that a new type does not take before the
 * columns are kept in step, and with all that is checked for code of after again when that of before is gone.
 *
 * @param exchanged when second columns take over
 */
export function askDrafts(
  change: TableChange,
  objects: readonly ObjectChange[],
  exchanged: Draft["phase"],
): readonly Draft[] {
  const unfit = unfitValues(change);
  if (change.mode === "direct")
    return asDrafts(change, "expand", [...unfit, ...deletedRows(change)]);
  const given = givenValues(change);
  const written = exchanged === "contract" ? unfit.filter(({ copied }) => copied) : [];
  return [
    ...asDrafts(change, "expand", [
      ...unfit,
      ...given,
      ...deletedRows(change),
      ...unreadValues(change),
    ]),
    ...asDrafts(change, "contract", [
      ...deletedRows(change),
      ...written,
      ...emptyValues(change, exchanged),
      ...brokenChecks(change, objects),
    ]),
  ];
}

function unfitValues(change: TableChange): readonly (Asked & { readonly copied: boolean })[] {
  const { was } = change;
  return change.columns.flatMap((column) => {
    if (column.kind !== "copied" && !(column.kind === "kept" && column.converted !== undefined))
      return [];
    const { from, to } = column;
    const condition = fits(from.type, to.type, identifier(from.name));
    if (condition === undefined || column.given !== undefined) return [];
    return [
      {
        copied: column.kind === "copied",
        stem: `fits-${to.name}`,
        reason: `${from.name} of ${was} does not fit ${to.type}`,
        shown: [from.name],
        where: `not (${condition})`,
      },
    ];
  });
}

/** Rows that only their mark keeps from being seen: code of after knows no mark. */
const deletedRows = (change: TableChange): readonly Asked[] =>
  only(change, "dropped").flatMap(({ from: { name, role } }) =>
    role !== "deletedAt"
      ? []
      : [
          {
            stem: "deleted",
            reason: deletedReason(change.was, name),
            shown: [],
            where: `${identifier(name)} is not null`,
          },
        ],
  );

/** An expression of the user fails here, if it does, and not in the trigger. Where it names what comes with the change, nobody can ask yet. */
function givenValues(change: TableChange): readonly Asked[] {
  const coming = comingNames(change);
  return only(change, "copied").flatMap((column) => {
    const { from, to } = column;
    const value = forwardOf(column);
    if (column.given === undefined || mentionsAny(value, coming)) return [];
    return [
      {
        stem: `given-${to.name}`,
        reason: `what is given for ${to.name} of ${change.was} is no value`,
        shown: [from.name],
        where: to.nullable ? `case when (${value}) is null then false end` : `(${value}) is null`,
      },
    ];
  });
}

/** Columns that no row has yet. */
function comingNames({ columns, to }: TableChange): readonly string[] {
  const there = new Set(columns.flatMap((each) => (each.kind === "added" ? [] : [each.from.name])));
  return to.columns.map(({ name }) => name).filter((name) => !there.has(name));
}

/** Values that code of after does not read: a page with such a row would fail whole, before the contract asks for it. */
const unreadValues = (change: TableChange): readonly Asked[] =>
  narrowedValues(change).flatMap(({ column, check: { name, definition }, made }) => {
    const { from, to, given } = column;
    if (made !== undefined && mentionsAny(made, comingNames(change))) return [];
    const value = made === undefined ? identifier(from.name) : `(${made})`;
    const kept = withExpression(condition(definition), to.name, value);
    return [
      {
        stem: `reads-${name}`,
        reason: `${name} of ${change.was} does not let through what is there`,
        shown: [from.name],
        ...(made !== undefined &&
          given === undefined && {
            mend: `a migration made with --set ${change.part}.${to.name}=EXPRESSION gives each row what stays`,
          }),
        where: `${kept} is false`,
      },
    ];
  });

const condition = (definition: string): string => definition.replace(/^check /, "");

/** Columns that become required, and that nothing fills. */
function emptyValues(change: TableChange, exchanged: Draft["phase"]): readonly Asked[] {
  const table = change.to.name;
  const required = (to: ColumnShape, name: string): Asked => ({
    stem: `value-of-${to.name}`,
    reason: `column ${to.name} of ${table} is required, and has no value`,
    shown: [],
    where: `${identifier(name)} is null`,
  });
  const isOpen = (column: Copied): boolean =>
    !column.to.nullable &&
    column.fill.kind === "none" &&
    (column.from.nullable || column.given !== undefined);
  return [
    ...only(change, "kept").flatMap(({ from, to, fill }) =>
      from.nullable && !to.nullable && fill.kind === "none" && !isHeld(change.to, to, "primary")
        ? [required(to, to.name)]
        : [],
    ),
    ...only(change, "copied").flatMap((column) =>
      exchanged === "contract" && isOpen(column) ? [required(column.to, column.name)] : [],
    ),
  ];
}

/** Checks that come, or let less through, once no code of before runs. */
function brokenChecks(change: TableChange, objects: readonly ObjectChange[]): readonly Asked[] {
  return objects.flatMap((object) => {
    if (object.kind === "added" && object.on.kind === "constraint") {
      const phase = phaseOfRule(change, object.on.shape.definition, object.copied);
      return phase === "contract" ? broken(change, object.on.shape) : [];
    }
    if (object.kind !== "replaced") return [];
    const [from, to] = [object.from, object.to];
    if (from.kind !== "constraint" || to.kind !== "constraint") return [];
    const same = from.shape.kind === "check" && to.shape.kind === "check";
    return same && isWider(from.shape.bounds, to.shape.bounds) ? [] : broken(change, to.shape);
  });
}

function broken(
  change: TableChange,
  { kind, name, definition }: ConstraintShape,
): readonly Asked[] {
  if (kind !== "check") return [];
  const columns = [
    ...change.to.columns.map((column) => column.name),
    ...only(change, "copied").map((column) => column.name),
  ];
  const named = new Set(namedPlaces(definition).map((place) => place.name));
  return [
    {
      stem: `keeps-${name}`,
      reason: `${name} of ${change.to.name} does not let through what is there`,
      shown: columns.filter((column) => named.has(column)),
      where: `${condition(definition)} is false`,
    },
  ];
}

function asDrafts(
  change: TableChange,
  phase: "expand" | "contract",
  asked: readonly Asked[],
): readonly Draft[] {
  const table = phase === "expand" ? change.was : change.to.name;
  const forced = isForced(change, phase === "expand" ? "from" : "to");
  return asked.map(({ stem, ...question }) =>
    draft({
      phase,
      rank: rank.ask,
      stem: `${table}-ask-${stem}`,
      title: `${table}: stops where ${question.reason}`,
      up: [askText({ table, key: keyAt(change, phase), past: forced ? [table] : [], ...question })],
      down: [],
      risks: ["depends-on-data"],
      // The policies are switched, and that committed, so that nobody waits for the question.
      ...(forced && { transactional: false }),
      touches: [change.part],
    }),
  );
}

/** The key's columns as they are called when a phase begins. */
function keyAt(change: TableChange, phase: "expand" | "contract"): readonly string[] {
  const { columns = [] } =
    (phase === "expand" ? change.from : change.to).constraints.find(
      ({ kind }) => kind === "primary",
    ) ?? {};
  if (phase === "contract") return columns;
  const before = new Map(only(change, "kept").map(({ from, to }) => [to.name, from.name]));
  return columns.map((name) => before.get(name) ?? name);
}
