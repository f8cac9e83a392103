import type { Snapshot } from "./step.ts";

/** How a change moves what a snapshot names: parts, and what has a name in them (`orders.note`). Sorted. */
export interface MovedNames {
  /** There only after the change. */
  readonly adds: readonly string[];
  /** Gone after it, or another thing under the same name: what others build on the one of before does not stand on the one of after. */
  readonly displaces: readonly string[];
}

/** Compares the names of two snapshots. The first snapshot of a store moves nothing: nobody can have built on it. Pure. */
export function movedNames(from: Snapshot, to: Snapshot): MovedNames {
  if (from.size === 0) return { adds: [], displaces: [] };
  const [before, after] = [namesOf(from, to), namesOf(to, from)];
  return {
    adds: [...after.keys()].filter((name) => !before.has(name)).toSorted(),
    displaces: [...before]
      .filter(([name, text]) => after.get(name) !== text)
      .map(([name]) => name)
      .toSorted(),
  };
}

/** What is named, with its text. @param other what is in only one of the two is one name, not many */
function namesOf(snapshot: Snapshot, other: Snapshot): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [part, content] of snapshot) {
    names.set(part, "");
    if (other.has(part)) collect(content, part, names);
  }
  return names;
}

function collect(content: unknown, part: string, names: Map<string, string>): void {
  if (Array.isArray(content)) {
    for (const each of content) {
      if (hasName(each)) names.set(`${part}.${each.name}`, firmText(each));
      collect(each, part, names);
    }
  } else if (typeof content === "object" && content !== null) {
    for (const [key, each] of Object.entries(content)) {
      if (isProperty(each)) names.set(`${part}.${key}`, firmText(each));
      collect(each, part, names);
    }
  }
}

const hasName = (value: unknown): value is { readonly name: string } =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string";

/** Of a document: its key in the snapshot is its name. */
const isProperty = (value: unknown): value is object =>
  typeof value === "object" && value !== null && "field" in value && !("name" in value);

/** What changes in place, and what stands on the thing goes on standing. */
const loose: ReadonlySet<string> = new Set(["comment", "field", "nullable", "required", "role"]);

function firmText(thing: object): string {
  const firm = Object.entries(thing).filter(([key, value]) => !loose.has(key) && !isDefault(value));
  return JSON.stringify(firm.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const isDefault = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "default";
