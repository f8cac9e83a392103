import { part } from "./answer.ts";
import type { ItemShape } from "./view-shape.ts";

/** Before the kind of a vector that the index compares nothing by: its items hold it as bytes. */
export const packedKind = "packed ";

/**
 * The two ways between an item's JSON and its copy in an index, where vectors that nothing is compared by are base64 of single precision, first
 * byte lowest: a third of what their digits take, of all that the index keeps of an item.
 */
export interface Packing {
  readonly pack: (json: object) => object;
  readonly unpack: (json: object) => object;
}

/** What an item's shape says of its vectors, those of its children too. Null stays null. */
export function packingOf(item: ItemShape): Packing {
  return { pack: changeOf(item, bytesOf) ?? same, unpack: changeOf(item, numbersOf) ?? same };
}

type Change = (json: object) => object;

const same: Change = (json) => json;

/** What maps the packed vectors of an item; undefined where there are none. */
function changeOf(shape: ItemShape, vector: (value: unknown) => unknown): Change | undefined {
  const changes = Object.entries(shape).flatMap(([name, kind]) => {
    if (typeof kind === "string")
      return kind.startsWith(packedKind) ? [[name, vector] as const] : [];
    const change = changeOf(kind, vector);
    const each = (children: unknown): unknown =>
      Array.isArray(children) && change ? children.map(change) : children;
    return change === undefined ? [] : [[name, each] as const];
  });
  if (changes.length === 0) return undefined;
  return (json) => {
    const present = changes.filter(([name]) => name in json);
    const changed = present.map(([name, change]) => [name, change(part(json, name))]);
    return { ...json, ...(Object.fromEntries(changed) as object) };
  };
}

function bytesOf(numbers: unknown): unknown {
  if (!Array.isArray(numbers)) return numbers;
  const bytes = Buffer.alloc(numbers.length * 4);
  (numbers as readonly number[]).forEach((number, at) => bytes.writeFloatLE(number, at * 4));
  return bytes.toString("base64");
}

function numbersOf(packed: unknown): unknown {
  if (typeof packed !== "string") return packed;
  const bytes = Buffer.from(packed, "base64");
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}
