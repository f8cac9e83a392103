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
  if (typeof doc === "string" || roomBeside(doc, false, printWidth - column) >= 0) return flat(doc);
  const stack = new Stack(doc, depth);
  let out = "";
  let at = column;
  while (stack.pop()) {
    const { doc: one, depth: columns } = stack;
    if (typeof one === "string") {
      out += one;
      at += one.length;
    } else if (isList(one)) stack.pushAll(one, columns);
    else if (one.kind === "indent") stack.push(one.of, columns + step);
    else if (one.kind === "group") {
      const left = roomBeside(one.of, true, printWidth - at);
      if (left < 0 || !stack.breaksWithin(left)) stack.push(one.of, columns);
      else {
        out += flat(one.of);
        at = printWidth - left;
      }
    } else if (one.kind === "broken") {
      out += one.text;
      at += one.text.length;
    } else {
      at = columns;
      out += at === 0 ? "\n" : `\n${" ".repeat(at)}`;
    }
  }
  return out;
}

/** What is still to be printed, outside of every flat group, the next on top; what was taken last is in `doc` and `depth`. */
class Stack {
  readonly #docs: Doc[];
  readonly #depths: number[];
  #length = 1;
  doc: Doc = "";
  depth = 0;

  constructor(doc: Doc, depth: number) {
    this.#docs = [doc];
    this.#depths = [depth];
  }

  pop(): boolean {
    if (this.#length === 0) return false;
    this.#length -= 1;
    this.doc = this.#docs[this.#length] ?? "";
    this.depth = this.#depths[this.#length] ?? 0;
    return true;
  }

  push(doc: Doc, depth: number): void {
    this.#docs[this.#length] = doc;
    this.#depths[this.#length] = depth;
    this.#length += 1;
  }

  pushAll(docs: readonly Doc[], depth: number): void {
    for (let index = docs.length - 1; index >= 0; index -= 1) this.push(docs[index] ?? "", depth);
  }

  /** Whether what comes up to the next possible line break is no wider than the room. */
  breaksWithin(room: number): boolean {
    let left = room;
    for (let next = this.#length - 1; next >= 0 && left >= 0; next -= 1) {
      left = roomBehind(this.#docs[next] ?? "", left);
      if (left === Infinity) return true;
    }
    return left >= 0;
  }
}

/** The columns left behind a part that is not flat: negative when it is too wide, Infinity when the line can break within it. */
function roomBehind(doc: Doc, room: number): number {
  if (typeof doc === "string") return room - doc.length;
  if (isList(doc)) {
    let left = room;
    for (const part of doc) {
      left = roomBehind(part, left);
      if (left < 0 || left === Infinity) return left;
    }
    return left;
  }
  if (doc.kind === "line") return Infinity;
  return doc.kind === "broken" ? room - doc.text.length : roomBehind(doc.of, room);
}

/**
 * The columns left beside a document on one line: negative when it is too wide, has a hard break, or one outside every group. Every
 * group is measured, and most are flat: nothing is made of it until one fits.
 */
function roomBeside(doc: Doc, grouped: boolean, room: number): number {
  if (typeof doc === "string") return room - doc.length;
  if (isList(doc)) {
    let left = room;
    for (let index = 0; index < doc.length && left >= 0; index += 1)
      left = roomBeside(doc[index] ?? "", grouped, left);
    return left;
  }
  if (doc.kind === "broken") return room;
  if (doc.kind !== "line") return roomBeside(doc.of, grouped || doc.kind === "group", room);
  return doc.hard || !grouped ? -1 : room - doc.flat.length;
}

/** The document on one line. */
function flat(doc: Doc): string {
  if (typeof doc === "string") return doc;
  if (isList(doc)) {
    let text = "";
    for (let index = 0; index < doc.length; index += 1) text += flat(doc[index] ?? "");
    return text;
  }
  if (doc.kind === "line") return doc.flat;
  return doc.kind === "broken" ? "" : flat(doc.of);
}

const isList = (doc: Exclude<Doc, string>): doc is readonly Doc[] => Array.isArray(doc);
