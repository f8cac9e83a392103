import { normaliseEntities } from "../normalise.ts";
import type { Entity, Field } from "../model.ts";
import type { Path, Problem } from "../issues.ts";
import { meant } from "../nearest.ts";
import type { Spec } from "../schema.ts";
import { authorityKinds, type AuthoritySpec, type WorkloadSpec } from "../schema-workload.ts";
import { quoted } from "../shown-text.ts";
import { isMap, treeAt, type Tree } from "../tree.ts";

/** What the rules judge: a spec whose form is right, and what the tree declares besides (in a wrong form). */
export interface Context {
  readonly spec: Spec;
  /** Ids of the engines that a spec may choose among; absent where nobody says. */
  readonly engines?: readonly string[];
  /** False when parts of the spec were taken away for their form: then nothing may be called missing. */
  readonly complete: boolean;
  /** Entities with their implied fields. */
  readonly entities: ReadonlyMap<string, Entity>;
  readonly authorities: readonly (readonly [string, AuthoritySpec])[];
  /** Entity → the first workload that lists it. */
  readonly authorityOf: ReadonlyMap<string, string>;
  /** Names that the tree declares, also those whose form is wrong: a reference to one of them is not dangling. */
  readonly declaredEntities: readonly string[];
  declaredFields(entity: string): readonly string[];
  declares(...path: string[]): boolean;
}

/** Judges the meaning of a spec. */
export type Rule = (context: Context) => readonly Problem[];

export function contextOf(
  spec: Spec,
  tree: Tree,
  complete: boolean,
  engines?: readonly string[],
): Context {
  const keys = (...path: string[]): readonly string[] => {
    const found = treeAt(tree, path);
    return isMap(found) ? Object.keys(found) : [];
  };
  const authorities = Object.entries(spec.workloads).flatMap(([name, workload]) =>
    isAuthority(workload) ? [[name, workload] as const] : [],
  );
  const authorityOf = new Map<string, string>();
  for (const [name, { entities }] of authorities) {
    for (const entity of entities) if (!authorityOf.has(entity)) authorityOf.set(entity, name);
  }
  return {
    spec,
    ...(engines !== undefined && { engines }),
    complete,
    entities: normaliseEntities(spec),
    authorities,
    authorityOf,
    declaredEntities: keys("entities"),
    declaredFields: (entity) => keys("entities", entity, "fields"),
    declares: (...path) => treeAt(tree, path) !== undefined,
  };
}

function isAuthority(workload: WorkloadSpec): workload is AuthoritySpec {
  return authorityKinds.some((kind) => kind === workload.kind);
}

export function error(
  path: Path,
  message: Problem["message"],
  hint: string,
  at: Problem["at"] = "value",
): Problem {
  return { path, at, severity: "error", message, hint };
}

export function warning(
  path: Path,
  message: string,
  hint: string,
  at: Problem["at"] = "value",
): Problem {
  return { path, at, severity: "warning", message, hint };
}

/** The entity a path names, or the problem that there is none; neither when it is declared in a wrong form. */
export function entityAt(
  context: Context,
  name: string,
  path: Path,
  problems: Problem[],
): Entity | undefined {
  const found = context.entities.get(name);
  const lost = !context.complete && context.declaredEntities.length === 0;
  if (found === undefined && !lost && !context.declaredEntities.includes(name)) {
    problems.push(
      renamed(name, context.spec.entities, name, path) ??
        error(
          path,
          `unknown entity ${quoted(name)}`,
          meant(name, context.declaredEntities, "entities"),
        ),
    );
  }
  return found;
}

/** The field of an entity that a path names, or the problem that there is none. */
export function fieldAt(
  context: Context,
  entity: Entity,
  name: string,
  path: Path,
  problems: Problem[],
): Field | undefined {
  const found = entity.fields.find((field) => field.name === name);
  const declared = context.declaredFields(entity.name);
  if (found === undefined && !declared.includes(name)) {
    const known = [...new Set([...declared, ...entity.fields.map((field) => field.name)])];
    const own = context.spec.entities[entity.name]?.fields ?? {};
    problems.push(
      renamed(name, own, `${entity.name}.${name}`, path) ??
        error(
          path,
          `unknown field ${quoted(name)} of ${entity.name}`,
          meant(name, known, `fields of ${entity.name}`),
        ),
    );
  }
  return found;
}

/** A name that `was:` of another one says is its former. */
function renamed(
  name: string,
  declared: Readonly<Record<string, { readonly was?: string | undefined }>>,
  title: string,
  path: Path,
): Problem | undefined {
  const now = Object.keys(declared).find((each) => declared[each]?.was === name);
  return now === undefined
    ? undefined
    : error(path, `${title} is now called ${now} (was:)`, `write ${now}`);
}
