import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import type { Ir } from "../../../src/ir/types.ts";
import { planChange } from "../../../src/migrate/change.ts";
import { printRecord } from "../../../src/migrate/record.ts";

export interface TextFile {
  readonly path: string;
  readonly content: string;
}

/** The first migration of each store as its three files, as `generate` writes them into a new project. */
export const initialFiles = (ir: Ir): readonly TextFile[] =>
  ir.stores.flatMap((store) => {
    const context = { store, project: ir.project, mode: "split", values: {} } as const;
    const nothing = {
      store: store.name,
      migrations: [],
      parts: new Map(),
      recorded: [],
      damaged: [],
      disk: new Map(),
    };
    const { migrations } = planChange(planner, nothing, { context, name: "initial" });
    return migrations.flatMap((migration) => {
      const at = (suffix: string): string => `migrations/${store.name}/${migration.id}.${suffix}`;
      return [
        { path: at("up.sql"), content: migration.up },
        { path: at("down.sql"), content: migration.down },
        { path: at("json"), content: printRecord(migration) },
      ];
    });
  });
