import type { EntityIr } from "../../../ir/types.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import { fillExample, openPlace, shellQuoted, wantedText } from "../../../migrate/fill-example.ts";
import { sameButCase } from "../../../migrate/reused-names.ts";
import { matchColumns, misnamedFields } from "../../families/sql/match.ts";
import { constantText } from "../ddl/column.ts";
import { reservedWords } from "../sql/reserved.ts";
import { type Token, tokens } from "../sql/tokens.ts";
import type { Dialect } from "../dialect.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { ColumnShape, ConstraintShape, TableShape } from "./shape.ts";
import { partName } from "./snapshot.ts";
import { kindOf, parsed } from "./parsed-type.ts";
import { conversion, fits, isOtherKind } from "./types.ts";

/** A table on both sides of a change: of an entity, or its history. */
export interface TablePair {
  readonly part: string;
  readonly from: TableShape;
  readonly to: TableShape;
  readonly dialect: Dialect;
  readonly entity?: EntityIr;
  /** Its triggers write a history. */
  readonly recorded?: true;
  /** The part whose rows it records, of a history. */
  readonly historyOf?: string;
}

/** What happens to one column. */
export type ColumnChange =
  | {
      readonly kind: "kept";
      readonly from: ColumnShape;
      readonly to: ColumnShape;
      /** What rows without a value get, where one is required from now on. */
      readonly fill?: string;
    }
  /** A second column is filled beside it, so that code of before and after finds its own. */
  | {
      readonly kind: "copied";
      readonly from: ColumnShape;
      readonly to: ColumnShape;
      /** Of the second column, until the first one goes. */
      readonly name: string;
      /** The value in the new type, over the table's columns; and back, where that is known. */
      readonly forward: string;
      readonly backward?: string;
      /** The user gave `forward`: it may have none for what code of before writes. */
      readonly given?: true;
      /** What rows without a value get, where one is required from now on; over the columns of before. */
      readonly fill?: string;
    }
  | { readonly kind: "added"; readonly to: ColumnShape; readonly fill?: string }
  | { readonly kind: "dropped"; readonly from: ColumnShape };

/** A table that changes. */
export interface TableChange extends TablePair {
  readonly columns: readonly ColumnChange[];
  readonly questions: readonly Question[];
  readonly mode: ChangeContext["mode"];
}

type Of<K extends ColumnChange["kind"]> = Extract<ColumnChange, { readonly kind: K }>;

export type Kept = Of<"kept">;
export type Copied = Of<"copied">;

/** The value of the second column over those of before: what the first one's becomes, else what stands where it has none. */
export const valueOf = ({ forward, fill }: Copied): string =>
  fill === undefined ? forward : `coalesce(${forward}, ${fill})`;

export const only = <K extends ColumnChange["kind"]>(
  { columns }: Pick<TableChange, "columns">,
  kind: K,
): readonly Of<K>[] => columns.filter((each): each is Of<K> => each.kind === kind);

/** Plans the columns of a table, each in the gentlest way that it can take. */
export function tableChange(pair: TablePair, context: ChangeContext): TableChange {
  const { kept, added, dropped } = matchColumns(pair.from.columns, pair.to.columns, pair.entity);
  const questions: Question[] =
    pair.historyOf === undefined ? [...misnamedFields(pair, pair.from.columns, added)] : [];
  const ask = (question: Question | undefined): void => {
    if (question !== undefined) questions.push(question);
  };
  const columns: ColumnChange[] = [
    ...kept.map(({ from, to }) => keptColumn(pair, from, to, context, ask)),
    ...added.map((to): ColumnChange => {
      const fill = fillOf(pair, to, context);
      if (fill === undefined && needsValue(to)) ask(whatToFill(pair, to));
      return { kind: "added", to, ...(fill !== undefined && { fill }) };
    }),
    ...dropped.map((from): ColumnChange => ({ kind: "dropped", from })),
  ];
  return { ...pair, columns, questions, mode: context.mode };
}

const given = (pair: TablePair, to: ColumnShape, { values }: ChangeContext): string | undefined =>
  values[`${partName(pair.to.name)}.${to.name}`];

const needsValue = ({ nullable, value }: ColumnShape): boolean => !nullable && value === undefined;

