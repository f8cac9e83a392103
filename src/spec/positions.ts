import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, visit } from "yaml";
import type { Document, Pair, ParsedNode, YAMLMap } from "yaml";
import type { Path } from "./issues.ts";
import { maxDepth, maxLocatedBytes } from "./limits.ts";
import type { SyntaxFault } from "./parse.ts";
import { tokensTooDeep } from "./token-depth.ts";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where things stand in one file. Made only when there is something to report: this parser takes six times as long. */
export interface Positions {
  readonly faults: readonly SyntaxFault[];
  /** The position of a path's key or value; of its nearest parent when the path does not exist. */
  of(path: Path, at: "key" | "value"): Position;
}

/** @returns undefined when the text is too large, or nests deeper than the composer, which recurses, can take */
export function positionsIn(text: string): Positions | undefined {
  if (text.length > maxLocatedBytes) return undefined;
  const lines = new LineCounter();
  // The lexer and the parser do not recurse; the composer does, and two deep documents would abort the process.
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (tokensTooDeep(tokens, maxDepth * 2)) return undefined;
  const composer = new Composer({
    merge: false,
    schema: "core",
    resolveKnownTags: false,
    uniqueKeys: false,
    logLevel: "silent",
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = documents[0];
  const pairs = pairsOnce();
  return {
    faults: [
      ...documents
        .flatMap(({ errors, warnings }) => [...errors, ...warnings])
        .map((error) => ({
          ...positionAt(error.pos[0]),
          ...worded(error.code, error.message),
        })),
      ...documents
        .flatMap(duplicateKeys)
        .map((offset) => ({ ...positionAt(offset), ...givenTwice })),
      ...documents
        .slice(1, 2)
        .map(({ range }) => ({ ...positionAt(range[0]), ...severalDocuments })),
    ],
    of: (path, at) => positionAt(document === undefined ? 0 : offsetOf(document, path, at, pairs)),
  };
}

function offsetOf(
  document: Document.Parsed,
  path: Path,
  at: "key" | "value",
  pairs: ReturnType<typeof pairsOnce>,
): number {
  let node: ParsedNode | null | undefined = document.contents;
  let offset = start(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) as ParsedNode | undefined;
    if (isMap<ParsedNode, ParsedNode | null>(node)) {
      const pair = pairs(node).get(String(step));
      if (pair === undefined) return offset;
      const last = depth === path.length - 1;
      offset =
        (last && at === "value" ? start(pair.value) : undefined) ?? start(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq<ParsedNode>(node)) {
      node = node.items[Number(step)];
      offset = start(node) ?? offset;
    } else return offset;
  }
  return offset;
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** A map's pairs by key, made once: looking for each of ten thousand keys in turn would take seconds. */
function pairsOnce(): (map: YAMLMap.Parsed) => ReadonlyMap<string, ParsedPair> {
  const made = new WeakMap<YAMLMap.Parsed, ReadonlyMap<string, ParsedPair>>();
  return (map) => {
    const known = made.get(map) ?? new Map(map.items.map((pair) => [keyText(pair), pair]));
    made.set(map, known);
    return known;
  };
}

const keyText = ({ key }: ParsedPair): string => (isScalar(key) ? String(key.value) : "");

/** Offsets of keys that stand in their map already; the parser's own check compares each with each. */
function duplicateKeys(document: Document.Parsed): readonly number[] {
  const found: number[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const pair of map.items as ParsedPair[]) {
        const key = keyText(pair);
        if (isScalar(pair.key) && seen.has(key)) found.push(pair.key.range[0]);
        seen.add(key);
      }
    },
  });
  return found;
}

/** An empty value has a place, though nothing stands there: its key says more. */
function start(node: ParsedNode | null | undefined): number | undefined {
  if (!node?.range || (isScalar(node) && node.range[0] === node.range[1])) return undefined;
  return node.range[0];
}

function worded(
  code: string,
  message: string,
): { readonly message: string; readonly hint: string } {
  const reason = message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "";
  if (code === "TAG_RESOLVE_FAILED") {
    return {
      message: "a spec has no tags (!…)",
      hint: "remove the tag; quote the value if it is text",
    };
  }
  return { message: `not valid YAML: ${reason}`, hint: "mend the syntax here or just before" };
}

const givenTwice = { message: "this key is given twice", hint: "keep one of the two" };
const severalDocuments = { message: "a spec is one document", hint: "remove the line ---" };
