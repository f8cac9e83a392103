import type { EngineDescriptor, FileRequest } from "../../engines/engine.ts";
import type { RenderInput } from "../render.ts";
import { engineOf } from "./composition.ts";
import { dataLayerChecks } from "./scripts.ts";

/**
 * `.github/workflows/data-layer.yml`: the user's from the first moment, so an own file of this name is left alone. It lies in the output
 * package, the only folder that is written to; its first lines say where a monorepo moves it.
 */
export function workflowFile(
  { ir, spec, version }: RenderInput,
  engines: ReadonlyMap<string, EngineDescriptor>,
): FileRequest {
  const folder = ir.output.package === "." ? "" : ir.output.package;
  return {
    path: ".github/workflows/data-layer.yml",
    ownership: "yours",
    unit: "project",
    template: "shared/workflow.yaml.hbs",
    data: {
      generator: `async-db-starter@${version}`,
      spec: expressionText(spec),
      folder: expressionText(folder),
      checks: dataLayerChecks(ir.output).map(expressionText),
      rehearsed: ir.stores.some((store) => rehearsedInProcess(engineOf(store, engines))),
    },
  };
}

/** A runner has no server; a rehearsal on one is for the user to add. */
const rehearsedInProcess = ({ dsn, rehearsal }: EngineDescriptor): boolean =>
  dsn.ephemeral !== undefined && rehearsal !== undefined;

/** Text that GitHub does not evaluate. Source: GitHub Docs, "Evaluate expressions in workflows and actions", literals. */
const expressionText = (text: string): string => text.replaceAll("${{", "${{ '${{' }}");
