import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import Handlebars from "handlebars";
import { compileOptions, knownHelpers } from "./environment.ts";

/** What lies under `templates/`: precompiled templates and files to copy, by POSIX path below that folder. */
export interface TemplateSources {
  readonly templates: readonly { readonly path: string; readonly spec: string }[];
  readonly verbatim: readonly { readonly path: string; readonly text: string }[];
}

/** Reads and precompiles a templates folder, sorted by path. @throws when a template does not parse */
export function readTemplates(folder: string): TemplateSources {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
  const read = (path: string): string =>
    readFileSync(join(folder, path), "utf8").replaceAll("\r\n", "\n");
  return {
    templates: files
      .filter(isTemplate)
      .map((path) => ({ path, spec: precompile(read(path), path) })),
    verbatim: files.filter((path) => !isTemplate(path)).map((path) => ({ path, text: read(path) })),
  };
}

const isTemplate = (path: string): boolean => path.endsWith(".hbs");

/** JavaScript of one template's specification: an object expression. */
export function precompile(source: string, path: string): string {
  try {
    return String(Handlebars.precompile(source, { ...compileOptions, knownHelpers }));
  } catch (error) {
    throw new Error(`template ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The module that stands for `template-source.ts` in the package: the same exports, nothing to read or compile at run time. */
export function precompileTemplates(folder: string): string {
  const { templates, verbatim } = readTemplates(folder);
  return [
    "// Generated from templates/ by the build.",
    "/* eslint-disable */",
    "export const templateSpecs = {",
    ...templates.map(({ path, spec }) => `${JSON.stringify(path)}: ${spec},`),
    "};",
    "export const verbatimTexts = {",
    ...verbatim.map(({ path, text }) => `${JSON.stringify(path)}: ${JSON.stringify(text)},`),
    "};",
    "",
  ].join("\n");
}
