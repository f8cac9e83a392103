import type { EntityIr, Ir, StoreIr } from "../ir/types.ts";
import { authorityKinds } from "../ir/lower.ts";
import { engines } from "../engines/registry.gen.ts";
import { recordedStores, recordedTable, type RecordedStore } from "../reconcile/recorded-stores.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { migratedStores } from "./schema-stage.ts";

/** An entity whose rows lie in another store than the one that its code will ask. */
export interface MovedEntity {
  readonly entity: EntityIr;
  readonly from: Pick<RecordedStore, "name" | "engine">;
  readonly to: StoreIr;
}

/** The entities that have another authority than at the last run of `generate`. @param root folder of the output package */
export function movedEntities(ir: Ir, root: string): readonly MovedEntity[] {
  const home = new Map(
    recordedStores(root).flatMap((store) =>
      store.workloads
        .filter(({ kind }) => authorityKinds.has(kind))
        .flatMap(({ entities }) => entities.map((entity) => [entity, store] as const)),
    ),
  );
  return ir.stores.flatMap((to) =>
    to.entities.flatMap((entity): readonly MovedEntity[] => {
      const from = home.get(entity.name) ?? home.get(entity.was ?? entity.name);
      const isThere = from === undefined || (from.name === to.name && from.engine === to.engine);
      return isThere ? [] : [{ entity, from, to }];
    }),
  );
}

export const movedText = ({ entity, from, to }: MovedEntity): string =>
  `${entity.name} moves from store ${from.name} (${from.engine}) to store ${to.name} (${to.engine}): its rows stay where they are, since no migration leads there; copy them yourself before the old store goes`;

/** An entity that the spec has no more, whose records lie in a store without migrations: nothing asks whether they may stay behind. */
export interface LeftEntity {
  readonly name: string;
  readonly from: Pick<RecordedStore, "name" | "engine">;
  /** What the keys of its records begin with. */
  readonly prefix: string;
}

/** The entities that have gone since the last run of `generate`, of stores that keep what they hold. @param root folder of the output package */
export function leftEntities(ir: Ir, root: string): readonly LeftEntity[] {
  const kept = new Set(
    ir.stores.flatMap(({ entities }) =>
      entities.flatMap(({ name, was }) => (was === undefined ? [name] : [name, was])),
    ),
  );
  return recordedStores(root)
    .filter(({ engine }) => engines.some(({ id, schema }) => id === engine && schema === undefined))
    .flatMap((from) => {
      const names = from.workloads
        .filter(({ kind }) => authorityKinds.has(kind))
        .flatMap(({ entities }) => entities);
      return [...new Set(names)]
        .filter((name) => !kept.has(name))
        .map((name) => ({ name, from, prefix: `${ir.project}:${recordedTable(root, name)}:` }));
    });
}

export const leftText = ({ name, from, prefix }: LeftEntity): string =>
  `${name} leaves the spec: its records stay in store ${from.name} (${from.engine}) under keys that begin with ${prefix}, since no migration leads there; delete them yourself when nobody needs them. Should ${name} come back, it reads them, and nothing remembers what type each of their fields had`;

/** Those whose table no migration of their new store makes yet: `migrate diff` asks whether their rows may stay behind. */
export function unmadeEntities(
  moved: readonly MovedEntity[],
  ir: Ir,
  root: string,
): readonly MovedEntity[] {
  if (moved.length === 0) return [];
  const stores = migratedStores(ir, root);
  return moved.filter(({ entity, to }) =>
    stores.some(({ store, folder }) => store === to && !folder.parts.has(entity.table)),
  );
}

/** @throws Failure 1 while rows would be left behind and nobody has said that they may */
export function refuseUnmade(unmade: readonly MovedEntity[]): void {
  if (unmade.length === 0) return;
  const allowed = unmade.map(({ entity }) => `--allow-destructive ${entity.table}`).join(" ");
  throw new Failure(exitCode.finding, unmade.map(movedText).join("\n"), {
    details: unmade.map(({ entity, from, to }) => ({
      entity: entity.name,
      from: from.name,
      to: to.name,
    })),
    hint: `if that is meant: async-db-starter migrate diff NAME ${allowed}, then generate; nothing was written`,
  });
}
