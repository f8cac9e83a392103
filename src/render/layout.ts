import { commentText, identifier, jsonText, propertyName, stringLiteral } from "./encode.ts";
import type { Doc } from "./document.ts";
import {
  group,
  hardline,
  ifBroken,
  indent,
  join,
  line,
  print,
  printWidth,
  softline,
} from "./document.ts";

/** Constructs of TypeScript whose form depends on their width, broken as the formatter breaks them. */

/** What a module imports: module → names; what is only a type is imported as such. */
export interface Imports {
  readonly types: ReadonlyMap<string, ReadonlySet<string>>;
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
  /** Module → the name that holds all it exports. */
  readonly namespaces: ReadonlyMap<string, string>;
}

/** Collects imports in any order; they come out sorted by module, values before types. */
export class ImportSet implements Imports {
  readonly types = new Map<string, Set<string>>();
  readonly values = new Map<string, Set<string>>();
  readonly namespaces = new Map<string, string>();

  type(module: string, ...names: readonly string[]): this {
    return this.#add(this.types, module, names);
  }

  value(module: string, ...names: readonly string[]): this {
    return this.#add(this.values, module, names);
  }

  /** `import * as name`: where many names of one module are used, and say more with its name before them. */
  namespace(module: string, name: string): this {
    this.namespaces.set(module, name);
    return this;
  }

  #add(into: Map<string, Set<string>>, module: string, names: readonly string[]): this {
    if (names.length === 0) return this;
    const known = into.get(module) ?? new Set();
    for (const name of names) known.add(name);
    into.set(module, known);
    return this;
  }
}

/** Whether a name stands in a text as a whole word; faster by far than cutting all of the text into words. */
export function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!isWordAt(text, at - 1) && !isWordAt(text, at + name.length)) return true;
  }
  return false;
}

const isWordAt = (text: string, at: number): boolean => /[\w$]/.test(text[at] ?? "");

/** The import statements, one for each module and on one line unless too long; no line at the end. */
export function importLines({ types, values, namespaces }: Imports): string {
  const modules = [...types.keys(), ...values.keys(), ...namespaces.keys()];
  return [...new Set(modules)]
    .toSorted(byPlace)
    .map((module) => {
      const whole = namespaces.get(module);
      if (whole !== undefined)
        return `import * as ${identifier(whole)} from ${stringLiteral(module)};`;
      const used = sorted(values.get(module));
      const named = sorted(types.get(module));
      return used.length === 0
        ? importStatement("import type ", named, module)
        : importStatement("import ", [...used, ...named.map((name) => `type ${name}`)], module);
    })
    .join("\n");
}

const sorted = (names: ReadonlySet<string> = new Set()): readonly string[] =>
  [...names].toSorted().map(identifier);

