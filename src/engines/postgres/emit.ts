import type { EntityIr, Ir, StoreIr } from "../../ir/types.ts";
import type { FileRequest } from "../engine.ts";
import { repositoryFile } from "./adapter/repository-file.ts";
import { rowFile } from "./adapter/row-file.ts";
import { searchFile } from "./adapter/search-file.ts";
import { storeFile } from "./adapter/store-file.ts";
import { vectorFile } from "./adapter/vector-file.ts";
import { initialMigration } from "./ddl/render-sql.ts";

/** Everything that a store of this engine adds to the tree: adapters, the composition of the store, its first migration. */
export function emit(store: StoreIr, ir: Ir): readonly FileRequest[] {
  return [
    ...adaptedEntities(store).map((entity) => rowFile(entity, store, ir)),
    ...store.repositories.map((repository) => repositoryFile(repository, store, ir)),
    ...store.views.flatMap((view) => {
      if (view.port === "search") return [searchFile(view, store, ir)];
      return view.port === "vector" ? [vectorFile(view, store, ir)] : [];
    }),
    storeFile(store, ir),
    ...migrationFiles(store, ir),
  ];
}

/** Entities whose rows some adapter maps. */
const adaptedEntities = (store: StoreIr): readonly EntityIr[] => [
  ...new Set([
    ...store.repositories.map(({ entity }) => entity),
    ...store.views.flatMap((view) => (view.port === "cache" ? [] : [view.entity])),
  ]),
];

function migrationFiles(store: StoreIr, ir: Ir): readonly FileRequest[] {
  const { id, up, down, record } = initialMigration(store, ir.project);
  const file = (name: string, text: string): FileRequest => ({
    path: `migrations/${store.name}/${id}.${name}`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    text,
  });
  return [file("up.sql", up), file("down.sql", down), file("json", record)];
}
