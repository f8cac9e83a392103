import { literal } from "../sql/quote.ts";
import type { Property } from "./recorded-values.ts";

/** An expression for a column of a history, and the rows of that history which need it. */
export interface RecordedUpdate {
  readonly value: string;
  readonly where: string;
}

/** What becomes of each recorded row. */
export interface RecordedChange {
  /** A recorded row keeps what it has and gets what it lacks. */
  readonly properties?: readonly Property[];
  /** Keys that it loses. */
  readonly gone?: readonly string[];
}

/** Under which tables' names the rows of a child stand in what its root recorded. */
export interface ChildNames {
  /** The first of them that is there is read. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Those that go. */
  readonly drop: readonly string[];
}

/** The rows that a history recorded of its own table. */
export function contentUpdate(change: RecordedChange): RecordedUpdate | undefined {
  const { whole, needs } = rowChange(change);
  const { properties = [], gone = [] } = change;
  if (needs.length === 0) return undefined;
  if (properties.length === 0)
    return { value: `content - ${array(gone)}`, where: `content ?| ${array(gone)}` };
  return {
    value: `(select ${whole} from (select content) given(recorded))`,
    where: `exists (select from (select content) given(recorded) where ${needs.join(" or ")})`,
  };
}

/** The rows of a child as its root recorded them, under the child's table. */
export function childrenUpdate(
  names: ChildNames,
  change: RecordedChange,
): RecordedUpdate | undefined {
  const { whole, needs } = rowChange(change);
  const { read, write, drop } = names;
  const [first = ""] = read;
  const stays = read.length === 1 && write.join() === first;
  if (needs.length === 0 && stays) return drop.length === 0 ? undefined : withoutNames(drop);
  const sources = read.map((name) => `children -> ${literal(name)}`);
  const source = sources.length === 1 ? sources.join("") : `coalesce(${sources.join(", ")})`;
  const given = `jsonb_array_elements(${source}) given(recorded)`;
  const rows =
    needs.length === 0 ? source : `(select coalesce(jsonb_agg(${whole}), '[]') from ${given})`;
  const rest = drop.length === 0 ? "children" : `(children - ${array(drop)})`;
  const missing = write.filter((name) => name !== first || read.length > 1);
  const wanting = [
    ...missing.map((name) => `not children ? ${literal(name)}`),
    ...(drop.length === 0 ? [] : [`children ?| ${array(drop)}`]),
    ...(needs.length === 0 ? [] : [`exists (select from ${given} where ${needs.join(" or ")})`]),
  ];
  const held = read.length === 1 ? `children ? ${literal(first)}` : `children ?| ${array(read)}`;
  return {
    value: `${rest} || jsonb_build_object(${write.map((name) => `${literal(name)}, ${rows}`).join(", ")})`,
    where: `${held} and (${wanting.join(" or ")})`,
  };
}

/** The children that a root recorded, without those of these tables. */
export const withoutNames = (drop: readonly string[]): RecordedUpdate => ({
  value: `children - ${array(drop)}`,
  where: `children ?| ${array(drop)}`,
});

function rowChange({ properties = [], gone = [] }: RecordedChange): {
  readonly whole: string;
  readonly needs: readonly string[];
} {
  const parts = properties.map(({ name, value, lacking }) => {
    const own = literal(name);
    return `${own}, case when ${lacking} then ${value} else recorded -> ${own} end`;
  });
  const leaving = [...new Set([...properties.flatMap(({ instead }) => instead ?? []), ...gone])];
  const rest = leaving.length === 0 ? "recorded" : `(recorded - ${array(leaving)})`;
  return {
    whole: parts.length === 0 ? rest : `${rest} || jsonb_build_object(${parts.join(", ")})`,
    needs: [
      ...properties.map(({ lacking }) => `(${lacking})`),
      ...(gone.length === 0 ? [] : [`recorded ?| ${array(gone)}`]),
    ],
  };
}

const array = (names: readonly string[]): string => `array[${names.map(literal).join(", ")}]`;
