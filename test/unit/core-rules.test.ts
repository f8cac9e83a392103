/** Rules that keep the core free of engines: adding one is adding folders. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { afterAll, describe, expect, test } from "vitest";
import { engineFolders, registrySource } from "../../src/build/registry.ts";
import { typeNamesSource } from "../../src/build/type-names.ts";
import { engines } from "../../src/engines/registry.gen.ts";
import { cliChild } from "../support/cli-child.ts";
import { readTree } from "../support/tree-files.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const ids = engines.map(({ id }) => id);
/** Words that are an engine's name and something else as well: a unit of capacities, and a key of the spec. */
const homonyms: ReadonlySet<string> = new Set(["memory"]);

const sources = ["src", "templates"].flatMap((folder) =>
  [...readTree(join(root, folder))]
    .map(([path, text]) => ({ path: `${folder}/${path}`, text }))
    .filter(({ path }) => /\.(ts|cjs|hbs)$/.test(path) && !path.endsWith(".gen.ts")),
);
const isOwn = (path: string): boolean =>
  ids.some(
    (id) => path.startsWith(`src/engines/${id}/`) || path.startsWith(`templates/engines/${id}/`),
  );

/** Every string and template text of a TypeScript file; comments may name engines. */
function literals(path: string, text: string): readonly string[] {
  if (path.endsWith(".hbs")) return text.split("\n");
  const found: string[] = [];
  const { program } = parseSync(path.replace(/\.cjs$/, ".ts"), text);
  JSON.stringify(program, (_, node: unknown) => {
    if (typeof node !== "object" || node === null || !("type" in node))
      return typeof node === "bigint" ? 0 : node;
    if (node.type === "Literal" && "value" in node && typeof node.value === "string")
      found.push(node.value);
    if (node.type === "TemplateElement" && "value" in node) found.push(JSON.stringify(node.value));
    return node;
  });
  return found;
}

test("no string outside of an engine's own folders names an engine, its schemes or its packages", () => {
  const words = engines.flatMap(({ id, dsn, transports }) => [
    id,
    ...dsn.schemes.map(({ scheme }) => scheme.replace(":", "")),
    ...transports.flatMap(({ packages }) => Object.keys(packages)),
  ]);
  const named = [...new Set(words)].filter((word) => !homonyms.has(word));
  const pattern = new RegExp(String.raw`(^|[^\w-])(${named.join("|")})([^\w-]|$)`, "i");
  const hits = sources
    .filter(({ path }) => !isOwn(path))
    .flatMap(({ path, text }) =>
      literals(path, text)
        .filter((literal) => pattern.test(literal))
        .map((literal) => `${path}: ${literal.slice(0, 80)}`),
    );
  expect(sources.length).toBeGreaterThan(150);
  expect(hits).toEqual([]);
});

test("no file outside of an engine's own folders imports from one", () => {
  const pattern = new RegExp(
    String.raw`from "[^"]*engines/(${ids.join("|")})/|from "\./(${ids.join("|")})/index`,
  );
  const hits = sources.filter(({ path, text }) => !isOwn(path) && pattern.test(text));
  expect(hits.map(({ path }) => path)).toEqual([]);
});

test("the types that an entity must not hide are what the runtime exports and emitters import", () => {
  const file = readFileSync(join(root, "src/ir/type-names.gen.ts"), "utf8");
  const made = typeNamesSource(root, (one) => engines.find(({ id }) => id === one)?.extends);
  expect(file, "regenerate it: node src/build/gen.ts").toBe(made);
});

test("the registry is what the folders make", () => {
  const file = readFileSync(join(root, "src/engines/registry.gen.ts"), "utf8");
  expect(file, "regenerate it: node src/build/gen.ts").toBe(registrySource(engineFolders(root)));
  expect(ids).toEqual(engineFolders(root));
});