function fillOf(pair: TablePair, to: ColumnShape, context: ChangeContext): string | undefined {
  if (to.value !== undefined && to.value.kind !== "default") return undefined;
  const { historyOf } = pair;
  if (historyOf === undefined || to.nullable) return given(pair, to, context);
  if (to.type === "json") return "json_object()";
  // What the row had when it was recorded, else what its table's rows get.
  const recorded = `cast(json_unquote(json_extract(content, ${literal(`$."${to.name}"`)})) as char)`;
  const known = context.values[`${historyOf}.${to.name}`];
  return known === undefined ? recorded : `coalesce(${recorded}, ${known})`;
}

function keptColumn(
  pair: TablePair,
  from: ColumnShape,
  to: ColumnShape,
  context: ChangeContext,
  ask: (question: Question | undefined) => void,
): ColumnChange {
  const fit = fits(from.type, to.type);
  const known = conversion(from.type, to.type, from.name);
  const { converting, filling } = purposes(
    { from, to },
    given(pair, to, context),
    fit !== "never" || known !== undefined,
  );
  const converted = converting ?? known;
  const held = isHeld(pair, from, to) || from.value?.kind === "identity";
  if (from.value?.kind === "generated" || to.value?.kind === "generated")
    return { kind: "kept", from, to };
  if (fit === "never" && converted === undefined) ask(howToConvert(pair, from, to));
  // Code of before would find values of the other kind in its column.
  const seen =
    context.mode === "split" &&
    fit === "always" &&
    isOtherKind(from.type, to.type) &&
    !isComputedFrom(pair, to);
  const retyped = fit === "never" || seen || converting !== undefined;
  // The server knows both as one name.
  const renamed = !sameButCase(from.name, to.name);
  if (held && from.type !== to.type) ask(heldKey(pair, from, to));
  if (hasOtherElements(from, to)) ask(otherElements(pair, from, to));
  const fillFor = (column: string): { readonly fill?: string } =>
    filling === undefined
      ? {}
      : {
          fill: substituted(
            filling,
            new Map([from, to].map(({ name }) => [name, identifier(column)])),
          ),
        };
  if (held || (!renamed && !retyped) || (context.mode === "direct" && !retyped))
    return { kind: "kept", from, to, ...fillFor(to.name) };
  const taken = [...pair.from.columns, ...pair.to.columns].some(
    (column) => column !== to && sameButCase(column.name, to.name),
  );
  const name = taken ? `${to.name}_next` : to.name;
  const backward = retyped && !(seen && renamed) ? undefined : meanwhileBack(from, to, name);
  return {
    kind: "copied",
    from,
    to,
    name,
    forward: converted ?? identifier(from.name),
    ...(backward !== undefined && { backward }),
    ...(converting !== undefined && { given: true }),
    ...fillFor(from.name),
  };
}

/**
 * What an expression that the user gave for a column of before is for: to convert what it holds, or to stand where it holds nothing. A
 * value that is kept as it is needs no conversion; where one is known, an expression that does not ask for the value is no other.
 *
 * @param isKnown whether there is a conversion without it
 */
function purposes(
  { from, to }: { readonly from: ColumnShape; readonly to: ColumnShape },
  given: string | undefined,
  isKnown: boolean,
): { readonly converting: string | undefined; readonly filling: string | undefined } {
  const becomesRequired = from.nullable && !to.nullable;
  const plain = to.value?.kind === "default" ? to.value.expression : undefined;
  const converts =
    given !== undefined &&
    from.type !== to.type &&
    !(isKnown && becomesRequired && !mentions(given, from.name) && !mentions(given, to.name));
  return {
    converting: converts ? given : undefined,
    filling: becomesRequired ? ((converts ? undefined : given) ?? plain) : undefined,
  };
}

/** What code of before finds of what new code writes under another name; undefined where that may be no value of its type at all. */
function meanwhileBack(from: ColumnShape, to: ColumnShape, name: string): string | undefined {
  const isWord = kindOf(parsed(to.type)) === "text" && isOtherKind(from.type, to.type);
  return conversion(to.type, from.type, name) ?? (isWord ? undefined : identifier(name));
}

