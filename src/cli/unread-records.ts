import { keptPairs, otherwiseKept } from "../compat/kept-pairs.ts";
import { engines } from "../engines/registry.gen.ts";
import { authorityKinds } from "../ir/lower.ts";
import { keptName } from "../ir/names.ts";
import type { EntityIr, FieldIr, Ir } from "../ir/types.ts";
import {
  recordedEntity,
  recordedStores,
  type RecordedEntity,
  type RecordedStore,
} from "../reconcile/recorded-stores.ts";
import type { Problem } from "../spec/issues.ts";

/**
 * What stores without migrations hold since the last run of `generate`, and what would be looked for under another name from now on: it
 * would read as if it had never been written.
 *
 * @param root folder of the output package
 */
export function unreadRecords(ir: Ir, root: string): readonly Problem[] {
  const homes = recordedStores(root);
  return ir.stores
    .filter(({ engine }) => engines.some(({ id, schema }) => id === engine && schema === undefined))
    .flatMap((store) =>
      store.entities.flatMap((entity) => {
        const home = homes.find(
          ({ name, engine }) => name === store.name && engine === store.engine,
        );
        const before = home === undefined ? undefined : entityBefore(entity, home, root);
        return before === undefined ? [] : problemsOf(entity, before);
      }),
    );
}

function entityBefore(
  { name, was }: EntityIr,
  { workloads }: RecordedStore,
  root: string,
): RecordedEntity | undefined {
  const held = new Set(
    workloads.flatMap(({ kind, entities }) => (authorityKinds.has(kind) ? entities : [])),
  );
  const former = [name, was].find((each) => each !== undefined && held.has(each));
  return former === undefined ? undefined : recordedEntity(root, former);
}

function problemsOf(entity: EntityIr, before: RecordedEntity): readonly Problem[] {
  const isHeld = ({ source }: Pick<FieldIr, "source"> | RecordedEntity["fields"][number]) =>
    source.role !== "tenant";
  const fields = keptPairs(before.fields.filter(isHeld), entity.fields.filter(isHeld));
  return [
    ...(before.table === entity.table
      ? []
      : [
          problem(
            ["entities", entity.name],
            `the keys of its records begin with ${before.table}, and would be looked for under ${entity.table}: no migration renames them`,
            `table: ${before.table} keeps them; when none is needed any more, generate once without ${entity.name}`,
          ),
        ]),
    ...otherwiseKept(fields).map(({ before: old, after: { source } }) => {
      const [held, wanted] = [keptName(old.source), keptName(source)];
      return problem(
        ["entities", entity.name, "fields", source.name],
        `records hold ${source.name} as ${held}, and it would be looked for as ${wanted}: no migration renames it`,
        `column: ${held} keeps what is stored; when nothing of it is needed any more, generate once without ${source.name}`,
      );
    }),
  ];
}

const problem = (path: readonly string[], message: string, hint: string): Problem => ({
  path,
  at: "key",
  severity: "error",
  message,
  hint,
});
