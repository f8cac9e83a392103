import { createHash } from "node:crypto";
import type { StoreIr } from "../../../ir/types.ts";
import { remark } from "../sql/quote.ts";
import type { Section } from "./migration.ts";
import { downSections, upSections } from "./migration.ts";

/** The first migration of a store as its three files hold it. */
export interface MigrationFiles {
  readonly id: string;
  readonly up: string;
  readonly down: string;
  /** `{ id, parents, hash }`: what the ledger compares. */
  readonly record: string;
}

/** Text of the first migration. @param header one line that says where the file comes from */
export function initialMigration(store: StoreIr, project: string, header: string): MigrationFiles {
  const id = "0001-initial";
  const up = sqlText(
    `Makes the store ${store.name} of ${project}.`,
    header,
    upSections(store, project),
  );
  const down = sqlText(
    `Takes back 0001-initial.up.sql: every table and its rows.`,
    header,
    downSections(store, project),
  );
  const hash = createHash("sha256").update(up).update(down).digest("hex");
  return { id, up, down, record: `${JSON.stringify({ id, parents: [], hash }, null, 2)}\n` };
}

function sqlText(purpose: string, header: string, sections: readonly Section[]): string {
  const parts = sections.map(({ title, statements }) => [remark(title), ...statements].join("\n"));
  return `${[[remark(header), remark(purpose)].join("\n"), ...parts].join("\n\n")}\n`;
}
