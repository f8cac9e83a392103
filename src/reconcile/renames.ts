import { fileStem } from "../ir/names.ts";
import { camelCase, kebabCase, pascalCase, pluralWords, snakeCase } from "../ir/words.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import type { Entity } from "../spec/model.ts";
import { folderOf } from "./paths.ts";

/** A word of the output, and what it is called now. */
export type Rewording = readonly [from: string, to: string];

/** What `was:` of the spec says of the output. */
export interface Renames {
  /** By planned path: the path that the file had under the former name of its entity. */
  readonly paths: ReadonlyMap<string, string>;
  /** Longest first, so that no word is taken for a part of another. */
  readonly rewordings: readonly Rewording[];
}

export const noRenames: Renames = { paths: new Map(), rewordings: [] };

type Named = Pick<Entity, "name" | "was" | "owner"> & {
  readonly fields: readonly { readonly name: string; readonly was?: string }[];
};

/** The renames of entities and fields, as they show in the rendered files. */
export function renamesOf(entities: readonly Named[], files: readonly VirtualFile[]): Renames {
  const renamed = entities.filter(({ was }) => was !== undefined);
  const paths = renamed.flatMap((entity) => formerPaths(entity, files));
  const rewordings = entities.flatMap((entity) => [
    ...(entity.was === undefined ? [] : entityWords(entity.was, entity.name)),
    ...entity.fields.flatMap(({ name, was }) => (was === undefined ? [] : wordsOf(was, name))),
  ]);
  return {
    paths: new Map(paths),
    rewordings: rewordings.toSorted(([a], [b]) => b.length - a.length || (a < b ? -1 : 1)),
  };
}

function formerPaths(
  { name, was = name, owner }: Named,
  files: readonly VirtualFile[],
): (readonly [string, string])[] {
  const [stem, former] = [fileStem(name), fileStem(was)];
  return files.flatMap(({ path, unit }) => {
    const folder = folderOf(path);
    const file = folder === "" ? path : path.slice(folder.length + 1);
    const rest = file.slice(stem.length);
    if (unit !== `entities/${owner ?? name}` || !file.startsWith(stem) || !/^[.-]/.test(rest)) {
      return [];
    }
    return [[path, `${folder === "" ? "" : `${folder}/`}${former}${rest}`] as const];
  });
}

const forms = [pascalCase, camelCase, kebabCase, snakeCase];

function wordsOf(from: string, to: string): Rewording[] {
  return forms.map((form) => [form(from), form(to)]);
}

function entityWords(from: string, to: string): Rewording[] {
  const plural = (name: string): string => pluralWords(name).join("-");
  return [...wordsOf(from, to), ...wordsOf(plural(from), plural(to))];
}
