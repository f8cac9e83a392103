/** references/spec.md: what the schema makes of it, and examples that the schema takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { specPage, shown } from "../../../src/build/spec-page.ts";
import { wordGroups } from "../../../src/build/spec-words.ts";

const root = join(import.meta.dirname, "../../..");

test("the page is what the schema makes", () => {
  const page = readFileSync(join(root, "references/spec.md"), "utf8");
  expect(page, "renew it: npm run gen").toBe(specPage());
});

test("every word has its line, and what is shown beside it is of a word", () => {
  const page = specPage();
  for (const { words } of wordGroups())
    for (const { name } of words) expect(page).toContain(`| \`${name}\` |`);
  const known = new Map(
    wordGroups().map(({ path, words }) => [path, words.map(({ name }) => name)]),
  );
  for (const [path, entries] of Object.entries(shown))
    for (const name of Object.keys(entries))
      expect(known.get(path), `${path}.${name}`).toContain(name);
});

test.each(
  wordGroups().map((group) => [group.path === "" ? "the file" : group.path, group] as const),
)("examples of %s are valid", (_, { path, words }) => {
  for (const { name, piece } of words) {
    const example = shown[path]?.[name]?.[1];
    if (example === undefined || JSON.stringify(piece).includes("$ref")) continue;
    const value: unknown = (parse(`${name}: ${example}`) as Record<string, unknown>)[name];
    const schema = z.fromJSONSchema(JSON.parse(JSON.stringify(piece)));
    expect({ name, found: schema.safeParse(value).error?.issues }).toEqual({ name });
  }
});
