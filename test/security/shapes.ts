/** The structure of a parsed text without the texts in it: two inputs that differ in data only have the same one. */
import type { ParseResult } from "oxc-parser";

/** Node types of a TypeScript module in order, with the number of its comments. @throws Error for text that does not parse */
export function typescriptShape({ program, comments, errors }: ParseResult): unknown {
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  return { nodes: nodeTypes(program), comments: comments.map(({ type }) => type) };
}

/** A text is quoted in the way it is shortest; a quoted property is a literal, a plain one an identifier: the same place in the tree. */
const oneKindOfKey: Readonly<Record<string, string>> = { Identifier: "Name", Literal: "Name" };

function nodeTypes(node: unknown, asKey = false): readonly unknown[] {
  if (Array.isArray(node)) return node.map((item) => nodeTypes(item));
  if (typeof node !== "object" || node === null) return [];
  const type = "type" in node ? String(node.type) : "";
  const shown = asKey ? (oneKindOfKey[type] ?? type) : type;
  if (type === "TemplateLiteral" && "quasis" in node && Array.isArray(node.quasis)) {
    if (node.quasis.length === 1) return ["Literal"];
  }
  const inner = Object.entries(node).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && key !== "parent"
      ? [nodeTypes(value, key === "key" || key === "property")]
      : [],
  );
  return asKey && shown === "Name" ? [shown] : [shown, ...inner];
}

const positions = new Set(["location", "stmt_location", "stmt_len"]);

/** The parse tree of SQL; strings and positions left out (an empty string is no node at all), so that only grammar is compared. */
export function sqlShape(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(sqlShape);
  if (typeof tree !== "object" || tree === null) return typeof tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key, value]) => typeof value !== "string" && !positions.has(key))
      .map(([key, value]) => [key, sqlShape(value)]),
  );
}

/** Kinds of the values of a document; strings are data, keys are data where the user named them. */
export function harmlessNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(harmlessNames);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.values(value).map(harmlessNames);
}
