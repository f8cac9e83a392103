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

interface Item {
  readonly depth: number;
  readonly flat: boolean;
  readonly doc: Doc;
}

/** Prints from a column on; the first line is already indented by the caller, later ones by `depth` columns and what they nest. */
export function print(doc: Doc, depth = 0, column = depth): string {
  const short = flatText(doc, printWidth - column);
  if (short !== undefined) return short;
  const stack: Item[] = [{ depth, flat: false, doc }];
  let out = "";
  let at = column;
  const emit = (text: string): void => {
    out += text;
    at += text.length;
  };
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { doc: one, flat } = item;
    if (typeof one === "string") emit(one);
    else if (isList(one)) pushAll(stack, one, item);
    else if (one.kind === "indent") stack.push({ depth: item.depth + step, flat, doc: one.of });
    else if (one.kind === "group") {
      stack.push({
        depth: item.depth,
        flat: flat || fits(one.of, item.depth, stack, printWidth - at),
        doc: one.of,
      });
    } else if (one.kind === "broken") emit(flat ? "" : one.text);
    else if (flat && !one.hard) emit(one.flat);
    else {
      out = `${out}\n${" ".repeat(item.depth)}`;
      at = item.depth;
    }
  }
  return out;
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

function pushAll(stack: Item[], docs: readonly Doc[], { depth, flat }: Item): void {
  for (let index = docs.length - 1; index >= 0; index -= 1)
    stack.push({ depth, flat, doc: docs[index] ?? "" });
}

/** Whether a group is as flat as it can be within the room left, what follows it up to the next possible break included. */
function fits(doc: Doc, depth: number, rest: readonly Item[], room: number): boolean {
  let [left, next] = [room, rest.length];
  const stack: Item[] = [{ depth, flat: true, doc }];
  while (left >= 0) {
    const item = stack.pop() ?? rest[(next -= 1)];
    if (item === undefined) return true;
    const one = item.doc;
    if (typeof one === "string") left -= one.length;
    else if (isList(one)) pushAll(stack, one, item);
    else if (one.kind === "line") {
      if (one.hard) return !item.flat || next < rest.length;
      if (!item.flat) return true;
      left -= one.flat.length;
    } else if (one.kind === "broken") left -= item.flat ? 0 : one.text.length;
    else stack.push({ ...item, doc: one.of });
  }
  return false;
}