describe.each(engines)(
  "engine $id",
  ({ id, extends: base, ports, capabilities, transports, dsn, compose, credentials }) => {
    test("has its card, its runtime and, where it is a server, a provider for tests", () => {
      expect(existsSync(join(root, `references/engines/${id}.md`))).toBe(true);
      expect(existsSync(join(root, `templates/engines/${base ?? id}/store.ts`))).toBe(true);
      const served = transports.some(({ embedded }) => !embedded);
      expect(existsSync(join(root, `test/engines/${id}/provider.ts`))).toBe(served);
    });

    test("claims exactly the ports that it states capabilities for, each with a conformance suite", () => {
      expect(Object.keys(capabilities.ports).toSorted()).toEqual([...ports].toSorted());
      for (const port of ports) {
        const folder = join(root, "test/conformance", port);
        expect(existsSync(folder), port).toBe(true);
        expect(
          readdirSync(folder).some((file) => file.endsWith(".test.ts")),
          port,
        ).toBe(true);
      }
    });

    test("where it is a server, it has one for development with reasons for its settings, and says whose secret its DSN holds", () => {
      const served = transports.some(({ embedded }) => !embedded);
      expect(compose !== undefined).toBe(served);
      expect(credentials !== undefined).toBe(served);
      if (!served) return;
      const page = readFileSync(join(root, "references/reference.md"), "utf8");
      expect(compose?.settings.length).toBeGreaterThan(0);
      for (const { name, value, reason } of compose?.settings ?? []) {
        expect(reason).toMatch(/\S/);
        expect(page).toContain(`\`${name} = ${value}\``);
      }
      for (const text of Object.values(credentials ?? {})) expect(text).toMatch(/\S/);
    });

    test("every transport's scheme is one that its DSN may have", () => {
      const known = dsn.schemes.map(({ scheme }) => scheme);
      for (const { scheme } of transports) expect(known).toContain(scheme);
    });
  },
);

describe("an engine that is added as a folder", () => {
  const work = join(root, "test/.work");
  mkdirSync(work, { recursive: true });
  const copy = mkdtempSync(join(work, "added-engine-"));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test("is planned with after the registry is made anew, and no core file was edited", () => {
    for (const part of ["src", "templates", "references", "assets", "package.json"])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    const before = readTree(join(copy, "src"));
    const folder = join(copy, "src/engines/novel");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "index.ts"),
      [
        `import { defineEngine } from "../engine.ts";`,
        `import like from "../memory/index.ts";`,
        `export default defineEngine({ ...like, id: "novel", title: "Novel" });`,
      ].join("\n"),
    );
    writeFileSync(join(copy, "src/engines/registry.gen.ts"), registrySource(engineFolders(copy)));
    const project = join(copy, "project");
    mkdirSync(project);
    writeFileSync(
      join(project, "workloads.yaml"),
      [
        "version: 1",
        "project: novel",
        "stores: { running: [novel], never: [memory, redis] }",
        "entities: { Note: { fields: { id: { type: uuid, key: true } } } }",
        "workloads:",
        "  notes: { kind: transactional, entities: [Note], access: { Note: { get: {} } } }",
        "  scratch: { kind: cache, ttl: 1m }",
        "",
      ].join("\n"),
    );
    const { status, stdout, stderr } = cliChild(project, ["plan", "--json"], {}, copy);
    expect({ status, stderr, told: status === 0 ? "" : stdout }).toEqual({
      status: 0,
      stderr: "",
      told: "",
    });
    expect(stdout).toContain(`"novel"`);
    const lock = readFileSync(join(project, "workloads.lock.json"), "utf8");
    expect(lock).toContain(`"novel"`);
    const changed = [...readTree(join(copy, "src"))].filter(
      ([path, text]) => before.get(path) !== text,
    );
    expect(changed.map(([path]) => path)).toEqual([
      "engines/novel/index.ts",
      "engines/registry.gen.ts",
    ]);
  });
});
