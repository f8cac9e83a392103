import { refuse } from "../../runtime/refused-value.ts";
import type { Codec } from "./codec.ts";
import type { Text } from "./statement.ts";

const quoted = (text: Text): string =>
  text === null ? "NULL" : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** The element that starts at `from`, quoted: its text and where it ends. */
const quotedElement = (
  text: string,
  from: number,
): { readonly element: string; readonly end: number } => {
  let element = "";
  let at = from + 1;
  let start = at;
  while (text[at] !== '"') {
    if (at >= text.length) throw new TypeError("an array text that does not end");
    if (text[at] === "\\") {
      element += text.slice(start, at);
      start = at + 1;
      at += 2;
    } else {
      at += 1;
    }
  }
  return { element: element + text.slice(start, at), end: at + 1 };
};

/** One dimension: `{1,NULL,"a\"b"}`. */
const split = (text: string): Text[] => {
  const elements: Text[] = [];
  let at = 1;
  while (at < text.length - 1) {
    if (text[at] === '"') {
      const { element, end } = quotedElement(text, at);
      elements.push(element);
      at = end + 1;
    } else {
      const comma = text.indexOf(",", at);
      const end = comma === -1 ? text.length - 1 : comma;
      const element = text.slice(at, end);
      elements.push(element === "NULL" ? null : element);
      at = end + 1;
    }
  }
  return elements;
};

/** Either kind of codec, as an array's element. */
export interface ElementCodec<T> {
  readonly encode: (value: T) => Text;
  readonly decode: (text: Text | undefined) => T;
}

/** A one-dimensional array of any codec; `array(nullable(int))` where elements may be null. */
export const array = <T>(element: ElementCodec<T>): Codec<readonly T[]> => ({
  encode: (values) =>
    Array.isArray(values)
      ? `{${values.map((value: T) => quoted(element.encode(value))).join(",")}}`
      : refuse("array", values),
  decode: (text) => {
    if (typeof text !== "string" || !text.startsWith("{")) {
      throw new TypeError("an array was expected");
    }
    return split(text).map((each) => element.decode(each));
  },
});
