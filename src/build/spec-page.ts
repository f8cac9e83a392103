import { markdownCode, markdownText } from "../render/encode.ts";
import { specTypes } from "../spec/types-text.ts";
import examples from "../../references/spec-examples.json" with { type: "json" };
import { type Piece, type WordGroup, wordGroups } from "./spec-words.ts";

const intro = `# The words of the spec

Every word of \`workloads.yaml\`: what it takes, what holds without it, an example, what it means. Made from the schema that the tool itself reads by
(\`npm run gen\`; a test holds it to that). Editors have the same from the line that \`init\` writes:
\`# yaml-language-server: $schema=./.async-db-starter/spec.schema.json\`.

A word that is not here is an error with "did you mean". Fields are written in camelCase, entities in PascalCase, workloads and stores in kebab-case. A minus before a
field is descending; \`.range\` behind one takes a least and a greatest value; \`.day\` (hour, week, month, year) groups by it.
`;

/** What the page shows beside the schema: by group and word, the default and an example. A word without an entry has none. */
export const shown: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> =
  examples;

/** Text of `references/spec.md`. */
export function specPage(): string {
  const groups = wordGroups().filter(({ words }) => words.length > 0);
  return [intro, ...groups.map(section), types()].join("\n");
}

const titles: Readonly<Record<string, string>> = {
  "": "The file",
  entities: "`entities`: an entity",
  "entities.fields": "`fields`: a field of an entity",
  "entities.indexes": "`indexes`: an index of an entity",
  "workloads.sla": "`sla` of a workload",
  "workloads.scale": "`scale` of a workload",
};

function titleOf(path: string): string {
  const [, kind, below] = /^workloads \((\w+)\)(.*)$/.exec(path) ?? [];
  if (kind === undefined) return titles[path] ?? `\`${path}\``;
  if (below === "") return `A workload: ${kindsOf(path)}`;
  const method = below === ".access" ? ": a method" : "";
  return `\`${below?.slice(1)}\` of a ${kind} workload${method}`;
}

function kindsOf(path: string): string {
  const kind = wordGroups()
    .find((group) => group.path === path)
    ?.words.find(({ name }) => name === "kind")?.piece;
  return (kind?.enum ?? [String(kind?.const)]).join(", ");
}

function section({ path, words }: WordGroup): string {
  const rows = words.map((word) => {
    const [fallback = "", example = ""] = shown[path]?.[word.name] ?? [];
    const without = word.required ? "required" : fallback;
    return `| ${[
      markdownCode(word.name),
      takes(word.piece),
      markdownText(without),
      example === "" ? "" : markdownCode(`${word.name}: ${example}`),
      markdownText(word.piece.description ?? ""),
    ].join(" | ")} |`;
  });
  return `## ${titleOf(path)}\n\n| word | takes | without it | example | meaning |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

const patterns: readonly (readonly [part: string, words: string])[] = [
  ["KiB", "size: `512MiB`, or bytes"],
  ["[kMGT]", "amount: `400`, `50k`, `2M`"],
  ["x$", "factor: `10x`"],
  ["ms|s|m|h|d", "duration: `30s`, `15m`, `30d`"],
  ["^[A-Z]", "entity"],
  ["(?:-[a-z0-9]+)*$", "name in kebab-case"],
  ["^[a-z][A-Za-z0-9]*$", "field"],
];

/** What a word takes, in a few words. */
function takes(piece: Piece): string {
  if (piece.const !== undefined) return markdownCode(String(piece.const));
  if (piece.enum !== undefined)
    return piece.enum.map((each) => (each === "" ? "empty" : markdownCode(each))).join(", ");
  const variants = piece.anyOf ?? [];
  const pattern = piece.pattern ?? variants.find((each) => each.pattern !== undefined)?.pattern;
  const known = patterns.find(([part]) => pattern?.includes(part) === true)?.[1];
  if (variants.some(({ items }) => items !== undefined)) return `${known ?? "text"}, or a list`;
  if (known !== undefined) return known;
  if (piece.items !== undefined) return `list of ${listed(piece.items)}`;
  if (piece.properties !== undefined) return "words below";
  if (typeof piece.additionalProperties === "object") return "map by name";
  return plain(piece, variants);
}

const listed = (items: Piece): string =>
  items.properties === undefined && items.items === undefined
    ? takes(items)
        .replace(/^text$/, "texts")
        .replace(/^(field|entity)$/, (one) => (one === "field" ? "fields" : "entities"))
    : items.items === undefined
      ? "words below"
      : "lists";

function plain({ type, exclusiveMinimum }: Piece, variants: readonly Piece[]): string {
  const kinds =
    typeof type === "string" ? [type] : (type ?? variants.map((each) => String(each.type)));
  const words: Readonly<Record<string, string>> = {
    boolean: "`true` or `false`",
    integer: exclusiveMinimum === 0 ? "whole number from 1" : "whole number",
    number: "number",
    string: "text",
    object: "map",
  };
  return kinds.map((kind) => words[kind] ?? kind).join(" or ") || "any value";
}

const types = (): string =>
  `## Types of fields\n\n| type | in TypeScript | its words | meaning |\n| --- | --- | --- | --- |\n${specTypes
    .map(
      ([type, typescript, keys, meaning]) =>
        `| ${markdownCode(type)} | ${markdownCode(typescript)} | ${keys
          .split(" ")
          .filter((key) => key !== "")
          .map(markdownCode)
          .join(" ")} | ${markdownText(meaning)} |`,
    )
    .join("\n")}\n`;
