import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { describe, expect, test } from "vitest";
import { builtIns, encoders } from "../../src/render/environment.ts";
import { precompile } from "../../src/render/precompile.ts";

const folder = new URL("../../templates/", import.meta.url).pathname;
const templates = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".hbs"),
);

/** Every use in a template that could let a value through unencoded: what a lint of templates refuses. */
function problems(source: string): readonly string[] {
  const found: string[] = [];
  const name = (path: hbs.AST.PathExpression | hbs.AST.Literal): string =>
    "original" in path ? String(path.original) : path.type;
  class Lint extends Handlebars.Visitor {
    override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
      const helper = name(mustache.path);
      if (!mustache.escaped) found.push(`{{{${helper}}}} is raw`);
      if (!(helper in encoders) || mustache.params.length !== 1)
        found.push(`{{${helper}}} is no encoder with one value`);
      if (mustache.params.some((one) => one.type === "SubExpression"))
        found.push(`{{${helper}}} nests a call`);
    }
    override BlockStatement(block: hbs.AST.BlockStatement): void {
      const helper = name(block.path);
      if (!builtIns.has(helper)) found.push(`{{#${helper}}} is no block we use`);
      super.BlockStatement(block);
    }
    override PartialStatement(): void {
      found.push("a partial");
    }
    override PartialBlockStatement(): void {
      found.push("a partial block");
    }
    override DecoratorBlock(): void {
      found.push("a decorator");
    }
    override Decorator(): void {
      found.push("a decorator");
    }
  }
  new Lint().accept(Handlebars.parse(source));
  return found;
}

describe("every template", () => {
  test("there are some", () => expect(templates.length).toBeGreaterThan(10));

  test.each(templates)("%s lets values out through an encoder only", (path) => {
    const source = readFileSync(join(folder, path), "utf8");
    expect(problems(source)).toEqual([]);
    expect(precompile(source, path)).toContain("compiler");
  });
});

describe("the lint refuses", () => {
  test.each([
    "{{name}}",
    "{{{name}}}",
    "{{&name}}",
    "{{#each a}}{{this}}{{/each}}",
    "{{> part}}",
    "{{upper name}}",
    "{{ts a b}}",
    "{{#with a}}{{/with}}",
    "{{ts (upper a)}}",
  ])("%s", (source) => expect(problems(source)).not.toEqual([]));
});
