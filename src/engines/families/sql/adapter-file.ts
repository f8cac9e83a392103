import type { Doc } from "../../../render/document.ts";
import { print } from "../../../render/document.ts";
import { code, identifier } from "../../../render/encode.ts";
import { docBlock, entry, importLines } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { guardOf, type MethodFilter } from "../filter-declaration.ts";
import type { AdapterModule } from "./module.ts";

/** A method of an adapter: its name, and the function that it is. */
export type MethodBody = readonly [name: string, body: Doc];

/** What makes one adapter module. */
export interface Adapter {
  readonly path: string;
  readonly unit: string;
  readonly doc: string;
  /** `orderRepository` */
  readonly factory: string;
  /** `OrderRepository`, declared in `port`. */
  readonly typeName: string;
  readonly port: string;
  /** Before the dot in the names of its operations. */
  readonly collection: string;
  readonly methods: readonly MethodBody[];
  readonly filters: readonly MethodFilter[];
}

/** A module of statements and the factory that binds them to a session. */
export function adapterFile(adapter: Adapter, module: AdapterModule): FileRequest {
  module.portType(adapter.port, { name: adapter.typeName });
  const guard = guardOf(adapter, adapter.filters, module.imports);
  module.runtimeType("session", module.engine.session);
  const methods = adapter.methods.map(([name, body]) => print([entry(name, body), ","], 4));
  module.importRows([...module.declarations, ...methods]);
  const head = `export function ${identifier(adapter.factory)}(session: ${module.engine.session}): ${adapter.typeName} {`;
  return {
    path: adapter.path,
    ownership: "generated",
    unit: adapter.unit,
    template: `engines/${module.engine.folder}/adapter.ts.hbs`,
    data: {
      imports: code(importLines(module.finished())),
      declarations: [...module.declarations, ...guard.declarations].map(code),
      head: code(docBlock([adapter.doc]) + head),
      guard: code(guard.call),
      methods: methods.map(code),
    },
  };
}
