import type { Question, Step } from "../../../migrate/step.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { literal } from "../sql/quote.ts";
import { rank } from "./rank.ts";
import type { ColumnShape, TablePart } from "./shape.ts";
import { partName } from "./snapshot.ts";

/** A type that was there before the data layer, with the values that fields over it name. */
interface EnumType {
  readonly name: string;
  readonly values: readonly string[];
  readonly parts: readonly string[];
}

type Tables = readonly TablePart[];

/**
 * Values that fields name of an enum type that was there before. A type whose values an older snapshot does not hold is taken for one
 * that may lack any of them: a value that is there already is left alone.
 */
export const enumDrafts = (before: Tables, after: Tables): readonly Draft[] => {
  const known = new Map(enumTypes(before).map((type) => [type.name, type.values]));
  return enumTypes(after)
    .filter(({ name }) => known.has(name) || columnsOf(before).some(({ type }) => type === name))
    .flatMap((type) => addedValues(type, known.get(type.name) ?? []));
};

function addedValues(type: EnumType, before: readonly string[]): readonly Draft[] {
  const { name, values, parts } = type;
  return values.flatMap((value, at) => {
    if (before.includes(value)) return [];
    const next = values.slice(at + 1).find((each) => before.includes(each));
    const previous = values[at - 1];
    const place =
      previous !== undefined
        ? ` after ${literal(previous)}`
        : next === undefined
          ? ""
          : ` before ${literal(next)}`;
    return [addedValue({ name, value, place, touches: parts })];
  });
}

interface AddedValue extends Pick<Step, "name" | "touches"> {
  readonly value: string;
  /** Where it sorts: ` after 'new'`. */
  readonly place: string;
}

const addedValue = ({ name, value, place, touches }: AddedValue): Draft =>
  draft({
    rank: rank.enumValue,
    stem: `${name}-add-${value}`,
    title: `type ${name}: value ${value} is added`,
    up: [`alter type ${name} add value if not exists ${literal(value)}${place};`],
    down: [],
    reversibility: "irreversible",
    note: "No value ever leaves an enum type, so there is no way back; code of before fails on rows that hold it.",
    transactional: false,
    verify: `select exists (select from pg_enum where enumtypid = ${literal(name)}::regtype and enumlabel = ${literal(value)})`,
    touches,
  });

/** Values that no field of a type names any more: the server has no way to take one out of its type. */
export const enumQuestions = (before: Tables, after: Tables): readonly Question[] => {
  const kept = new Map(enumTypes(after).map((type) => [type.name, type.values]));
  return after.flatMap(({ table }) =>
    table.columns.flatMap((column) => {
      const values = kept.get(column.type);
      const was = before
        .find((each) => each.table.name === table.name)
        ?.table.columns.find((each) => each.name === column.name && each.type === column.type);
      const gone = was?.values?.filter((value) => values?.includes(value) === false) ?? [];
      return gone.length === 0 ? [] : [goneValues(partName(table.name), column, gone)];
    }),
  );
};

function goneValues(part: string, column: ColumnShape, gone: readonly string[]): Question {
  const named = gone.map((value) => JSON.stringify(value)).join(", ");
  return {
    about: `${part}.${column.name}`,
    text: `field ${column.field} of ${part} no longer names ${named}, and no value ever leaves the enum type ${column.type}: rows may hold it`,
    hint: `keep ${named} among its values:, which code need not write; or let the column have another type, such as stored: { type: text }, with --set ${part}.${column.name}=${JSON.stringify(`${column.name}::text`)}`,
  };
}

function enumTypes(tables: Tables): readonly EnumType[] {
  const found = new Map<string, EnumType>();
  for (const { table } of tables)
    for (const { type: name, values } of table.columns) {
      if (values === undefined) continue;
      const { values: others = [], parts = [] } = found.get(name) ?? {};
      const more = values.filter((value) => !others.includes(value));
      const part = partName(table.name);
      found.set(name, {
        name,
        // The longer list says where the values of the shorter one sort.
        values:
          more.length === 0
            ? others
            : others.every((each) => values.includes(each))
              ? values
              : [...others, ...more],
        parts: parts.includes(part) ? parts : [...parts, part],
      });
    }
  return [...found.values()];
}

const columnsOf = (tables: Tables): readonly ColumnShape[] =>
  tables.flatMap(({ table }) => table.columns);
