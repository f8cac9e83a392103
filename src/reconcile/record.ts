import type { Unit } from "./units.ts";
import { pathProblem } from "./paths.ts";

/** What is known of the last output at one path. */
export type RecordedFile =
  /** Pristine last output, normalised; its hash is derived, see {@link printRecord}. */
  | { readonly kind: "text"; readonly base: string }
  /** sha256 (hex) of the normalised last output, for the runtime and for what is not text. */
  | { readonly kind: "hashed"; readonly hash: string }
  /** Created once. Nothing of its content is stored: it is the user's, and may hold secrets. */
  | { readonly kind: "yours" };

/** One record in the user's repository. */
export interface UnitRecord {
  readonly unit: Unit;
  readonly files: ReadonlyMap<string, RecordedFile>;
  /** Model snapshot as the caller gave it; undefined when it gave none. */
  readonly model: unknown;
}

const version = 1;

/**
 * The record as text: sorted keys, LF, one line per line of the base. A base line changes exactly
 * where the output's line changes, so git merges a record whenever it merges the output itself.
 * That is why a hash is stored only where no base is: a hash next to a base would conflict in
 * every file to which two branches both added something.
 */
export function printRecord(record: UnitRecord): string {
  const files: Record<string, unknown> = Object.create(null);
  for (const path of [...record.files.keys()].toSorted()) {
    const file = record.files.get(path);
    if (file !== undefined) files[path] = printFile(file);
  }
  const model = record.model === undefined ? {} : { model: sorted(record.model) };
  return `${JSON.stringify({ files, ...model, version }, null, 1)}\n`;
}

function printFile(file: RecordedFile): unknown {
  switch (file.kind) {
    case "text":
      return { base: file.base.split("\n") };
    case "hashed":
      return { hash: file.hash };
    case "yours":
      return { yours: true };
  }
}

/** A JSON value with its keys sorted at every depth, as it is stored. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

/** A record, or why its text is none (merge markers, another version, a path outside the package). */
export type ParsedRecord = UnitRecord | { readonly damage: string };

/** Reads a record; never throws. */
export function parseRecord(unit: Unit, text: string): ParsedRecord {
  const value = parseJson(text);
  if (!isObject(value)) {
    return { damage: /^<{7}/m.test(text) ? "it holds merge markers" : "it is not a JSON object" };
  }
  if (value["version"] !== version) {
    return { damage: `its version is ${JSON.stringify(value["version"])}, known is ${version}` };
  }
  if (!isObject(value["files"])) return { damage: `"files" is not an object` };
  const files = new Map<string, RecordedFile>();
  for (const [path, entry] of Object.entries(value["files"])) {
    const problem = pathProblem(path);
    if (problem !== undefined) return { damage: `the path ${JSON.stringify(path)}: ${problem}` };
    const file = parseFile(entry);
    if (file === undefined) return { damage: `the entry of ${JSON.stringify(path)} is malformed` };
    files.set(path, file);
  }
  return { unit, files, model: value["model"] };
}

function parseFile(entry: unknown): RecordedFile | undefined {
  if (!isObject(entry)) return undefined;
  if (isLines(entry["base"])) return { kind: "text", base: entry["base"].join("\n") };
  if (typeof entry["hash"] === "string") return { kind: "hashed", hash: entry["hash"] };
  return entry["yours"] === true ? { kind: "yours" } : undefined;
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((line) => typeof line === "string");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
