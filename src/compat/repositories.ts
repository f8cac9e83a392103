import type { Ir, RecordMethodIr, RepositoryIr } from "../ir/types.ts";
import { behaviourChanges } from "./behaviour.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { pairs } from "./pairs.ts";
import { propertyRenames, type Renames } from "./renames.ts";
import { callChanges, type Callable } from "./signature.ts";

const api = noteOf("api");

export const repositoriesOf = ({ stores }: Ir): readonly RepositoryIr[] =>
  stores.flatMap(({ repositories }) => repositories);

/** Differences in the repositories and their methods; `renames` maps entity names of before to those of after. */
export function repositoryChanges(before: Ir, after: Ir, renames: Renames): readonly SpecChange[] {
  const current = ({ entity }: RepositoryIr): string => renames.get(entity.name) ?? entity.name;
  const old = new Map(repositoriesOf(before).map((one) => [current(one), one]));
  const now = repositoriesOf(after);
  const names = new Set(now.map(({ entity }) => entity.name));
  return [
    ...[...old].filter(([name]) => !names.has(name)).map(([, one]) => gone(one)),
    ...now.flatMap((one) => {
      const from = old.get(one.entity.name);
      return from === undefined ? [fresh(one)] : methodChanges(from, one, renames);
    }),
  ];
}

const gone = ({ entity }: RepositoryIr): SpecChange =>
  api("breaking", `data.${entity.property}`, "removed", "code that uses the repository fails");

const fresh = ({ entity }: RepositoryIr): SpecChange =>
  api("additive", `data.${entity.property}`, "added", "a repository more");

/** A declared method with the reads that come with it. */
const callables = ({ signature, batch, asOf, types }: RecordMethodIr): readonly Callable[] => [
  { signature, types },
  ...[batch, asOf].flatMap((one) => (one === undefined ? [] : [{ signature: one, types: [] }])),
];

function methodChanges(
  before: RepositoryIr,
  after: RepositoryIr,
  renames: Renames,
): readonly SpecChange[] {
  const properties = propertyRenames(before.entity, after.entity);
  const subjectOf = (name: string): string => `${after.entity.property}.${name}()`;
  const paired = pairs(before.methods.flatMap(callables), after.methods.flatMap(callables), {
    name: ({ signature }) => signature.name,
  });
  const declared = pairs(before.methods, after.methods, { name: ({ method }) => method.name });
  return [
    ...paired.removed.map(({ signature }) =>
      api("breaking", subjectOf(signature.name), "removed", "code that calls it fails"),
    ),
    ...paired.added.map(({ signature }) =>
      api("additive", subjectOf(signature.name), "added", "a method more"),
    ),
    ...paired.kept.flatMap((pair) => {
      const subject = subjectOf(pair.after.signature.name);
      return callChanges(pair.before, pair.after, { subject, renames, properties });
    }),
    ...declared.kept.flatMap((pair) =>
      behaviourChanges(
        pair.before.method,
        pair.after.method,
        subjectOf(pair.after.method.name),
        properties,
      ),
    ),
  ];
}
