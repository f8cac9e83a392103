// S2 of anchors/reliability.md: hostile text in every place of the spec that takes text. What is parsed has the shape it has with a
// harmless text in that place: the text stayed data.
import { existsSync } from "node:fs";
import { load as parseYaml } from "js-yaml";
import { parse as parseSql } from "libpg-query";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";
import type { EngineDescriptor } from "../../src/engines/engine.ts";
import { engines } from "../../src/engines/registry.gen.ts";
import { hostile as payloads } from "./encoders-payloads.ts";
import { generated, hostileSpec, type HostileTexts } from "./hostile-spec.ts";
import { harmlessNames, sqlShape, typescriptShape } from "./shapes.ts";

/** Payloads that one place refuses, by why; everywhere else they must be carried. */
const refused: Readonly<Record<keyof HostileTexts, RegExp>> = {
  comment: /NUL character or half of a surrogate/,
  text: /NUL character or half of a surrogate/,
  value: /NUL character or half|is empty|longer than 63 bytes/,
  schema: /NUL character or half|every JavaScript object has it already/,
  name: /NUL character or half|control character|parameter of a statement|is ""|more than 63|in MongoDB|which the server does not take|no name of this engine/,
};
const mustBeRefused = /[\0\p{Cs}]/u;

/** How often a place may refuse: the rest is carried, or the suite would prove nothing. */
const carriedAtLeast = 60;

const places = Object.keys(refused) as (keyof HostileTexts)[];
const authorities = engines.filter(({ ports }) => ports.includes("record"));

/** The spec for one engine; one without full text gets no search view and no transactions. */
function specOf({ id, ports }: EngineDescriptor, texts: HostileTexts): object {
  const spec = hostileSpec(texts);
  const never = authorities.map((other) => other.id).filter((other) => other !== id);
  const stores = { ...spec.stores, running: [id], never };
  if (ports.includes("search")) return { ...spec, stores };
  const { items, "item-cache": cache } = spec.workloads;
  const workloads = { items: { ...items, kind: "document" }, "item-cache": cache };
  return { ...spec, stores, workloads };
}

type SqlShape = (text: string) => unknown;

/** How an engine reads SQL: as its test folder says, else as PostgreSQL's own parser does. */
async function sqlShapeOf({ id, extends: base = id }: EngineDescriptor): Promise<SqlShape> {
  const own = new URL(`../engines/${base}/sql-shape.ts`, import.meta.url);
  if (!existsSync(own)) return async (text) => sqlShape(await parseSql(text));
  const module: { readonly sqlShape: SqlShape } = await import(own.href);
  return module.sqlShape;
}

/** Structure of a file as its reader sees it; undefined for a kind of file that has none. */
async function shapeOf(path: string, text: string, readSql: SqlShape): Promise<unknown> {
  if (path.endsWith(".ts")) return typescriptShape(parseSync(path, text));
  if (path.endsWith(".sql")) return readSql(text);
  // Names in a migration are sorted, so another name stands in another place.
  if (/^(?:migrations\/|snapshot-).*\.json$/.test(path))
    return unordered(harmlessNames(JSON.parse(text)));
  if (path.endsWith(".json")) return harmlessNames(JSON.parse(text));
  if (/\.ya?ml$/.test(path)) return harmlessNames(parseYaml(text));
  if (path.endsWith(".md")) return markdownShape(text);
  return path.endsWith(".env.example") ? text.split("\n").map((line) => line.split("=")[0]) : text;
}

const unordered = (shape: unknown): unknown =>
  Array.isArray(shape)
    ? shape.map(unordered).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    : shape;

/** Headings, rows of tables with their cells, list entries, HTML: what a text must not add. */
function markdownShape(text: string): unknown {
  return text.split("\n").map((line) => ({
    block: /^(?:#+ |- \[ \] |- |\||```|<!--|$)/.exec(line)?.[0] ?? "text",
    cells: line
      .replaceAll(/\\./g, "")
      .replaceAll(/(`+).*?\1/g, "")
      .split("|").length,
    html: line
      .replaceAll(/\\./g, "")
      .replaceAll(/(`+)(?:(?!\1).)*\1/g, "")
      .split("<").length,
  }));
}

describe.each(authorities)("hostile text, $id", (engine) => {
  test.each(places)(
    "in %s: every file keeps its structure",
    async (place) => {
      // An empty comment is no comment: then there is none in the output either.
      const harmless = generated(specOf(engine, {}));
      if ("refused" in harmless) throw new Error(harmless.refused);
      const expected = new Map<string, unknown>();
      const readSql = await sqlShapeOf(engine);
      for (const [path, text] of harmless.files)
        expected.set(path, await shapeOf(path, text, readSql));
      let carried = 0;
      for (const payload of payloads.filter((one) => place !== "comment" || one.trim() !== "")) {
        const result = generated(specOf(engine, { [place]: payload }));
        if ("refused" in result) {
          expect(result.refused, JSON.stringify(payload)).toMatch(refused[place]);
          continue;
        }
        expect(mustBeRefused.test(payload), JSON.stringify(payload)).toBe(false);
        carried += 1;
        expect([...result.files.keys()]).toEqual([...expected.keys()]);
        for (const [path, text] of result.files) {
          const shape = await shapeOf(path, text, readSql).catch((error: unknown) => String(error));
          expect(shape, `${path} with ${JSON.stringify(payload)}`).toEqual(expected.get(path));
        }
      }
      const possible = place === "name" ? 25 : carriedAtLeast;
      expect(carried).toBeGreaterThanOrEqual(possible);
    },
    240_000,
  );
});
