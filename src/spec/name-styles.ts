import { camelCase, kebabCase, pascalCase } from "../ir/words.ts";
import type { Path } from "./issues.ts";
import { entityName, kebabName, memberName } from "./schema-values.ts";

/** How names of a kind of thing are written. */
interface NameStyle {
  readonly name: typeof entityName;
  readonly made: (name: string) => string;
}

const entity: NameStyle = { name: entityName, made: pascalCase };
const member: NameStyle = { name: memberName, made: camelCase };
const kebab: NameStyle = { name: kebabName, made: kebabCase };

/** The style of the names that a mapping has as keys; undefined where its keys are no names. */
function styleIn([top, name, part, ...deeper]: Path): NameStyle | undefined {
  if (top !== "entities" && top !== "workloads") return undefined;
  if (name === undefined) return top === "entities" ? entity : kebab;
  const ofFields = top === "entities" && part === "fields" && deeper.length === 0;
  const ofMethods = top === "workloads" && part === "access" && deeper.length === 1;
  return ofFields || ofMethods ? member : undefined;
}

/** Other characters are no style, and nobody knows what was meant by them. */
const words = /^[A-Za-z0-9 _-]+$/;

/** A name in another style than that of its mapping: what it is not, and as it should be written. */
export interface Misnamed {
  readonly phrase: string;
  readonly made: string;
}

/** What is wrong with a key of the mapping at `parent`; undefined where it has its style, or cannot get it. */
export function misnamed(key: string, parent: Path): Misnamed | undefined {
  const style = words.test(key) ? styleIn(parent) : undefined;
  const phrase = style?.name.safeParse(key).error?.issues[0]?.message;
  const made = style?.made(key);
  return phrase === undefined || made === undefined || style?.name.safeParse(made).success !== true
    ? undefined
    : { phrase, made };
}
