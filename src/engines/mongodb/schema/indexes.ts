import type { Phase } from "../../../migrate/step.ts";
import type { MigrationCommand } from "../../../../templates/engines/mongodb/migration-step.ts";
import type { DocumentChange } from "./document-change.ts";
import { sameJson } from "./same-json.ts";
import type { Collection, Index } from "./state.ts";
import type { Draft } from "./steps.ts";

/** The command that makes indexes; it may be repeated. */
export function createIndexes(
  collection: string,
  indexes: Readonly<Record<string, Index>>,
): readonly MigrationCommand[] {
  const made = Object.entries(indexes).map(([name, { key, ...options }]) => ({
    key: Object.fromEntries(key),
    name,
    ...options,
  }));
  return made.length === 0 ? [] : [{ createIndexes: collection, indexes: made }];
}

/**
 * What to do about the indexes. A unique one goes before code of after starts, whose documents may lack what it is over; any other stays
 * while code of before may ask by it.
 *
 * @param change properties that documents of before lack until they are filled: to a unique index they would all be the same null; and those
 *   that keep their documents, and with them the index, until no code of before runs
 */
export function indexDrafts(
  collection: string,
  from: Collection,
  to: Collection,
  { late, held }: Pick<DocumentChange, "late" | "held">,
): {
  /** What stands in the way of documents or of a new index. */
  readonly cleared: readonly Draft[];
  readonly made: readonly Draft[];
  readonly dropped: readonly Draft[];
} {
  const changed = (name: string): boolean => !sameJson(from.indexes[name], to.indexes[name]);
  const gone = Object.entries(from.indexes).filter(([name]) => changed(name));
  const fresh = Object.entries(to.indexes).filter(([name]) => changed(name));
  const kept = new Set(fresh.map(([name]) => name));
  const waiting = new Set(gone.filter(([, index]) => isOver(index, held)).map(([name]) => name));
  const stands = ([name, index]: readonly [string, Index]): boolean =>
    index.unique === true || kept.has(name);
  return {
    cleared: gone.filter(stands).map(([name, index]) =>
      dropped(collection, name, index, {
        replaced: kept.has(name),
        phase: waiting.has(name) ? "contract" : "expand",
      }),
    ),
    made: fresh.map(([name, index]) =>
      made(
        collection,
        name,
        index,
        waiting.has(name) || (index.unique === true && isOver(index, late)) ? "contract" : "expand",
      ),
    ),
    dropped: gone
      .filter((one) => !stands(one))
      .map(([name, index]) =>
        dropped(collection, name, index, { replaced: false, phase: "contract" }),
      ),
  };
}

/** Whether it is over one of the properties, or over what lies in one. */
const isOver = ({ key }: Index, properties: readonly string[]): boolean =>
  key.some(([path]) => properties.some((one) => path === one || path.startsWith(`${one}.`)));

/** One whose name is used again has to go first: a collection has no two indexes of one name. */
function dropped(
  collection: string,
  name: string,
  index: Index,
  { replaced, phase }: { readonly replaced: boolean; readonly phase: Phase },
): Draft {
  return {
    act: `drop index ${name}`,
    title: `index ${name} is dropped`,
    phase,
    up: [{ dropIndex: collection, name }],
    down: createIndexes(collection, { [name]: index }),
    ...(replaced
      ? { note: "Until the new index of this name is there, queries read every document." }
      : {}),
  };
}

/** An index is built beside reads and writes. Source: MongoDB manual, "Index Builds on Populated Collections". */
function made(collection: string, name: string, index: Index, phase: Phase): Draft {
  return {
    act: `add index ${name}`,
    title: `${index.unique === true ? "unique index" : "index"} ${name} over ${index.key.map(([path, direction]) => (direction === 1 ? path : `-${path}`)).join(", ")}`,
    phase,
    up: createIndexes(collection, { [name]: index }),
    down: [{ dropIndex: collection, name }],
    risks: index.unique === true ? ["depends-on-data"] : ["none"],
    ...(index.unique === true
      ? { note: "It fails, naming the index, when two documents have the same value." }
      : {}),
  };
}
