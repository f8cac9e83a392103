import type { Ir, StructureIr, StructuresIr } from "../../ir/types.ts";
import type { FileRequest } from "../../engines/engine.ts";
import { duration } from "../../engines/families/record/describe.ts";
import { print } from "../document.ts";
import { code, identifier } from "../encode.ts";
import { docBlock, importLines, ImportSet, propertyLine } from "../layout.ts";
import { schemaType } from "./json-schema.ts";

/** `ports/structures.ts` with what every structure offers, and a port for each workload that declares some. */
export function structurePorts({ stores }: Ir): readonly FileRequest[] {
  const ports = stores.flatMap(({ name, structures = [] }) =>
    structures.map((one) => structurePort(one, name)),
  );
  if (ports.length === 0) return [];
  return [
    {
      path: "{data}/ports/structures.ts",
      ownership: "generated",
      unit: "runtime",
      verbatim: "shared/ports/structures.ts",
    },
    ...ports,
  ];
}

function structurePort(workload: StructuresIr, store: string): FileRequest {
  const imports = new ImportSet();
  const types = workload.structures.flatMap((one) => declaredType(one, imports));
  const lines = workload.structures.map((one) => {
    imports.type("./structures.ts", /^\w+/.exec(one.type)?.[0] ?? one.type);
    if (one.valueType === "Json") imports.type("../runtime/json.ts", "Json");
    return propertyLine({ name: one.name, type: one.type, doc: describe(one) });
  });
  const doc = docBlock([
    `Structures of workload ${workload.workload}.`,
    ...(workload.comment === undefined ? [] : [workload.comment]),
  ]);
  return {
    path: `{data}/ports/${workload.file}.ts`,
    ownership: "generated",
    unit: `stores/${store}`,
    template: "shared/module.ts.hbs",
    data: {
      imports: code(importLines(imports)),
      parts: [
        ...types,
        `${doc}export interface ${identifier(workload.typeName)} {\n${lines.join("\n")}\n}`,
      ].map(code),
    },
  };
}

function declaredType(
  { schema, valueType, name }: StructureIr,
  imports: ImportSet,
): readonly string[] {
  if (schema === undefined) return [];
  const type = schemaType(schema);
  if (/\bJson\b/.test(print(type))) imports.type("../runtime/json.ts", "Json");
  const doc = docBlock([`What ${name} holds.`]);
  return [doc + print(["export type ", identifier(valueType), " = ", type, ";"])];
}

/** The user's words, and what the structure keeps. */
function describe({ structure }: StructureIr): readonly string[] {
  const ttl = "ttlMs" in structure ? structure.ttlMs : undefined;
  const lives =
    ttl === undefined ? "" : `${capital(duration(ttl))} after its last change it is gone.`;
  const kept =
    structure.type === "stream"
      ? `Keeps at least the last ${structure.maxLength} messages. `
      : structure.type === "channel"
        ? `At most ${structure.buffer} messages wait for a slow reader.`
        : "";
  const limits = `${kept}${lives}`.trim();
  return [
    ...(structure.comment === undefined ? [] : [structure.comment]),
    ...(limits === "" ? [] : [limits]),
  ];
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
