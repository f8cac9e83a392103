import { runInThisContext } from "node:vm";
import { fileURLToPath } from "node:url";
import { readTemplates } from "./precompile.ts";

/**
 * Where templates come from while the generator runs from its sources: compiled in process, so that an edited template needs no build
 * step. The build puts the module that `precompileTemplates` makes in this one's place.
 */
const { templates, verbatim } = readTemplates(
  fileURLToPath(new URL("../../templates", import.meta.url)),
);

/** Handlebars template specifications by path: `shared/module.ts.hbs`. */
export const templateSpecs: Readonly<Record<string, TemplateSpecification>> = Object.fromEntries(
  templates.map(({ path, spec }) => [path, evaluated(path, spec)]),
);

/** Texts of the files that are copied as they are, by path: `runtime/op.ts`. */
export const verbatimTexts: Readonly<Record<string, string>> = Object.fromEntries(
  verbatim.map(({ path, text }) => [path, text]),
);

function evaluated(path: string, spec: string): TemplateSpecification {
  return runInThisContext(`(${spec})`, { filename: `templates/${path}` });
}