/** Packages first, then what lies further up. */
function byPlace(a: string, b: string): number {
  const rank = (module: string): number =>
    module.startsWith("node:") ? 0 : !module.startsWith(".") ? 1 : module.startsWith("../") ? 2 : 3;
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** `import type { A, B } from "./module.ts";`, the names in the given order. */
export const importStatement = (
  keyword: string,
  names: readonly string[],
  module: string,
): string => {
  const from = ` from ${stringLiteral(module)};`;
  const flat = `${keyword}{ ${names.join(", ")} }${from}`;
  return flat.length <= printWidth ? flat : print([keyword, namedList(names), from]);
};

/** `{ A, B }`: a single name never breaks. */
function namedList(names: readonly string[]): Doc {
  const [only, ...rest] = names;
  if (only !== undefined && rest.length === 0) return `{ ${only} }`;
  return group(["{", indent([line, join([",", line], names)]), ifBroken(","), line, "}"]);
}

/** `export { A, B } from "./module.ts";` */
export function exportLine(
  keyword: "export" | "export type",
  module: string,
  names: readonly string[],
): string {
  return print([
    keyword,
    " ",
    group([
      "{",
      indent([line, join([",", line], names.map(identifier))]),
      ifBroken(","),
      line,
      "}",
    ]),
    " from ",
    stringLiteral(module),
    ";",
  ]);
}

/** `export type OrderStatus = "new" | "paid";` */
export function unionType(name: string, members: readonly string[]): string {
  const [only, ...rest] = members;
  if (only !== undefined && rest.length === 0) return `export type ${identifier(name)} = ${only};`;
  const body = group(indent([line, ifBroken("| "), join([line, "| "], members)]));
  return print(["export type ", identifier(name), " =", body, ";"]);
}

export interface PropertyLine {
  readonly name: string;
  /** Type expression made by the generator; top-level union members apart. */
  readonly type: string | readonly string[];
  readonly optional?: boolean;
  readonly doc?: readonly string[];
}

/** `  readonly note?: string | null;`, its docstring above it. */
export function propertyLine(
  { name, type, optional = false, doc = [] }: PropertyLine,
  depth = 2,
): string {
  const members = typeof type === "string" ? [type] : type;
  const typed = hugged(members)
    ? [" ", objectTypes(members.join(" | "))]
    : group(indent([line, ifBroken("| "), join([line, "| "], members)]));
  const text = print(["readonly ", propertyName(name), optional ? "?:" : ":", typed, ";"], depth);
  return `${docBlock(doc, depth)}${" ".repeat(depth)}${text}`;
}

/** A type expression whose object types, `{ readonly a: string; readonly b: number }`, break where they do not fit. */
function objectTypes(text: string): Doc {
  const open = text.indexOf("{ ");
  if (open === -1) return text;
  const [members, rest] = objectMembers(text.slice(open + 2));
  const broken = indent([line, join([";", line], members.map(objectTypes))]);
  return [text.slice(0, open), group(["{", broken, ifBroken(";"), line, "}"]), objectTypes(rest)];
}

/** Splits at the semicolons of this level, up to its closing brace; then what follows the brace. */
function objectMembers(text: string): readonly [members: readonly string[], rest: string] {
  const members: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (depth === 0 && (text.startsWith("; ", at) || text.startsWith(" }", at))) {
      members.push(text.slice(from, at));
      if (text[at] === " ") return [members, text.slice(at + 2)];
      from = at + 2;
    }
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
  }
  return [[...members, text.slice(from)], ""];
}

