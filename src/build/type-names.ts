import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { engineFolders } from "./registry.ts";

/** Where generated modules come from that name no entity: what they import can hide none. */
const withoutEntities =
  /^(?:src\/render\/shared\/composition\.ts|templates\/shared\/(?:tests\/store|cli|dsn|index|open)\.ts\.hbs)$/;

/** Calls by which an emitter says what a module imports. */
const importing: ReadonlySet<string> = new Set([
  "add",
  "runtime",
  "runtimeType",
  "support",
  "type",
  "value",
]);

/**
 * Text of `src/ir/type-names.gen.ts`: the types of the runtime that generated modules import beside an entity's own. They are what the
 * runtime exports and the emitters ask for by name.
 *
 * @param baseOf the engine whose templates another one uses too
 */
export function typeNamesSource(
  root: string,
  baseOf: (engine: string) => string | undefined,
): string {
  const asked = askedNames(root);
  const common = ["templates/runtime", "templates/shared/tests"]
    .flatMap((folder) => exportedTypes(root, folder))
    .filter(asked.by("shared"));
  const ofEngine = (id: string): readonly string[] => {
    const base = baseOf(id);
    const [own, shared] = [asked.by(id), asked.by("shared")];
    const names = [
      ...exportedTypes(root, `templates/engines/${id}`).filter(
        (name) => own(name) || shared(name) || composed.test(name),
      ),
      ...exportedTypes(root, "templates/runtime").filter(own),
      ...(base === undefined ? [] : ofEngine(base)),
    ];
    return sorted(names.filter((name) => !common.includes(name)));
  };
  const engines = engineFolders(root).flatMap((id) => {
    const names = ofEngine(id);
    return names.length === 0 ? [] : [`  ${JSON.stringify(id)}: ${JSON.stringify(names)},`];
  });
  return [
    "// Generated from what templates/ exports and emitters import by `npm run gen`; a test fails when it is stale.",
    "",
    "/** Of the runtime that every project has. */",
    `export const sharedTypeNames: readonly string[] = ${JSON.stringify(sorted(common))};`,
    "",
    "/** Of an engine's own, by engine: in modules of its stores. */",
    "export const engineTypeNames: Readonly<Record<string, readonly string[]>> = {",
    ...engines,
    "};",
    "",
  ].join("\n");
}

/** Names that emitters put together from the engine's own. */
const composed = /(?:Binding|Store)$/;

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
    (path) => `${folder}/${path.replaceAll("\\", "/")}`,
  );
}

/** Types, classes and interfaces that the files of a folder export; none for an engine without templates. */
function exportedTypes(root: string, folder: string): readonly string[] {
  const files = filesBelow(root, "templates").filter(
    (path) => path.startsWith(`${folder}/`) && path.endsWith(".ts"),
  );
  return files.flatMap((path) => {
    const { staticExports } = parseSync(path, readFileSync(join(root, path), "utf8")).module;
    const names = staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ exportName }) => exportName.name ?? []),
    );
    return names.filter((name) => /^[A-Z]/.test(name));
  });
}

interface Asked {
  /** Whether emitters of this engine, or those of every engine, ask for a name. */
  readonly by: (engine: string) => (name: string) => boolean;
}

function askedNames(root: string): Asked {
  const names = new Map<string, Set<string>>();
  const sources = ["src/render", "src/engines", "templates"].flatMap((top) =>
    filesBelow(root, top).filter((path) => /\.hbs$|^src\/.*\.ts$/.test(path)),
  );
  const ids = new Set(engineFolders(root));
  for (const path of sources.filter((path) => !withoutEntities.test(path))) {
    const folder = /^(?:src|templates)\/engines\/([^/]+)\//.exec(path)?.[1] ?? "";
    const by = ids.has(folder) ? folder : "shared";
    const found = names.get(by) ?? new Set();
    names.set(by, found);
    const text = readFileSync(join(root, path), "utf8");
    for (const name of path.endsWith(".hbs") ? importedNames(text) : givenNames(path, text))
      found.add(name);
  }
  return { by: (engine) => (name) => names.get(engine)?.has(name) === true };
}

/** Names in the import statements of a template. */
const importedNames = (text: string): readonly string[] =>
  [...text.matchAll(/import (?:type )?\{([^}]*)\}/g)].flatMap(
    ([, list = ""]) => list.match(/[A-Za-z_$][\w$]*/g) ?? [],
  );

/** Literals that an emitter gives to an importing call, or keeps in an object or a list; not what it gives to any other call. */
function givenNames(path: string, text: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: unknown, counts: boolean): void => {
    if (Array.isArray(node)) for (const one of node) visit(one, counts);
    if (!isNode(node)) return;
    if (node.type === "ImportDeclaration" || node.type === "AssignmentPattern") return;
    if (node.type === "Literal" && typeof node["value"] === "string" && counts)
      found.push(node["value"]);
    const inside = node.type === "CallExpression" ? importing.has(calleeOf(node)) : counts;
    for (const value of Object.values(node)) visit(value, inside);
  };
  visit(parseSync(path, text).program, true);
  return found;
}

interface Node {
  readonly type: string;
  readonly [property: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** `type` of `imports.type(…)`. */
function calleeOf({ callee }: Node): string {
  if (!isNode(callee)) return "";
  const name = callee.type === "MemberExpression" ? callee["property"] : callee;
  return isNode(name) && typeof name["name"] === "string" ? name["name"] : "";
}
