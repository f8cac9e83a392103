import { CORE_SCHEMA, defineMappingTag, load, YAMLException } from "js-yaml";
import { maxAliases, maxDepth } from "./limits.ts";
import type { Tree } from "./tree.ts";

/** Something that the parser could not read, at a 1-based line and column. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

export type Parsed = { readonly tree: Tree } | { readonly fault: SyntaxFault };

/** Mappings without a prototype, so that `__proto__` is a key like any other until {@link file://./tree.ts} refuses it. */
const mapping = defineMappingTag<Record<string, unknown>>("tag:yaml.org,2002:map", {
  create: () => Object.create(null),
  addPair: (map, key, value) => {
    if (isCollection(key)) return complexKey;
    map[String(key)] = value;
    return "";
  },
  has: (map, key) => !isCollection(key) && String(key) in map,
  keys: (map) => Object.keys(map),
  get: (map, key) => (isCollection(key) ? undefined : map[String(key)]),
  identify: () => false,
});

const complexKey = "a key must be plain text";
const isCollection = (key: unknown): boolean => typeof key === "object" && key !== null;

const schema = CORE_SCHEMA.withTags(mapping);

/** YAML 1.2 core schema (JSON is part of it), one document, no merge keys, no other tags, duplicate keys refused. */
export function parse(text: string): Parsed {
  try {
    return { tree: load(text, { schema, maxDepth, maxAliases }) as Tree };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { fault: faultOf(error) };
  }
}

function faultOf(error: YAMLException): SyntaxFault {
  const line = (error.mark?.line ?? 0) + 1;
  const column = (error.mark?.column ?? 0) + 1;
  const [message, hint] = worded(error.reason);
  return { line, column, message, hint };
}

/** The parser's reasons in the words of this tool. */
function worded(reason: string): readonly [string, string] {
  if (reason.startsWith("nesting exceeded"))
    return [`more than ${maxDepth} levels deep`, "flatten the spec"];
  if (reason.startsWith("aliases exceeded"))
    return [`more than ${maxAliases} aliases`, "write the values out"];
  if (reason.startsWith("duplicated mapping key"))
    return ["this key is given twice", "keep one of the two"];
  if (reason.startsWith("unknown") && reason.includes("tag")) {
    return ["a spec has no tags (!…)", "remove the tag; quote the value if it is text"];
  }
  if (reason === complexKey) return ["a key is a list or a mapping", "use plain text as the key"];
  if (reason.startsWith("expected a single document"))
    return ["a spec is one document", "remove the line ---"];
  if (reason.includes("input is empty"))
    return ["the spec is empty", "start from `async-db-starter init`"];
  return [`not valid YAML: ${reason}`, "mend the syntax here or just before"];
}
