import type { EngineDescriptor, FileRequest } from "../engines/engine.ts";
import type { Ir } from "../ir/types.ts";
import type { Plan } from "../select/plan.ts";
import type { Model } from "../spec/model.ts";
import { copied, withExtension } from "./copy.ts";
import { environment } from "./environment.ts";
import { withHeader, withRuntimeHeader } from "./header.ts";
import { inOnePiece } from "./one-piece.ts";
import { sharedRequests } from "./shared/requests.ts";
import { templateSpecs, verbatimTexts } from "./template-source.ts";
import type { VirtualFile } from "./virtual-file.ts";

export interface RenderInput {
  readonly ir: Ir;
  readonly plan: Plan;
  readonly model: Model;
  readonly engines: readonly EngineDescriptor[];
  /** Name of the spec file, for the notice in every generated file. */
  readonly spec: string;
  /** Version of this generator, for the runtime's files. */
  readonly version: string;
}

/**
 * The whole output tree, in the order of its paths: the shared files, and what each store's engine asks for.
 *
 * @param wanted units whose files are made
 * @throws Error for a mistake of ours: two files on one path, an unknown template
 */
export function render(
  input: RenderInput,
  wanted: (unit: string) => boolean = () => true,
): readonly VirtualFile[] {
  const engines = new Map(input.engines.map((engine) => [engine.id, engine]));
  const requests = [
    ...sharedRequests(input, engines),
    ...input.ir.stores.flatMap((store) => engines.get(store.engine)?.emit(store, input.ir) ?? []),
  ];
  const files = new Map<string, VirtualFile>();
  for (const { unit, ...request } of requests) {
    if (!wanted(unit)) continue;
    const file = resolved("request" in request ? request.request() : { unit, ...request }, input);
    if (file.unit !== unit)
      throw new Error(`${file.path} is of the unit ${file.unit}, not ${unit}`);
    const before = files.get(file.path);
    if (before === undefined) files.set(file.path, file);
    else if (before.content !== file.content)
      throw new Error(`two different files want the path ${file.path}`);
  }
  return [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function resolved(request: FileRequest, { ir, spec, version }: RenderInput): VirtualFile {
  const path = placed(request.path, ir.output.dir);
  const { importExtension } = ir.output;
  const text =
    "verbatim" in request
      ? copied(verbatim(request.verbatim), request.verbatim, importExtension)
      : withExtension(made(request), path, importExtension);
  return {
    path,
    ownership: request.ownership,
    unit: request.unit,
    content: inOnePiece(
      request.ownership === "yours"
        ? text
        : "verbatim" in request
          ? withRuntimeHeader(version, text)
          : withHeader(path, spec, text),
    ),
  };
}

/** `{data}/index.ts` → `src/data/index.ts`. */
const placed = (path: string, dir: string): string =>
  path.startsWith("{data}/")
    ? dir === "."
      ? path.slice("{data}/".length)
      : `${dir}/${path.slice("{data}/".length)}`
    : path;

function made(request: Exclude<FileRequest, { readonly verbatim: string }>): string {
  return "text" in request ? request.text : renderTemplate(request.template, request.data);
}

const handlebars = environment();
const compiled = new Map<string, (data: unknown) => string>();

/** One template with its data. @throws when there is no such template, or when the data lacks what it names */
export function renderTemplate(path: string, data: unknown): string {
  const known = compiled.get(path);
  if (known !== undefined) return known(data);
  const spec = templateSpecs[path];
  if (spec === undefined) throw new Error(`no template ${path}`);
  const template = handlebars.template(spec);
  compiled.set(path, template);
  return template(data);
}

function verbatim(path: string): string {
  const text = verbatimTexts[path];
  if (text === undefined) throw new Error(`no file templates/${path}`);
  return text;
}
