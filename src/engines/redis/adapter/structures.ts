import { inThousands } from "../../../ir/digits.ts";
import type { StoreIr, StructureIr, StructuresIr } from "../../../ir/types.ts";
import { type Doc, print } from "../../../render/document.ts";
import { code, propertyName, stringLiteral } from "../../../render/encode.ts";
import { functionHead, importLines, ImportSet, objectLiteral } from "../../../render/layout.ts";
import type { Structure, StructureValue } from "../../../spec/model.ts";
import type { FileRequest } from "../../engine.ts";
import { isCounted } from "../../families/keyvalue/structures.ts";
import type { RedisRuntime } from "./store.ts";

/** The adapter of one workload's structures: names, types and bounds; behaviour is the runtime's. */
export function structuresFile(
  store: StoreIr,
  workload: StructuresIr,
  { folder }: RedisRuntime,
): FileRequest {
  const runtime = `../../runtime/${folder}`;
  const port = `../../ports/${workload.file}.ts`;
  const imports = new ImportSet()
    .type(port, workload.typeName)
    .type(`${runtime}/structure-host.ts`, "StructureHost");
  const lines = workload.structures.map((one) => {
    const { maker, file, generic, codec } = makerOf(one.structure);
    imports.value(`${runtime}/structure-${file}.ts`, maker);
    if (codec !== undefined) imports.value(`${runtime}/codec.ts`, codec);
    const named = generic || codec === "json";
    if (named && one.valueType === "Json") imports.type("../../runtime/json.ts", "Json");
    if (named && one.schema !== undefined) imports.type(port, one.valueType);
    const argument = generic ? `<${one.valueType}>` : "";
    const made: Doc = [
      `${maker}${argument}(host, `,
      objectLiteral(declaration(workload, one, codec)),
      ")",
    ];
    return `    ${print([propertyName(one.name), ": ", made, ","], 4)}`;
  });
  const head = functionHead(
    workload.factory,
    [{ name: "host", type: "StructureHost" }],
    workload.typeName,
  );
  return {
    path: `{data}/stores/${store.name}/${workload.file}-structures.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "shared/module.ts.hbs",
    data: {
      imports: code(importLines(imports)),
      parts: [code([head, "  return {", ...lines, "  };", "}"].join("\n"))],
    },
  };
}

interface Maker {
  readonly maker: string;
  readonly file: string;
  /** Its value's type stands as its argument. */
  readonly generic: boolean;
  /** Codec of a hash's values. */
  readonly codec?: string;
}

const codecs: Readonly<Record<StructureValue, string>> = {
  string: "text",
  int: "int",
  bigint: "int64",
  float: "float",
  boolean: "boolean",
  timestamp: "timestamp",
  json: "json",
};

function makerOf(structure: Structure): Maker {
  switch (structure.type) {
    case "hash":
      return {
        maker: isCounted(structure.value) ? "countingHash" : "hash",
        file: "hash",
        generic: false,
        codec: codecs[structure.value],
      };
    case "sortedSet":
      return { maker: "sortedSet", file: "sorted-set", generic: false };
    case "stream":
      return { maker: "stream", file: "stream", generic: true };
    case "channel":
      return { maker: "channel", file: "channel", generic: true };
  }
}

function declaration(
  { workload, property }: StructuresIr,
  { structure, name, valueType }: StructureIr,
  codec: string | undefined,
): readonly (readonly [string, string])[] {
  const ttl = "ttlMs" in structure ? structure.ttlMs : undefined;
  return [
    ["name", stringLiteral(`${property}.${name}`)],
    ["prefix", stringLiteral(`${workload}:${name}`)],
    ...(ttl === undefined ? [] : [["ttlMs", digits(ttl)] as const]),
    ...(codec === undefined
      ? []
      : [["value", codec === "json" ? `json<${valueType}>()` : `${codec}()`] as const]),
    ...(structure.type === "stream" ? [["maxLength", digits(structure.maxLength)] as const] : []),
    ...(structure.type === "channel" ? [["buffer", digits(structure.buffer)] as const] : []),
  ];
}

const digits = (value: number): string => inThousands(value, "_");
