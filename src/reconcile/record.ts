import { inOnePiece } from "../render/one-piece.ts";
import type { Unit } from "./units.ts";
import { gitSides } from "./git-conflict.ts";
import { pathProblem } from "./paths.ts";

/** What the user did with a generated file as a whole. */
export interface Whereabouts {
  /** The path that the user moved it to: it is generated there. */
  readonly at?: string;
  /** The user deleted it, and a run of `generate` saw that: it is not made again. */
  readonly deleted?: true;
}

/** Pristine last output, normalised; its hash is derived, see {@link printRecord}. */
export interface RecordedText extends Whereabouts {
  readonly kind: "text";
  readonly base: string;
  /** The base of the other branch, in a record that git could not merge. */
  readonly theirs?: string;
}

/** sha256 (hex) of the normalised last output, for the runtime and for what is not text. */
export interface RecordedHash extends Whereabouts {
  readonly kind: "hashed";
  readonly hash: string;
}

/** What is known of the last output at one path. */
export type RecordedFile =
  | RecordedText
  | RecordedHash
  /** Created once. Nothing of its content is stored: it is the user's, and may hold secrets. */
  | { readonly kind: "yours" };

/** One record in the user's repository. */
export interface UnitRecord {
  readonly unit: Unit;
  readonly files: ReadonlyMap<string, RecordedFile>;
  /** Model snapshot as the caller gave it; undefined when it gave none. */
  readonly model: unknown;
  /** Put together from a merge that git left to the user; to be written anew in any case. */
  readonly unmerged?: true;
}

const version = 1;

/**
 * The record as text: sorted keys, LF, one line per line of the base. A base line changes exactly
 * where the output's line changes, so git merges a record whenever it merges the output itself.
 * That is why a hash is stored only where no base is: a hash next to a base would conflict in
 * every file to which two branches both added something.
 */
export function printRecord(record: UnitRecord): string {
  const files = [...record.files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, file]) => `  ${JSON.stringify(path)}: ${printFile(file)}`);
  const model =
    record.model === undefined ? "" : ` "model": ${nested(sorted(record.model), " ")},\n`;
  return inOnePiece(`{\n "files": ${object(files, " ")},\n${model} "version": ${version}\n}\n`);
}

function printFile(file: RecordedFile): string {
  const content =
    file.kind === "yours"
      ? `"yours": true`
      : file.kind === "text"
        ? `"base": [\n    ${printLines(file.base)}\n   ]`
        : `"hash": ${JSON.stringify(file.hash)}`;
  const { at, deleted }: Whereabouts = file.kind === "yours" ? {} : file;
  const entries = [
    ...(at === undefined ? [] : [`"at": ${JSON.stringify(at)}`]),
    content,
    ...(deleted === true ? [`"deleted": true`] : []),
  ];
  return object(
    entries.map((entry) => `   ${entry}`),
    "  ",
  );
}

/** What `JSON.stringify` with one space makes of it, in a third of its time: these texts are most of what is written. */
function printLines(text: string): string {
  // Without a backslash in the text, each \n in its JSON is the end of a line.
  return text.includes("\\")
    ? text
        .split("\n")
        .map((line) => JSON.stringify(line))
        .join(",\n    ")
    : JSON.stringify(text).replaceAll("\\n", `",\n    "`);
}

/** Put together by `+`, which copies none of the entries: they are most of what is written. */
function object(entries: readonly string[], indent: string): string {
  let text = "";
  for (const entry of entries) text += text === "" ? entry : `,\n${entry}`;
  return text === "" ? "{}" : `{\n${text}\n${indent}}`;
}

const nested = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 1).replaceAll("\n", `\n${indent}`);

/** The same entry of a file that lies elsewhere now, or nowhere any more. */
export function withWhereabouts(file: RecordedFile, { at, deleted }: Whereabouts): RecordedFile {
  if (file.kind === "yours") return file;
  return {
    ...(file.kind === "text"
      ? { kind: file.kind, base: file.base }
      : { kind: file.kind, hash: file.hash }),
    ...(at === undefined ? {} : { at }),
    ...(deleted === true ? { deleted } : {}),
  };
}

/** Where a recorded file lies: where the user moved it to, else at its own path. */
export function placeOf(path: string, file: RecordedFile): string {
  return file.kind === "yours" ? path : (file.at ?? path);
}

/** A JSON value with its keys sorted at every depth, as it is stored; what is sorted already is itself. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return sortedItems(value);
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const made: Record<string, unknown> = {};
  let same = !sortKeys(keys);
  // Objects of one shape in one loop share a hidden class, which `Object.fromEntries` does not give them.
  for (const key of keys) {
    if (key === "__proto__") return sortedEntries(value);
    const item = sorted(value[key]);
    same &&= item === value[key];
    made[key] = item;
  }
  return same ? value : made;
}

function sortedItems(items: readonly unknown[]): readonly unknown[] {
  const made = items.map(sorted);
  return made.every((item, at) => item === items[at]) ? items : made;
}

const few = 50;

/**
 * Sorts keys where they lie; of few by insertion, since every call of `sort` makes more garbage than all else here.
 *
 * @returns whether they were in another order
 */
function sortKeys(keys: string[]): boolean {
  if (keys.length > few) {
    const before = [...keys];
    keys.sort();
    return keys.some((key, at) => key !== before[at]);
  }
  let moved = false;
  for (let next = 1; next < keys.length; next += 1) {
    const key = keys[next] ?? "";
    let at = next;
    for (; at > 0 && (keys[at - 1] ?? "") > key; at -= 1) keys[at] = keys[at - 1] ?? "";
    keys[at] = key;
    moved ||= at !== next;
  }
  return moved;
}

/** The same where a key would set the prototype. */
function sortedEntries(value: Record<string, unknown>): unknown {
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

/** A record, or why its text is none (merge markers, another version, a path outside the package). */
export type ParsedRecord = UnitRecord | { readonly damage: string };

/** Reads a record, if need be with both sides of a merge that git could not do; never throws. */
export function parseRecord(unit: Unit, text: string): ParsedRecord {
  const sides = gitSides(text);
  if (sides === undefined) return parseWhole(unit, text);
  const [ours, theirs] = [parseWhole(unit, sides.ours), parseWhole(unit, sides.theirs)];
  if ("damage" in ours || "damage" in theirs) return { damage: "it holds merge markers" };
  const files = new Map([...theirs.files, ...ours.files]);
  for (const [path, file] of ours.files) {
    const other = theirs.files.get(path);
    if (file.kind === "text" && other?.kind === "text" && file.base !== other.base)
      files.set(path, { ...file, theirs: other.base });
  }
  return { unit, files, model: ours.model, unmerged: true };
}

function parseWhole(unit: Unit, text: string): ParsedRecord {
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
  if (entry["yours"] === true) return { kind: "yours" };
  const { base, hash, at, deleted } = entry;
  if (at !== undefined && (typeof at !== "string" || pathProblem(at) !== undefined)) return;
  const where: Whereabouts = {
    ...(at === undefined ? {} : { at }),
    ...(deleted === true ? { deleted } : {}),
  };
  if (isLines(base)) return { kind: "text", base: base.join("\n"), ...where };
  return typeof hash === "string" ? { kind: "hashed", hash, ...where } : undefined;
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((line) => typeof line === "string");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
