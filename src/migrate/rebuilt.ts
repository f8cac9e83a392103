import type { FileChange } from "../reconcile/write-plan.ts";
import { type ChangedFiles, changeFiles, marked } from "./change-files.ts";
import { planChange } from "./change.ts";
import type { MigrationFolder } from "./folder.ts";
import type { ChangeContext, SchemaPlanner } from "./step.ts";

/** The folder as it is when its snapshot says what the spec says. Pure. */
export function asTheSpecSays(
  planner: SchemaPlanner,
  folder: MigrationFolder,
  context: ChangeContext,
): MigrationFolder {
  const empty = { ...folder, migrations: [], parts: new Map(), recorded: [] };
  const { snapshot } = planChange(planner, empty, { context, name: "fresh" });
  const { engine } = context.store;
  return {
    ...folder,
    parts: new Map([...snapshot].map(([part, content]) => [part, { engine, content }])),
    recorded: folder.migrations.map(({ id }) => id),
    damaged: [],
  };
}

/** What has to be written so that the files of one folder say what another one does. Pure. */
export function rebuiltFiles(
  planner: SchemaPlanner,
  folder: MigrationFolder,
  rebuilt: MigrationFolder,
  context: ChangeContext,
): ChangedFiles {
  const snapshot = new Map([...rebuilt.parts].map(([part, { content }]) => [part, content]));
  const files = changeFiles(planner, folder, { migrations: [], questions: [], snapshot }, context);
  const written = new Set(files.records.map(({ path }) => path));
  const unreadable = folder.damaged.flatMap(({ path }): FileChange[] => {
    const before = folder.disk.get(path);
    return before?.kind === "file" && !written.has(path) ? [{ kind: "remove", path, before }] : [];
  });
  const unmarked = rebuilt.recorded.filter((id) => !folder.recorded.includes(id));
  return {
    ...files,
    records: [...files.records, ...unreadable, ...unmarked.map((id) => marked(folder.store, id))],
  };
}
