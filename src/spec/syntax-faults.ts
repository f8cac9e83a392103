import { Composer, isScalar, LineCounter, Parser, visit } from "yaml";
import type { Document, Pair, ParsedNode } from "yaml";
import { maxDepth, maxExactBytes } from "./limits.ts";
import type { SyntaxFault } from "./parse.ts";
import { tokensTooDeep } from "./token-depth.ts";

/**
 * Every fault of a text that the fast parser could not read: this one goes on after the first, and takes six times as long.
 *
 * @returns none when the text is too large for that, or nests deeper than the composer, which recurses, can take
 */
export function syntaxFaults(text: string): readonly SyntaxFault[] {
  if (text.length > maxExactBytes) return [];
  const lines = new LineCounter();
  // The lexer and the parser do not recurse; the composer does, and two deep documents would abort the process.
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (tokensTooDeep(tokens, maxDepth * 2)) return [];
  const composer = new Composer({
    merge: false,
    schema: "core",
    resolveKnownTags: false,
    uniqueKeys: false,
    logLevel: "silent",
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const fault = (offset: number, what: { message: string; hint: string }): SyntaxFault => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), ...what };
  };
  return documents.flatMap((document, at) => [
    ...[...document.errors, ...document.warnings].map(({ pos, code, message }) =>
      fault(pos[0], worded(code, message)),
    ),
    ...duplicateKeys(document).map((offset) => fault(offset, givenTwice)),
    ...(at === 1 ? [fault(document.range[0], severalDocuments)] : []),
  ]);
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

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
