import { camelCase, kebabCase, pascalCase } from "../ir/words.ts";
import type { Path } from "./issues.ts";
import { kindAt, type ObjectKind } from "./places.ts";
import { entityName, kebabName, memberName } from "./schema-values.ts";
import type { Tree } from "./tree.ts";

/** How names of a kind of thing are written. */
interface NameStyle {
  readonly name: typeof entityName;
  readonly made: (name: string) => string;
}

const entity: NameStyle = { name: entityName, made: pascalCase };
const member: NameStyle = { name: memberName, made: camelCase };
const kebab: NameStyle = { name: kebabName, made: kebabCase };

/** Things whose names are keys of their own mapping. */
const styles: Partial<Record<ObjectKind, NameStyle>> = {
  entity,
  field: member,
  workload: kebab,
  method: member,
  searchMethod: member,
  searchField: member,
  vectorMethod: member,
  structure: member,
};

/** The style of the name that a path ends with; undefined where it is none. */
const styleOf = (path: Path, tree: Tree): NameStyle | undefined =>
  path.length < 2 ? undefined : styles[kindAt(path, tree)];

/** Other characters are no style, and nobody knows what was meant by them. */
const words = /^[A-Za-z0-9 _-]+$/;

/** A name in another style than that of its mapping: what it is not, and as it should be written. */
export interface Misnamed {
  readonly phrase: string;
  readonly made: string;
}

/** What is wrong with a key of the mapping at `parent`; undefined where it has its style, or cannot get it. */
export function misnamed(key: string, parent: Path, tree: Tree): Misnamed | undefined {
  const style = words.test(key) ? styleOf([...parent, key], tree) : undefined;
  const phrase = style?.name.safeParse(key).error?.issues[0]?.message;
  const made = style?.made(key);
  return phrase === undefined || made === undefined || style?.name.safeParse(made).success !== true
    ? undefined
    : { phrase, made };
}
