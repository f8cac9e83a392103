import { newValuesName } from "../../../ir/names.ts";
import type { Ir, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import { AdapterModule } from "./module.ts";
import { hasRowFile, rowNames, rowParts } from "./row-file.ts";
import type { AdapterRuntime } from "./runtime.ts";

/** The module of a repository, with the codecs and the row of its entity where no other adapter maps these rows. */
export function repositoryModule(
  engine: AdapterRuntime,
  repository: RepositoryIr,
  store: StoreIr,
  ir: Ir,
): AdapterModule {
  const { entity } = repository;
  const own = [entity, ...entity.children.map((child) => child.entity)];
  const imported = hasRowFile(engine, entity, store);
  const module = new AdapterModule(engine, ir, imported ? [entity] : [], [
    repository.factory,
    ...rowNames(entity),
    ...own.map(({ variable }) => variable),
    entity.rows,
    newValuesName(entity.name, false),
    newValuesName(entity.name, true),
    `new${entity.idType ?? entity.name}`,
  ]);
  if (!imported) module.declarations.push(...rowParts(entity, module, "const"));
  return module;
}