/** What a column of after is computed from keeps its place: the server lets go of it only with what hangs on it. */
const isComputedFrom = ({ to }: TablePair, { name }: ColumnShape): boolean =>
  to.columns.some(({ value }) => value?.kind === "generated" && mentions(value.expression, name));

/** Whether a text names a column. */
export const mentions = (text: string, column: string): boolean =>
  substituted(text, new Map([[column, ""]])) !== text;

/** What refers to a key, and what a key is made of, hangs together with other tables: that changes at once. */
const isHeld = ({ from, to }: TablePair, before: ColumnShape, after: ColumnShape): boolean =>
  holds(from.constraints, before.name) ||
  holds(to.constraints, after.name) ||
  after.role === "tenant" ||
  after.role === "ownerKey";

const holds = (constraints: readonly ConstraintShape[], column: string): boolean =>
  constraints.some(({ kind, columns = [] }) => kind !== "check" && columns.includes(column));

const about = ({ to }: TablePair, column: ColumnShape): string =>
  `${partName(to.name)}.${column.name}`;

function whatToFill(pair: TablePair, to: ColumnShape): Question {
  const { shown, wanted } = exampleOf(pair, to);
  return {
    about: about(pair, to),
    text: `column ${to.name} of ${pair.to.name} is new and required, and nothing says what the rows that are there get`,
    hint: `give an expression over the table's columns${wanted}: --set ${about(pair, to)}=${shown}; or a default: or nullable: in the spec; or was: where it was renamed`,
  };
}

/** An example for the shell that the column's own rules let through, or a place that is left open with what belongs there. */
function exampleOf({ entity }: TablePair, to: ColumnShape) {
  const field = entity?.fields.find(({ column }) => column === to.name);
  if (field === undefined) return { shown: shellQuoted(openPlace), wanted: "" };
  const example = fillExample({ field, entity });
  const text = "constant" in example ? constantText(field, example.constant) : openPlace;
  return { shown: shellQuoted(text), wanted: wantedText(example) };
}

const howToConvert = (pair: TablePair, from: ColumnShape, to: ColumnShape): Question => ({
  about: about(pair, to),
  text: `column ${from.name} of ${pair.from.name} changes from ${from.type} to ${to.type}, and there is no conversion that fits every value`,
  hint: `give an expression over the table's columns: --set ${about(pair, to)}="cast(${from.name} as …)"`,
});

const heldKey = (pair: TablePair, from: ColumnShape, to: ColumnShape): Question => ({
  about: about(pair, to),
  text: `column ${from.name} of ${pair.from.name} is part of a key and changes from ${from.type} to ${to.type}; what refers to it would have to change with it`,
  hint: "add a field of the new type, move to it, and drop the old one later",
});

/** What is stored of one kind of element, code of the other kind does not read. */
const hasOtherElements = (from: ColumnShape, to: ColumnShape): boolean =>
  from.elements !== undefined && to.elements !== undefined && from.elements !== to.elements;

const otherElements = (pair: TablePair, from: ColumnShape, to: ColumnShape): Question => ({
  about: about(pair, to),
  text: `column ${from.name} of ${pair.from.name} is an array of ${from.elements} and becomes one of ${to.elements}; what is stored is not converted, and no code of the new type could read it`,
  hint: "add a field of the new type, write both, copy what is there, and drop the old one later",
});

/** A text with names exchanged wherever it names them. */
export function substituted(text: string, names: ReadonlyMap<string, string>): string {
  let made = "";
  let at = 0;
  for (const token of tokens(text)) {
    made += text.slice(at, token.at);
    at = token.at + token.text.length;
    const bare = nameOf(token, text[at]);
    made += (bare === undefined ? undefined : names.get(bare)) ?? token.text;
  }
  return made + text.slice(at);
}

/** A reserved word without quotes is no name, and neither is a function that is called: `group by`, `count(*)`. */
function nameOf({ kind, text }: Token, next: string | undefined): string | undefined {
  if (kind === "quoted-name") return text.slice(1, -1).replaceAll("``", "`");
  const isName = kind === "word" && next !== "(" && !reservedWords.has(text.toLowerCase());
  return isName ? text : undefined;
}
