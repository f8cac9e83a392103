import { hash } from "node:crypto";
import { sorted } from "../reconcile/record.ts";
import { schemaFolder } from "../reconcile/tool-files.ts";
import type { Snapshot } from "./step.ts";

const version = 1;

/**
 * Path of a part of a store's snapshot. Every character that some file system folds or refuses is written as its code, so two parts never
 * share a file.
 */
export function partPath(store: string, part: string): string {
  const plain = encoded(part, /[^a-z0-9_-]/gu);
  const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(plain);
  const name = reserved ? encoded(plain, /^./g) : plain;
  return `${schemaFolder}/${store}/${name.length > longest ? shortened(name) : name}.json`;
}

const markEnding = ".migration";

/** Path of the mark that a snapshot holds what a migration makes; a file for each, so that two branches' marks never conflict. */
export const markPath = (store: string, id: string): string =>
  `${schemaFolder}/${store}/${id}${markEnding}`;

export const markText = (store: string, id: string): string =>
  `The snapshot in this folder holds what migrations/${store}/${id}.json makes.\n`;

/** The migrations whose marks are among the names of a snapshot's files. */
export const markedMigrations = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => (name.endsWith(markEnding) ? [name.slice(0, -markEnding.length)] : []));

/** File systems allow 255 bytes per name; a long one keeps its beginning, and its hash tells it from others. */
const longest = 200;
const shortened = (name: string): string =>
  `${name.slice(0, longest - 40)}%${hash("sha256", name, "hex").slice(0, 32)}`;

const encoded = (text: string, pattern: RegExp): string =>
  text.replaceAll(pattern, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
      .join(""),
  );

/** A part as it is stored: sorted keys, one line per value, so that git merges changes of different values. */
export function printPart(engine: string, part: string, content: unknown): string {
  return `${JSON.stringify({ engine, part, version, content: sorted(content) }, null, 1)}\n`;
}

/** The files of a snapshot, by path. */
export function printSnapshot(
  store: string,
  engine: string,
  snapshot: Snapshot,
): ReadonlyMap<string, string> {
  return new Map(
    [...snapshot].map(([part, content]) => [
      partPath(store, part),
      printPart(engine, part, content),
    ]),
  );
}

/** A stored part, or why its text is none. */
export type ParsedPart =
  | { readonly engine: string; readonly part: string; readonly content: unknown }
  | { readonly damage: string };

/** Reads a stored part; never throws. */
export function parsePart(text: string): ParsedPart {
  const value = parsed(text);
  if (typeof value !== "object" || value === null) {
    return { damage: /^<{7}/m.test(text) ? "it holds merge markers" : "it is not a JSON object" };
  }
  const { engine, part, content, version: found } = value as Record<string, unknown>;
  if (found !== version)
    return { damage: `its version is ${JSON.stringify(found)}, known is ${version}` };
  if (typeof engine !== "string" || typeof part !== "string")
    return { damage: "it names no engine or no part" };
  return { engine, part, content };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
