import type Handlebars from "handlebars";
import runtime from "handlebars/runtime.js";
import {
  Code,
  commentText,
  identifier,
  jsonText,
  lineCommentText,
  markdownCode,
  markdownText,
  propertyName,
  shellWord,
  stringLiteral,
  templateText,
  yamlScalar,
} from "./encode.ts";

/**
 * The helpers that templates may use: one encoder per context and nothing else, so that a value cannot reach output unencoded. Every
 * mustache must be wrapped by one of them (a test walks the templates); logic beyond `if` and `each` belongs into the data.
 */
export const encoders: Readonly<Record<string, (value: unknown) => string>> = {
  code: trusted,
  comment: (value) => commentText(text(value)),
  hash: (value) => lineCommentText(text(value)),
  id: (value) => identifier(text(value)),
  json: (value) => jsonText(value),
  md: (value) => markdownText(text(value)),
  mdcode: (value) => markdownCode(text(value)),
  number: (value) => finite(value),
  property: (value) => propertyName(text(value)),
  shell: (value) => shellWord(text(value)),
  sql: (value) => templateText(text(value)),
  ts: (value) => stringLiteral(text(value)),
  yaml: (value) => yamlScalar(text(value)),
};

// The package types its runtime entry as an empty module; it is the same object without the compiler.
const handlebars = runtime as typeof Handlebars;

/** Handlebars with our encoders only: no HTML escaping, a missing variable is an error, no prototype access. */
export function environment(): typeof Handlebars {
  const made = handlebars.create();
  for (const name of Object.keys(made.helpers)) {
    if (!builtIns.has(name)) made.unregisterHelper(name);
  }
  for (const [name, encode] of Object.entries(encoders)) made.registerHelper(name, encode);
  return made;
}

/** Block helpers of Handlebars that templates may use. */
export const builtIns: ReadonlySet<string> = new Set(["each", "if", "unless"]);

/** Compile options of every template; precompiling and compiling in process must agree. */
export const compileOptions = { noEscape: true, strict: true, knownHelpersOnly: true } as const;

/** Names the compiler may call as helpers. */
export const knownHelpers: Readonly<Record<string, true>> = Object.fromEntries(
  [...Object.keys(encoders), ...builtIns].map((name) => [name, true]),
);

function trusted(value: unknown): string {
  if (value instanceof Code) return value.text;
  throw new Error(`a template emits as code what is not: ${typeof value}`);
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Error(`a template encodes what is no text: ${typeof value}`);
}

function finite(value: unknown): string {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new Error(`a template emits as number what is none: ${typeof value}`);
}
