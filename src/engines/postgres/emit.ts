import type { Ir, StoreIr } from "../../ir/types.ts";
import { type DeferredRequest, type FileRequest, ofEntity } from "../engine.ts";
import { feedFile } from "../families/sql/feed-file.ts";
import { repositoryFile } from "./adapter/repository-file.ts";
import { entitiesWithRowFile, rowFile } from "../families/sql/row-file.ts";
import { postgresRuntime } from "./adapter/runtime.ts";
import { searchFile } from "./adapter/search-file.ts";
import { feedFragments } from "./statements/feed.ts";
import { storeFile } from "./adapter/store-file.ts";
import { vectorFile } from "./adapter/vector-file.ts";

/** Everything that a store of this engine adds to the tree: adapters and the composition of the store. */
export function emit(store: StoreIr, ir: Ir): readonly (FileRequest | DeferredRequest)[] {
  return [
    ...entitiesWithRowFile(postgresRuntime, store).map((entity) =>
      ofEntity(entity, () => rowFile(postgresRuntime, entity, store, ir)),
    ),
    ...store.repositories.map((repository) =>
      ofEntity(repository.entity, () => repositoryFile(repository, store, ir)),
    ),
    ...store.feeds.map((entity) =>
      ofEntity(entity, () => feedFile(postgresRuntime, entity, feedFragments(entity), store, ir)),
    ),
    ...store.views.flatMap((view) => {
      if (view.port === "search") return [searchFile(view, store, ir)];
      return view.port === "vector" ? [vectorFile(view, store, ir)] : [];
    }),
    storeFile(store, ir),
  ];
}
