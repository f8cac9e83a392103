import type { Ir, StoreIr } from "../../ir/types.ts";
import { type DeferredRequest, type FileRequest, ofEntity } from "../engine.ts";
import { feedFile } from "../families/sql/feed-file.ts";
import { entitiesWithRowFile, rowFile } from "../families/sql/row-file.ts";
import { repositoryFile } from "./adapter/repository-file.ts";
import { mysqlRuntime } from "./adapter/runtime.ts";
import { searchFile } from "./adapter/search-file.ts";
import { storeFile } from "./adapter/store-file.ts";
import type { Dialect } from "./dialect.ts";
import { feedFragments } from "./statements/feed.ts";

/** Everything that a store of this engine adds to the tree: adapters and the composition of the store. */
export const emit = (
  store: StoreIr,
  ir: Ir,
  dialect: Dialect,
): readonly (FileRequest | DeferredRequest)[] => [
  ...entitiesWithRowFile(mysqlRuntime, store).map((entity) =>
    ofEntity(entity, () => rowFile(mysqlRuntime, entity, store, ir)),
  ),
  ...store.repositories.map((repository) =>
    ofEntity(repository.entity, () => repositoryFile(repository, store, ir, dialect)),
  ),
  ...store.feeds.map((entity) =>
    ofEntity(entity, () =>
      feedFile(mysqlRuntime, entity, feedFragments(entity, dialect), store, ir),
    ),
  ),
  ...store.views.flatMap((view) =>
    view.port === "search" ? [searchFile(view, store, ir, dialect)] : [],
  ),
  storeFile(store, dialect),
];
