import type { EngineDescriptor, FileRequest } from "../../engines/engine.ts";
import { verbatimTexts } from "../template-source.ts";
import type { RenderInput } from "../render.ts";
import { compositionFiles, engineOf } from "./composition.ts";
import { domainFile } from "./domain.ts";
import { dsnFile } from "./dsn.ts";
import { dtoFile } from "./dto.ts";
import { jsonCodecFile } from "./json-codec.ts";
import { repositoryPort, viewPort } from "./ports.ts";
import { sharedContext } from "./types.ts";

/** Every file that does not depend on the kind of engine behind it. */
export function sharedRequests(
  { ir }: RenderInput,
  engines: ReadonlyMap<string, EngineDescriptor>,
): readonly FileRequest[] {
  const context = sharedContext(ir.entities);
  const roots = ir.entities.filter((entity) => entity.owner === undefined);
  return [
    ...runtimeFiles(),
    ...roots.flatMap((root) => [
      domainFile(root, context),
      dtoFile(root, context),
      jsonCodecFile(root, context),
    ]),
    ...ir.stores.flatMap((store) => [
      ...store.repositories.map((repository) => repositoryPort(repository, context)),
      ...store.views.map((view) => viewPort(view, context)),
      ...dsnFile(store, engineOf(store, engines)),
    ]),
    ...compositionFiles(ir),
  ];
}

/** The engine-neutral runtime, byte for byte. */
function runtimeFiles(): readonly FileRequest[] {
  const here = ["shared/dto.ts", "shared/json.ts"];
  return [...Object.keys(verbatimTexts).filter((path) => path.startsWith("runtime/")), ...here].map(
    (verbatim) => ({
      path: `{data}/runtime/${verbatim.slice(verbatim.indexOf("/") + 1)}`,
      ownership: "generated",
      unit: "runtime",
      verbatim,
    }),
  );
}
