import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { code } from "../../../src/render/encode.ts";
import { environment } from "../../../src/render/environment.ts";
import { precompileTemplates } from "../../../src/render/precompile.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "templates-"));
  mkdirSync(join(folder, "shared"));
  writeFileSync(
    join(folder, "shared/a.ts.hbs"),
    "{{code first}}\n{{#each rest}}\n{{ts this}};\n{{/each}}\n",
  );
  writeFileSync(join(folder, "shared/copy.ts"), "export const a = `${1}`;\r\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluated = async (): Promise<{
  templateSpecs: Record<string, TemplateSpecification>;
  verbatimTexts: Record<string, string>;
}> => {
  const text = precompileTemplates(folder);
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
};

test("the module renders without the compiler and holds the copied files with one kind of line end", async () => {
  const { templateSpecs, verbatimTexts } = await evaluated();
  const spec = templateSpecs["shared/a.ts.hbs"];
  if (spec === undefined) throw new Error("the template is missing");
  const render = environment().template(spec);
  expect(render({ first: code("let a;"), rest: ["x", `"`] })).toBe(`let a;\n"x";\n'"';\n`);
  expect(verbatimTexts["shared/copy.ts"]).toBe("export const a = `${1}`;\n");
});

test("equal folders give equal modules", () =>
  expect(precompileTemplates(folder)).toBe(precompileTemplates(folder)));

test("a template that does not parse is named", () => {
  writeFileSync(join(folder, "shared/broken.hbs"), "{{#if a}}");
  expect(() => precompileTemplates(folder)).toThrow("template shared/broken.hbs");
  rmSync(join(folder, "shared/broken.hbs"));
});
