import type { z } from "zod";
import type { Path, Problem } from "./issues.ts";
import { kindsWith, knownKeys } from "./known-keys.ts";
import { misnamed, type Misnamed } from "./name-styles.ts";
import { meant } from "./nearest.ts";
import { kindAt, type ObjectKind, placeOf } from "./places.ts";
import { choice, quoted, shown } from "./shown-text.ts";
import { isPrototypeKey, treeAt, type Tree } from "./tree.ts";

type ZodIssue = z.core.$ZodIssue;

/** What zod found, in the words of this tool. zod's own messages are used only where the schema gave them as a phrase. */
export function shapeProblems(issues: readonly ZodIssue[], tree: Tree): readonly Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, issue.path.map(step), tree));
}

const step = (key: PropertyKey): string | number => (typeof key === "number" ? key : String(key));

function problemsOf(issue: ZodIssue, path: Path, tree: Tree): readonly Problem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.flatMap((key) => unknownKey([...path, key], tree));
  const value = treeAt(tree, path);
  const name = String(path.at(-1) ?? "");
  if (issue.code === "invalid_key")
    return isPrototypeKey(name) ? [] : [wrongName(issue, path, tree)];
  if (value === undefined) return [missing(path, tree)];
  if (issue.code === "invalid_value") return [wrongWord(path, value, issue.values.map(String))];
  if (issue.code === "invalid_union" && "options" in issue) {
    return [wrongWord(path, value, issue.options.map(String))];
  }
  return [wrongValue(issue, path, value)];
}

const error = (path: Path, at: Problem["at"], message: string, hint: string): Problem => ({
  path,
  at,
  severity: "error",
  message,
  hint,
});

function unknownKey(path: Path, tree: Tree): readonly Problem[] {
  const key = String(path.at(-1));
  // Refused already, with its own reason.
  if (isPrototypeKey(key)) return [];
  const parent = path.slice(0, -1);
  const kind = kindAt(parent, tree);
  const workloadKind = kind === "workload" ? treeAt(tree, [...parent, "kind"]) : undefined;
  const known = knownKeys(kind, workloadKind).filter(
    (candidate) => treeAt(tree, [...parent, candidate]) === undefined,
  );
  const others = kind === "workload" ? kindsWith(key) : [];
  if (isWriteKey(key) && (kind === "searchMethod" || kind === "vectorMethod")) {
    return [
      error(
        parent,
        "key",
        `${placeOf(parent)} would write to a view`,
        "views are derived: declare it in the workload that is the entity's authority",
      ),
    ];
  }
  if (workloadKind === "cache" && key === "access") {
    return [
      error(
        path,
        "key",
        `${placeOf(parent)} is a cache: its methods are given, and nothing is written through it`,
        "remove access; writes belong to the entity's authority",
      ),
    ];
  }
  if (key === "<<")
    return [error(path, "key", "a spec has no merge keys (<<)", "write the keys out")];
  if (others.length > 0) {
    return [
      error(
        path,
        "key",
        `${quoted(key)} does not apply to kind ${kindText(workloadKind)} in ${placeOf(parent)}`,
        `it belongs to ${choice(others)}`,
      ),
    ];
  }
  return [error(path, "key", unknownText(key, kind, parent), meant(key, known, "known keys"))];
}

const unknownText = (key: string, kind: ObjectKind, parent: Path): string =>
  `unknown key ${quoted(key)} in ${inPart(kind, parent)}`;

/** A key that was probably meant to be the last step of a path. */
export const misspeltKey = (key: string, path: Path, tree: Tree): Problem => {
  const parent = path.slice(0, -1);
  return error(
    path,
    "key",
    unknownText(key, kindAt(parent, tree), parent),
    `did you mean ${quoted(String(path.at(-1)))}?`,
  );
};

const kindText = (kind: Tree | undefined): string =>
  typeof kind === "string" ? kind : shown(kind);

const isWriteKey = (key: string): boolean => key === "op" || key === "bulk";

function inPart(kind: ReturnType<typeof kindAt>, path: Path): string {
  const parts: Partial<Record<typeof kind, string>> = {
    sla: "the sla of ",
    scale: "the scale of ",
    measure: "the measure of ",
  };
  const part = parts[kind];
  if (kind === "searchField") return `field ${String(path.at(-1))} of ${placeOf(path)}`;
  return `${part ?? ""}${placeOf(path)}`;
}

