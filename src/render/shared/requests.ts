import {
  type DeferredRequest,
  type EngineDescriptor,
  type FileRequest,
  ofEntity,
} from "../../engines/engine.ts";
import type { RepositoryIr } from "../../ir/types.ts";
import { verbatimTexts } from "../template-source.ts";
import type { RenderInput } from "../render.ts";
import { compositionFiles, engineOf } from "./composition.ts";
import { domainFile } from "./domain.ts";
import { dsnFile } from "./dsn.ts";
import { dtoFile } from "./dto.ts";
import { exampleFile } from "./example.ts";
import { jsonCodecFile } from "./json-codec.ts";
import { observabilityFiles } from "./observability.ts";
import { projectFiles } from "./project.ts";
import { reportFile } from "./report.ts";
import { repositoryPort, viewPort } from "./ports.ts";
import { structurePorts } from "./structure-ports.ts";
import { testFiles, testSupport } from "./tests/test-files.ts";
import { sharedContext } from "./types.ts";
import { workflowFile } from "./workflow.ts";

/** Every file that does not depend on the kind of engine behind it. */
export function sharedRequests(
  input: RenderInput,
  engines: ReadonlyMap<string, EngineDescriptor>,
): readonly (FileRequest | DeferredRequest)[] {
  const { ir } = input;
  const context = sharedContext(ir.entities);
  const roots = ir.entities.filter((entity) => entity.owner === undefined);
  const inserted = new Set(
    ir.stores.flatMap(({ repositories }) =>
      repositories.filter(inserts).map(({ entity }) => entity),
    ),
  );
  const travelling = new Set(
    ir.stores.flatMap(({ name, views }) =>
      views
        .filter(({ port, sourceStore }) => port === "cache" || sourceStore !== name)
        .map(({ entity }) => entity),
    ),
  );
  return [
    ...runtimeFiles(
      ir.stores.map((store) => engineOf(store, engines)),
      ir.stores.some(({ structures = [] }) => structures.length > 0),
    ),
    ...structurePorts(ir),
    ...roots.map((root) => ofEntity(root, () => domainFile(root, context))),
    ...roots
      .filter((root) => inserted.has(root))
      .map((root) => ofEntity(root, () => dtoFile(root, context))),
    ...roots
      .filter((root) => travelling.has(root))
      .map((root) => ofEntity(root, () => jsonCodecFile(root, context))),
    ...ir.stores.flatMap((store) => [
      ...store.repositories.map((repository) =>
        ofEntity({ name: repository.entity.owner ?? repository.entity.name }, () =>
          repositoryPort(repository, engineOf(store, engines), context),
        ),
      ),
      ...store.views.map((view) => viewPort(view, engineOf(store, engines), context)),
      ...dsnFile({ store, engine: engineOf(store, engines) }, ir),
    ]),
    ...compositionFiles(ir),
    exampleFile(ir, engines, context),
    reportFile(input, engines),
    ...observabilityFiles(ir, input.model),
    ...projectFiles(input, engines),
    workflowFile(input, engines),
    ...testFiles(ir, engines, context),
  ];
}

const inserts = ({ methods }: RepositoryIr): boolean =>
  methods.some(({ method }) => method.op === "insert" || method.op === "upsert");

/** The runtime, byte for byte: what every project has, and the folder of each engine in use. */
function runtimeFiles(
  engines: readonly EngineDescriptor[],
  structures: boolean,
): readonly FileRequest[] {
  const folders = new Set(
    engines.flatMap(({ id, extends: base }) => (base === undefined ? [id] : [base, id])),
  );
  return Object.keys(verbatimTexts).flatMap((verbatim) => {
    const path = structures || !isStructure(verbatim) ? runtimePath(verbatim, folders) : undefined;
    return path === undefined
      ? []
      : [{ path: `{data}/runtime/${path}`, ownership: "generated", unit: "runtime", verbatim }];
  });
}

/** An engine's files for structures, which only workloads that declare some need. */
const isStructure = (source: string): boolean => /\/structure-[^/]*\.ts$/.test(source);

/** Where a file of `templates/` lies below `runtime/`; undefined for one that this project does not need. */
function runtimePath(source: string, engines: ReadonlySet<string>): string | undefined {
  const [top = "", engine = "", ...rest] = source.split("/");
  if (!source.endsWith(".ts") || source.startsWith(testSupport)) return undefined;
  // Deeper folders of shared/ are for other places than the runtime.
  if (top === "runtime" || (top === "shared" && rest.length === 0))
    return [engine, ...rest].join("/");
  return top === "engines" && engines.has(engine) ? [engine, ...rest].join("/") : undefined;
}
