import * as findings from "../reconcile/findings.ts";
import { inShape, normalise, shapeOf } from "../reconcile/content.ts";
import type { DiskEntry } from "../reconcile/tree-state.ts";
import type { FileChange, Finding } from "../reconcile/write-plan.ts";
import type { StoreChange } from "./change.ts";
import type { MigrationFolder } from "./folder.ts";
import { printRecord } from "./record.ts";
import { markPath, markText, partPath, printSnapshot } from "./snapshot-files.ts";
import type { ChangeContext, SchemaPlanner } from "./step.ts";

/** What has to happen to the tree so that it holds a change: the migrations, the schema for people, the snapshot. */
export interface ChangedFiles {
  readonly actions: readonly FileChange[];
  /** The parts of the snapshot, and which migrations it comes from; written after all others. */
  readonly records: readonly FileChange[];
  readonly findings: readonly Finding[];
}

/** The files of a change of one store. Pure. */
export function changeFiles(
  planner: SchemaPlanner,
  folder: MigrationFolder,
  change: StoreChange,
  context: ChangeContext,
): ChangedFiles {
  const at = (name: string): string => `migrations/${folder.store}/${name}`;
  const files = new Map(
    change.migrations.flatMap((migration) => [
      [at(`${migration.id}.up.${planner.suffix}`), migration.up] as const,
      [at(`${migration.id}.down.${planner.suffix}`), migration.down] as const,
      [at(`${migration.id}.json`), printRecord(migration)] as const,
    ]),
  );
  const schema = planner.schemaFile?.(change.snapshot, context);
  if (schema !== undefined) files.set(at(schema.name), schema.text);
  const blocked = [...files.keys()].flatMap((path) => {
    const entry = folder.disk.get(path);
    return entry?.kind === "blocked" ? [findings.blocked(path, entry)] : [];
  });
  return {
    actions: [...files].flatMap(([path, text]) => written(path, text, folder.disk.get(path))),
    records: [
      ...partChanges(folder, change, context.store.engine),
      ...change.migrations.map(({ id }) => marked(folder.store, id)),
    ],
    findings: blocked,
  };
}

/** That a snapshot holds what a migration makes. */
export const marked = (store: string, id: string): FileChange => ({
  kind: "create",
  path: markPath(store, id),
  content: markText(store, id),
  executable: false,
});

function partChanges(
  folder: MigrationFolder,
  { snapshot }: StoreChange,
  engine: string,
): readonly FileChange[] {
  const kept = [...printSnapshot(folder.store, engine, snapshot)].flatMap(([path, text]) =>
    written(path, text, folder.disk.get(path)),
  );
  const gone = [...folder.parts.keys()].filter((part) => !snapshot.has(part));
  const removed = gone.flatMap((part): FileChange[] => {
    const path = partPath(folder.store, part);
    const before = folder.disk.get(path);
    return before?.kind === "file" ? [{ kind: "remove", path, before }] : [];
  });
  return [...kept, ...removed];
}

/** A text at a path, in the shape that git or an editor gave the one before. */
function written(path: string, text: string, before: DiskEntry | undefined): readonly FileChange[] {
  if (before?.kind === "blocked") return [];
  if (before === undefined) return [{ kind: "create", path, content: text, executable: false }];
  if (normalise(before.content) === text) return [];
  const content =
    typeof before.content === "string" ? inShape(text, shapeOf(before.content)) : text;
  return [{ kind: "rewrite", path, content, before }];
}