function wrongName(issue: ZodIssue & { code: "invalid_key" }, path: Path, tree: Tree): Problem {
  const name = String(path.at(-1));
  const found = misnamed(name, path.slice(0, -1), tree);
  return found === undefined
    ? notNamed(name, path, issue.issues[0]?.message ?? "a name")
    : inOtherStyle(name, path, found);
}

/** A name that was probably meant in the style of its kind. */
export const inOtherStyle = (name: string, path: Path, { phrase, made }: Misnamed): Problem => ({
  ...notNamed(name, path, phrase),
  hint: `write ${made}`,
});

const notNamed = (name: string, path: Path, phrase: string): Problem =>
  error(
    path,
    "key",
    `${quoted(name)} is not ${phrase.replace(/, such as.*/, "")}`,
    exampleOf(phrase),
  );

const exampleOf = (phrase: string): string =>
  phrase.includes("such as")
    ? `write it like ${phrase.slice(phrase.indexOf("such as") + 8)}`
    : "rename it";

function missing(path: Path, tree: Tree): Problem {
  const parent = path.slice(0, -1);
  const name = String(path.at(-1));
  const kind = kindAt(parent, tree) === "workload" ? treeAt(tree, [...parent, "kind"]) : undefined;
  const subject =
    kind === undefined || name === "kind"
      ? placeOf(parent)
      : `${placeOf(parent)} (kind ${kindText(kind)})`;
  return error(
    parent,
    "key",
    `${subject} has no ${quoted(name)}`,
    missingHint(name, kindAt(parent, tree)),
  );
}

function missingHint(name: string, kind: string): string {
  if (kind === "spec" && name === "version") return "start with version: 1";
  if (name === "access") return "declare at least one method, such as access: { search: {} }";
  if (name === "from") return "name the entity that the view is derived from";
  if (name === "kind") return "say what it is, such as kind: transactional";
  if (name === "type") return "say what it holds, such as type: string";
  return `add ${name}:`;
}

function wrongWord(path: Path, value: Tree, words: readonly string[]): Problem {
  const name = typeof path.at(-1) === "number" ? String(path.at(-2)) : String(path.at(-1));
  const types =
    name === "type" && kindOfField(path) ? ". Types: async-db-starter schema --types" : "";
  const near =
    typeof value !== "string"
      ? `it is one of: ${words.join(", ")}`
      : words.includes(value)
        ? `write it without quotes: ${value}`
        : meant(value, words, "it is one of");
  if (types !== "" && typeof value === "string" && near.startsWith("did you mean")) {
    return error(
      path,
      "value",
      `unknown type ${quoted(value)} of ${placeOf(path)}`,
      `${near} Types: async-db-starter schema --types`,
    );
  }
  if (types !== "")
    return error(
      path,
      "value",
      `unknown type ${shown(value)} of ${placeOf(path)}`,
      "Types: async-db-starter schema --types",
    );
  return error(path, "value", `unknown ${name} ${shown(value)} of ${placeOf(path)}`, near);
}

const kindOfField = (path: Path): boolean =>
  path[0] === "entities" && path[2] === "fields" && path.length === 5;

function wrongValue(issue: ZodIssue, path: Path, value: Tree): Problem {
  const phrase = phraseOf(issue);
  const subject = subjectOf(path);
  // A file that is no spec at all may hold anything, a password too: its text is not repeated.
  const what = path.length === 0 && typeof value === "string" ? "a line of text" : shown(value);
  return error(path, "value", `${subject} is ${what}`, `it must be ${phrase}`);
}

/** `min of field Product.stock`, `entry 2 of where of method …` */
function subjectOf(path: Path): string {
  const place = placeOf(path);
  const last = path.at(-1);
  if (last === undefined) return "the spec";
  if (typeof last === "number") return `entry ${last + 1} of ${String(path.at(-2))} of ${place}`;
  return place.endsWith(` ${last}`) || place.endsWith(`.${last}`) || place.endsWith(`"${last}"`)
    ? place
    : `${last} of ${place}`;
}

function phraseOf(issue: ZodIssue): string {
  if (issue.code === "invalid_type" && ["object", "record"].includes(issue.expected))
    return "a mapping";
  if (issue.code === "invalid_type" && issue.expected === "array") return "a list";
  return issue.message;
}