/** A single type, and a named or object type or null: the formatter never breaks these. */
function hugged([first = "", second, ...rest]: readonly string[]): boolean {
  if (second === undefined) return true;
  return second === "null" && rest.length === 0 && /^[A-Z{]/.test(first);
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly optional?: boolean;
}

/** `(id: OrderId, options?: ReadOptions)` */
export function parameterList(parameters: readonly Parameter[]): Doc {
  if (parameters.length === 0) return "()";
  const shown = parameters.map(
    ({ name, type, optional }) => `${identifier(name)}${optional === true ? "?" : ""}: ${type}`,
  );
  return group(["(", indent([softline, join([",", line], shown)]), ifBroken(","), softline, ")"]);
}

/** A method of an interface: `  get(id: OrderId, options?: ReadOptions): Promise<Order | undefined>;` */
export function methodLine(
  name: string,
  parameters: readonly Parameter[],
  returns: string,
  depth = 2,
): string {
  return (
    " ".repeat(depth) +
    print([propertyName(name), parameterList(parameters), ": ", returns, ";"], depth)
  );
}

/** Head of a function, up to its opening brace: `export function parse(value: unknown): NewOrder {` */
export function functionHead(
  name: string,
  parameters: readonly Parameter[],
  returns: string,
  keyword = "export function",
): string {
  return print([keyword, " ", identifier(name), parameterList(parameters), ": ", returns, " {"]);
}

/** A call whose arguments break one a line: `nullable(order.placedAt, timestampToJson)`. */
export function call(callee: string, args: readonly Doc[]): Doc {
  if (args.length === 0) return `${callee}()`;
  return [
    callee,
    group(["(", indent([softline, join([",", line], args)]), ifBroken(","), softline, ")"]),
  ];
}

/** A call with each argument on its own line, as the formatter writes one of several arguments of which one is a call with an arrow. */
export const openCall = (callee: string, args: readonly Doc[]): Doc => [
  callee,
  "(",
  indent(args.map((argument): Doc => [hardline, argument, ","])),
  hardline,
  ")",
];

/**
 * A constant made by a call with a text and an open object: `const codecs = named("Order", {`, on one line where that fits.
 *
 * @param head up to the call
 */
export function namedObject(head: string, callee: string, text: string, object: Doc): Doc {
  const opening = `${head}${callee}(${text}, `;
  return opening.length < printWidth
    ? [opening, object, ");"]
    : [head, call(callee, [text, object]), ";"];
}

/** `["a", "b"]` */
export function arrayLiteral(items: readonly Doc[]): Doc {
  if (items.length === 0) return "[]";
  return group(["[", indent([softline, join([",", line], items)]), ifBroken(","), softline, "]"]);
}

/** `{ a: 1, b: 2 }`, on one line when it fits. */
export function objectLiteral(entries: readonly (readonly [name: string, value: Doc])[]): Doc {
  if (entries.length === 0) return "{}";
  const shown = entries.map(([name, value]): Doc => [propertyName(name), ": ", value]);
  return group(["{", indent([line, join([",", line], shown)]), ifBroken(","), line, "}"]);
}

/** An object literal that is always broken, as a readable configuration is. */
export function openObject(entries: readonly Doc[]): Doc {
  return entries.length === 0
    ? "{}"
    : ["{", indent(entries.map((entry): Doc => [hardline, entry, ","])), hardline, "}"];
}

/** An entry of an object literal; the shorthand where name and value are the same. A path or a text goes below a name too long for both. */
export function entry(name: string, value: Doc): Doc {
  if (value === name) return name;
  const below = typeof value === "string" && /^(?:[\w$]+(?:\.[\w$]+)*|"[^"]*")$/.test(value);
  return [propertyName(name), ":", below ? group(indent([line, value])) : [" ", value]];
}

/** A docstring, its lines wrapped at the print width; empty for no lines, else it ends its line. */
export function docBlock(lines: readonly string[], depth = 0): string {
  const [only, ...rest] = lines;
  if (only === undefined) return "";
  const pad = " ".repeat(depth);
  const plain = rest.length === 0 ? commentLines(only) : [];
  if (plain.length === 1) {
    const single = `${pad}/** ${plain[0] ?? ""} */`;
    if (single.length <= printWidth) return `${single}\n`;
  }
  let body = "";
  for (const text of lines) {
    for (const one of commentLines(text)) {
      for (const wrapped of wrap(one, printWidth - depth - 3))
        body += wrapped === "" ? `${pad} *\n` : `${pad} * ${wrapped}\n`;
    }
  }
  return `${pad}/**\n${body}${pad} */\n`;
}

/** One text as the lines of a comment; most are plain and one line. */
function commentLines(text: string): readonly string[] {
  if (/^[ -)+-~]*$/.test(text)) return [text.trimEnd()];
  return text.split(/\r\n|[\r\n\u2028\u2029]/).map((one) => commentText(one).trimEnd());
}

/** Breaks at spaces; a word longer than the width keeps its line. */
export function wrap(text: string, width: number): readonly string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(" ")) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** JSON as the formatter writes it: objects open, arrays of scalars on one line while they fit. */
export function jsonDocument(value: unknown): Doc {
  if (Array.isArray(value)) return arrayOf(value.map(jsonDocument));
  if (typeof value !== "object" || value === null) return jsonText(value);
  const entries = Object.entries(value).map(([key, one]): Doc => [
    jsonText(key),
    ": ",
    jsonDocument(one),
  ]);
  if (entries.length === 0) return "{}";
  return ["{", indent([hardline, join([",", hardline], entries)]), hardline, "}"];
}

const arrayOf = (items: readonly Doc[]): Doc =>
  items.length === 0
    ? "[]"
    : group(["[", indent([softline, join([",", line], items)]), softline, "]"]);
