/** What a store holds at one moment of a rehearsal, as far as losses can be told by it. */
export interface Observation {
  /** By table or collection. */
  readonly parts: ReadonlyMap<string, PartRows>;
  /** The catalogue, as the engine's own code compares it. */
  readonly schema: unknown;
  /** What is there and does not hold: an index that is not valid, a constraint that was never validated. */
  readonly invalid: readonly string[];
}

export interface PartRows {
  /** Key of each row as text, in the order of {@link columns}; absent where a part has no key. */
  readonly keys: readonly string[] | undefined;
  readonly rows: number;
  /** Digest of each value, in one order of the rows; null is null. */
  readonly columns: ReadonlyMap<string, readonly (string | null)[]>;
}

/** Values that one moment has and a later one has not. */
export interface Loss {
  readonly part: string;
  /** Absent when the rows themselves are gone. */
  readonly column?: string;
  readonly rows: number;
  readonly what: "rows gone" | "values gone" | "values changed";
}

/**
 * What was lost from one moment to another: rows by their keys, values by their digests. A column that is new is no matter, and neither is
 * an order. Where a part has no key on either side, values are counted, not placed.
 */
export function losses(before: Observation, after: Observation): readonly Loss[] {
  return [...before.parts].flatMap(([part, rows]) => partLosses(part, rows, after.parts.get(part)));
}

function partLosses(part: string, before: PartRows, after: PartRows | undefined): readonly Loss[] {
  if (before.rows === 0) return [];
  if (after === undefined) return [{ part, rows: before.rows, what: "rows gone" }];
  const keyed = before.keys !== undefined && after.keys !== undefined;
  const gone = keyed ? goneKeys(before, after) : Math.max(0, before.rows - after.rows);
  const missing: readonly Loss[] = gone === 0 ? [] : [{ part, rows: gone, what: "rows gone" }];
  return [
    ...missing,
    ...[...before.columns].flatMap(([column, values]) => {
      const found = after.columns.get(column);
      if (found === undefined) return gone < before.rows ? vanished(part, column, values) : [];
      const changed = keyed
        ? changedByKey(before, after, column)
        : changedByCount(values, found) - gone;
      return changed <= 0 ? [] : [{ part, column, rows: changed, what: "values changed" as const }];
    }),
  ];
}

function vanished(
  part: string,
  column: string,
  values: readonly (string | null)[],
): readonly Loss[] {
  const rows = values.filter((value) => value !== null).length;
  return rows === 0 ? [] : [{ part, column, rows, what: "values gone" }];
}

function goneKeys({ keys = [] }: PartRows, after: PartRows): number {
  const left = new Set(after.keys);
  return keys.filter((key) => !left.has(key)).length;
}

/** A null is no value: that a change fills it, as its steps say, loses none. */
function changedByKey(before: PartRows, after: PartRows, column: string): number {
  const places = new Map((after.keys ?? []).map((key, at) => [key, at]));
  const [values, found] = [before.columns.get(column) ?? [], after.columns.get(column) ?? []];
  return (before.keys ?? []).filter((key, at) => {
    const place = places.get(key);
    return values[at] !== null && place !== undefined && found[place] !== values[at];
  }).length;
}

function changedByCount(
  before: readonly (string | null)[],
  after: readonly (string | null)[],
): number {
  const left = new Map<string | null, number>();
  for (const value of after) left.set(value, (left.get(value) ?? 0) + 1);
  let missing = 0;
  for (const value of before) {
    if (value === null) continue;
    const count = left.get(value) ?? 0;
    if (count === 0) missing += 1;
    else left.set(value, count - 1);
  }
  return missing;
}

/** Values that vanished from one column and stand in another of the same part: it was renamed, or split off. */
export function moved(loss: Loss, before: Observation, after: Observation): string | undefined {
  if (loss.column === undefined || loss.what !== "values gone") return undefined;
  const [was, is] = [before.parts.get(loss.part), after.parts.get(loss.part)];
  const values = was?.columns.get(loss.column);
  if (is === undefined || was === undefined || values === undefined) return undefined;
  for (const [column, found] of is.columns) {
    if (!was.columns.has(column) && changedByCount(values, found) === 0) return column;
  }
  return undefined;
}
