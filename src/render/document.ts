/**
 * A small pretty-printer in the manner of Wadler: what fits on the line stays on it, else its group breaks. The generated code comes
 * out as the formatter would leave it, so no formatter runs.
 */
export type Doc = string | readonly Doc[] | Group | Indent | Line | Broken;

interface Group {
  readonly kind: "group";
  readonly of: Doc;
}
interface Indent {
  readonly kind: "indent";
  readonly of: Doc;
}
interface Line {
  readonly kind: "line";
  /** What it is while its group is flat. */
  readonly flat: "" | " ";
  readonly hard: boolean;
}
interface Broken {
  readonly kind: "broken";
  /** Shown only where the group is broken. */
  readonly text: string;
}

export const group = (of: Doc): Doc => ({ kind: "group", of });
export const indent = (of: Doc): Doc => ({ kind: "indent", of });
/** A space, or a line break in a broken group. */
export const line: Doc = { kind: "line", flat: " ", hard: false };
/** Nothing, or a line break in a broken group. */
export const softline: Doc = { kind: "line", flat: "", hard: false };
export const hardline: Doc = { kind: "line", flat: "", hard: true };
export const ifBroken = (text: string): Doc => ({ kind: "broken", text });

/** `a, b, c` with a separator between. */
export function join(separator: Doc, docs: readonly Doc[]): Doc {
  const [first, ...rest] = docs;
  if (first === undefined) return "";
  const joined: Doc[] = [first];
  for (const doc of rest) joined.push(separator, doc);
  return joined;
}

/** Columns of generated code. */
export const printWidth = 100;
const step = 2;

/** Prints from a column on; the first line is already indented by the caller, later ones by `depth` columns and what they nest. */
export function print(doc: Doc, depth = 0, column = depth): string {
  const short = flatText(doc, printWidth - column);
  if (short !== undefined) return short;
  const stack = new Stack(doc, modeOf(depth, false));
  let out = "";
  let at = column;
  while (stack.pop()) {
    const { doc: one, mode } = stack;
    if (typeof one === "string") {
      out += one;
      at += one.length;
    } else if (isList(one)) stack.pushAll(one, mode);
    else if (one.kind === "indent") stack.push(one.of, mode + indented);
    else if (one.kind === "group") {
      const flat = isFlat(mode) || fits(one.of, mode | 1, stack, printWidth - at);
      stack.push(one.of, flat ? mode | 1 : mode);
    } else if (one.kind === "broken") {
      if (isFlat(mode)) continue;
      out += one.text;
      at += one.text.length;
    } else if (isFlat(mode) && !one.hard) {
      out += one.flat;
      at += one.flat.length;
    } else {
      at = mode >> 1;
      out += at === 0 ? "\n" : `\n${" ".repeat(at)}`;
    }
  }
  return out;
}

/** How a part is printed: its depth, and whether its group is flat; one number, since there is one for every part of every file. */
const modeOf = (depth: number, flat: boolean): number => (depth << 1) | (flat ? 1 : 0);
const isFlat = (mode: number): boolean => (mode & 1) === 1;
const indented = step << 1;

/** What is still to be printed, the next on top; what was taken last is in `doc` and `mode`. */
class Stack {
  readonly #docs: Doc[];
  readonly #modes: number[];
  #length = 1;
  doc: Doc = "";
  mode = 0;

  constructor(doc: Doc, mode: number) {
    this.#docs = [doc];
    this.#modes = [mode];
  }

  get length(): number {
    return this.#length;
  }

  pop(): boolean {
    if (this.#length === 0) return false;
    this.look((this.#length -= 1));
    return true;
  }

  /** Takes one without removing it. */
  look(at: number): void {
    this.doc = this.#docs[at] ?? "";
    this.mode = this.#modes[at] ?? 0;
  }

  push(doc: Doc, mode: number): void {
    this.#docs[this.#length] = doc;
    this.#modes[this.#length] = mode;
    this.#length += 1;
  }

  pushAll(docs: readonly Doc[], mode: number): void {
    for (let index = docs.length - 1; index >= 0; index -= 1) this.push(docs[index] ?? "", mode);
  }
}

/** The document on one line; undefined when it has a hard break, one outside every group, or is wider than the room. */
function flatText(doc: Doc, room: number): string | undefined {
  if (typeof doc === "string") return doc;
  let text = "";
  const add = (one: Doc, grouped: boolean): boolean => {
    if (typeof one === "string") text += one;
    else if (isList(one)) return one.every((part) => add(part, grouped));
    else if (one.kind === "group") return add(one.of, true);
    else if (one.kind === "indent") return add(one.of, grouped);
    else if (one.kind === "line") {
      if (one.hard || !grouped) return false;
      text += one.flat;
    }
    return text.length <= room;
  };
  return add(doc, false) && text.length <= room ? text : undefined;
}

const isList = (doc: Exclude<Doc, string>): doc is readonly Doc[] => Array.isArray(doc);

/** Whether a group is as flat as it can be within the room left, what follows it up to the next possible break included. */
function fits(doc: Doc, mode: number, rest: Stack, room: number): boolean {
  let [left, next] = [room, rest.length];
  const stack = new Stack(doc, mode);
  while (left >= 0) {
    const own = stack.pop();
    if (!own) {
      if (next === 0) return true;
      rest.look((next -= 1));
    }
    const { doc: one, mode: how } = own ? stack : rest;
    if (typeof one === "string") left -= one.length;
    else if (isList(one)) stack.pushAll(one, how);
    else if (one.kind === "line") {
      if (one.hard) return !isFlat(how) || next < rest.length;
      if (!isFlat(how)) return true;
      left -= one.flat.length;
    } else if (one.kind === "broken") left -= isFlat(how) ? 0 : one.text.length;
    else stack.push(one.of, how);
  }
  return false;
}
