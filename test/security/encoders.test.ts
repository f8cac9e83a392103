import { runInThisContext } from "node:vm";
import { parseSync } from "oxc-parser";
import { load } from "js-yaml";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as encode from "../../src/render/encode.ts";
import { environment, encoders } from "../../src/render/environment.ts";
import { docBlock, importStatement, propertyLine, unionType } from "../../src/render/layout.ts";
import { withHeader } from "../../src/render/header.ts";
import { precompile } from "../../src/render/precompile.ts";
import { hostile } from "./encoders-payloads.ts";

const seed = 20_261_121;
const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.constantFrom(...hostile));

/** Parses TypeScript; the statements' types are its shape. */
function shape(source: string): readonly string[] {
  const { program, errors } = parseSync("generated.ts", source);
  if (errors.length > 0) throw new Error(`${errors[0]?.message ?? ""} in ${source}`);
  return program.body.map((statement) => statement.type);
}

/** The value of the only string in `const value = …;`. */
function valueOf(literal: string): unknown {
  const { program, errors } = parseSync("generated.ts", `const value = ${literal};\n`);
  const [statement, ...rest] = program.body;
  if (errors.length > 0 || rest.length > 0 || statement?.type !== "VariableDeclaration")
    throw new Error(`not one constant: ${literal}`);
  const init = statement.declarations[0]?.init;
  if (init?.type === "Literal") return init.value;
  if (init?.type === "TemplateLiteral" && init.expressions.length === 0)
    return init.quasis[0]?.value.cooked;
  throw new Error(`not a text: ${literal}`);
}

const every = (check: (text: string) => void): void =>
  fc.assert(
    fc.property(anyText, (text) => {
      check(text);
    }),
    { seed, numRuns: 500 },
  );

test("there are at least 60 payloads", () =>
  expect(new Set(hostile).size).toBeGreaterThanOrEqual(60));

describe("seeded texts and payloads", () => {
  test("a string literal gives the text back", () =>
    every((text) => expect(valueOf(encode.stringLiteral(text))).toBe(text)));

  test("a template literal gives the text back", () =>
    every((text) => expect(valueOf(`\`${encode.templateText(text)}\``)).toBe(text)));

  test("a docstring stays one comment", () =>
    every((text) =>
      expect(shape(`${docBlock([text])}const a = 1;\n`)).toEqual(["VariableDeclaration"]),
    ));

  test("a docstring of a property stays in its interface", () =>
    every((text) => {
      const source = `interface A {\n${propertyLine({ name: text, type: "string", doc: [text] })}\n}\n`;
      expect(shape(source)).toEqual(["TSInterfaceDeclaration"]);
    }));

  test("an enum value stays a member of its union", () =>
    every((text) =>
      expect(shape(`${unionType("A", [encode.stringLiteral(text), '"b"'])}\n`)).toEqual([
        "ExportNamedDeclaration",
      ]),
    ));

  test("a module's path stays a path", () =>
    every((text) =>
      expect(shape(`${importStatement("import ", ["a"], text)}\n`)).toEqual(["ImportDeclaration"]),
    ));

  test("the notice of a file stays one line", () =>
    every((text) => {
      expect(withHeader("a.ts", text, "").split(/\r\n|[\n\r\u2028\u2029]/)).toHaveLength(2);
      expect(shape(`${withHeader("a.ts", text, "")}const a = 1;\n`)).toEqual([
        "VariableDeclaration",
      ]);
      expect(withHeader("a.md", text, "").indexOf("-->")).toBe(
        withHeader("a.md", text, "").lastIndexOf("-->"),
      );
    }));

  test("JSON gives the value back", () =>
    every((text) => expect(JSON.parse(encode.jsonText({ a: [text] }))).toEqual({ a: [text] })));

  test("a YAML scalar gives the text back", () =>
    every((text) => {
      const wellFormed = text.toWellFormed();
      expect(load(`a: ${encode.yamlScalar(wellFormed)}\nb: 1\n`)).toEqual({ a: wellFormed, b: 1 });
    }));

  test("a shell word stays one word", () =>
    every((text) => {
      const word = encode.shellWord(text);
      const bare = word.replaceAll("'\\''", "").replaceAll(/'[^']*'/g, "");
      expect(bare).toMatch(/^[A-Za-z0-9_./:@%+=,-]*$/);
    }));

  test("Markdown text stays one cell without markup", () =>
    every((text) => {
      const made = encode.markdownText(text);
      expect(made).not.toMatch(/[\n\r]/);
      expect(made.replaceAll(/\\[\\`*_[\]<>|#&~]/g, "")).not.toMatch(/[`*_[\]<>|#&~]/);
    }));

  test("a comment line stays one line", () =>
    every((text) => expect(encode.lineCommentText(text)).not.toMatch(/[\n\r\u2028\u2029\u0085]/)));
});

describe("identifier", () => {
  test.each(["", "a b", "class", "await", "__proto__", "a-b", "1a", "a;b", "a\u200db", "é"])(
    "refuses %j",
    (name) => expect(() => encode.identifier(name)).toThrow("not an identifier"),
  );
});

describe("templates", () => {
  const run = (source: string, data: unknown): string => {
    // The compiler is only in tests and in the build.
    const handlebars = environment();
    return handlebars.template(compiled(source))(data);
  };

  test("code takes nothing but Code", () => {
    expect(run("{{code a}}", { a: encode.code("const x = 1;") })).toBe("const x = 1;");
    expect(() => run("{{code a}}", { a: "const x = 1;" })).toThrow("what is not");
    expect(() => run("{{code a}}", { a: { text: "const x = 1;" } })).toThrow("what is not");
  });

  test("a missing variable is an error, not an empty text", () => {
    expect(() => run("{{ts a}}", {})).toThrow();
    expect(() => run("{{ts a.b}}", { a: {} })).toThrow();
  });

  test("nothing is escaped as HTML", () => expect(run("{{ts a}}", { a: `a'b&<` })).toBe(`"a'b&<"`));

  test("an object's prototype cannot be reached", () => {
    for (const path of ["constructor", "__proto__", "a.constructor", "toString"]) {
      expect(() => run(`{{ts ${path}}}`, { a: "x" })).toThrow();
    }
  });

  test("numbers are numbers", () => {
    expect(encoders["number"]?.(12)).toBe("12");
    for (const wrong of ["12", Number.NaN, Number.POSITIVE_INFINITY, undefined])
      expect(() => encoders["number"]?.(wrong)).toThrow();
  });
});

function compiled(source: string): TemplateSpecification {
  return runInThisContext(`(${precompile(source, "test")})`);
}
