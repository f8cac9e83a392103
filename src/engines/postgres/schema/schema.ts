import type { Snapshot } from "../../../migrate/step.ts";
import type { StorePart, TablePart } from "./shape.ts";

/** A snapshot as this engine reads it. */
export interface Schema {
  readonly tables: readonly TablePart[];
  readonly store?: StorePart;
}

/** Every part stood in a file that this engine wrote; one of another engine's is told by its name. */
export function schemaOf(snapshot: Snapshot): Schema {
  const tables: TablePart[] = [];
  let store: StorePart | undefined;
  for (const [name, content] of snapshot) {
    if (isPart<TablePart>(content, "table")) tables.push(content);
    else if (isPart<StorePart>(content, "store")) store = content;
    else throw new TypeError(`the snapshot's part ${name} is none of this engine`);
  }
  return { tables, ...(store !== undefined && { store }) };
}

const isPart = <P extends TablePart | StorePart>(value: unknown, kind: P["kind"]): value is P =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === kind;

/**
 * Tables in an order in which each refers to earlier ones only, else in that of the spec; those that the spec does not have come last, by
 * name. Where references form a circle, the order of the spec decides.
 */
export function referenceOrder(
  tables: readonly TablePart[],
  spec: readonly string[],
): readonly TablePart[] {
  const place = (part: TablePart): number =>
    spec.includes(part.entity) ? spec.indexOf(part.entity) : spec.length;
  const byName = new Map(tables.map((part) => [part.table.name, part]));
  const ordered = new Set<TablePart>();
  const seen = new Set<TablePart>();
  const visit = (part: TablePart): void => {
    if (seen.has(part)) return;
    seen.add(part);
    for (const { target = "" } of part.table.constraints) {
      const next = byName.get(target);
      if (next !== undefined) visit(next);
    }
    ordered.add(part);
  };
  const first = (a: TablePart, b: TablePart): number =>
    place(a) - place(b) || (a.table.name < b.table.name ? -1 : 1);
  for (const part of tables.toSorted(first)) visit(part);
  return [...ordered];
}
