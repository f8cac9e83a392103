import type { VirtualFile } from "../render/virtual-file.ts";
import { contentOf, hashOf, inShape, normalise, shapeOf } from "./content.ts";
import {
  printRecord,
  type RecordedFile,
  type UnitRecord,
  type Whereabouts,
  withWhereabouts,
} from "./record.ts";
import type { TreeState } from "./tree-state.ts";
import { isUnit, keepsBase, recordPath, type Unit } from "./units.ts";
import type { FileChange } from "./write-plan.ts";

/** What a record says of one file other than what was rendered for it. */
export type RecordedState =
  /** The old entry stays, and with it the old base: deleted, or left alone. */
  | { readonly kind: "as before"; readonly entry: RecordedFile }
  /** Rendered as ever, but not where the generator would put it. */
  | ({ readonly kind: "elsewhere" } & Whereabouts);

/**
 * The changes of the records that go with a decision: each unit's files as they are after it.
 *
 * @param states by planned path, where it is not simply generated there
 */
export function nextRecords(
  files: readonly VirtualFile[],
  state: TreeState,
  snapshots: ReadonlyMap<string, unknown>,
  states: ReadonlyMap<string, RecordedState>,
): FileChange[] {
  const next = new Map<Unit, Map<string, RecordedFile>>();
  for (const unit of [...state.records.keys(), ...[...snapshots.keys()].map(asUnit)]) {
    next.set(unit, new Map());
  }
  for (const file of files) {
    const unit = asUnit(file.unit);
    const entries = next.get(unit) ?? new Map<string, RecordedFile>();
    next.set(unit, entries.set(file.path, nextEntry(file, unit, states.get(file.path))));
  }
  const records = [...next].map(([unit, entries]) => ({
    unit,
    files: entries,
    model: snapshots.get(unit),
  }));
  return records.flatMap((record) => recordChange(record, state)).toSorted(byPath);
}

function asUnit(unit: string): Unit {
  if (!isUnit(unit)) throw new TypeError(`"${unit}" is not a unit that has a record`);
  return unit;
}

function entryOf(file: VirtualFile, unit: Unit): RecordedFile {
  if (file.ownership === "yours") return { kind: "yours" };
  const raw = typeof file.content === "string" ? file.content : contentOf(file.content);
  const content = normalise(raw);
  if (keepsBase(unit) && typeof content === "string") return { kind: "text", base: content };
  return { kind: "hashed", hash: hashOf(content) };
}

function nextEntry(file: VirtualFile, unit: Unit, state: RecordedState | undefined): RecordedFile {
  if (state?.kind === "as before") return state.entry;
  const entry = entryOf(file, unit);
  return state === undefined ? entry : withWhereabouts(entry, state);
}

function recordChange(record: UnitRecord, state: TreeState): FileChange[] {
  const path = recordPath(record.unit);
  const old = state.records.get(record.unit);
  const disk = state.disk.get(path);
  const empty = record.files.size === 0 && record.model === undefined;
  if (old === undefined || disk?.kind !== "file") {
    if (empty) return [];
    return [{ kind: "create", path, content: printRecord(record), executable: false }];
  }
  if (empty) return [{ kind: "remove", path, before: disk }];
  const same = sameFiles(record.files, old.files) && sameModel(record.model, old.model);
  if (same && old.unmerged !== true) return [];
  const shape = typeof disk.content === "string" ? shapeOf(disk.content) : undefined;
  const text = printRecord(record);
  const content = shape === undefined ? text : inShape(text, shape);
  return [{ kind: "rewrite", path, content, before: disk }];
}

function sameFiles(
  a: ReadonlyMap<string, RecordedFile>,
  b: ReadonlyMap<string, RecordedFile>,
): boolean {
  if (a.size !== b.size) return false;
  for (const [path, file] of a) if (!sameEntry(file, b.get(path))) return false;
  return true;
}

function sameEntry(a: RecordedFile, b: RecordedFile | undefined): boolean {
  if (b === undefined) return false;
  if (a.kind === "yours" || b.kind === "yours") return a.kind === b.kind;
  if (a.at !== b.at || a.deleted !== b.deleted) return false;
  if (a.kind === "text") return b.kind === "text" && a.base === b.base;
  return b.kind === "hashed" && a.hash === b.hash;
}

/** Whether a value would be stored as `b` was, in any order of keys; without printing either. */
function sameModel(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null) return a === b;
  if (typeof b !== "object" || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each, n) => sameModel(each, b[n]));
  }
  const stored = new Map(Object.entries(b));
  // JSON has no undefined: such a key is not stored.
  const entries = Object.entries(a).filter(([, value]) => value !== undefined);
  return (
    entries.length === stored.size &&
    !Array.isArray(b) &&
    entries.every(([key, value]) => stored.has(key) && sameModel(value, stored.get(key)))
  );
}

function byPath(a: FileChange, b: FileChange): number {
  return a.path < b.path ? -1 : 1;
}
