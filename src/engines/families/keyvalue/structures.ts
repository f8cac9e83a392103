import { fileStem, memberTypeName, structuresName, typeName, viewName } from "../../../ir/names.ts";
import type { StructureIr, StructuresIr } from "../../../ir/types.ts";
import type { AuthorityWorkload, Structure, StructureValue } from "../../../spec/model.ts";

/** The structures of a workload with the names of their types; undefined when it declares none. */
export function lowerStructures(workload: AuthorityWorkload): StructuresIr | undefined {
  const { name, comment, structures = [], tenant } = workload;
  if (structures.length === 0) return undefined;
  return {
    workload: name,
    ...(comment === undefined ? {} : { comment }),
    property: viewName(name),
    typeName: typeName(name),
    file: fileStem(name),
    factory: structuresName(name),
    ...(tenant === true && { tenant }),
    structures: structures.map((structure) => lowerStructure(name, structure)),
  };
}

const valueTypes: Readonly<Record<StructureValue, string>> = {
  string: "string",
  int: "number",
  bigint: "bigint",
  float: "number",
  boolean: "boolean",
  timestamp: "Date",
  json: "Json",
};

function lowerStructure(workload: string, structure: Structure): StructureIr {
  const schema = "schema" in structure ? structure.schema : undefined;
  const suffix = structure.type === "hash" ? "Value" : "Message";
  const valueType =
    schema === undefined ? plainType(structure) : memberTypeName(workload, structure.name, suffix);
  return {
    structure,
    name: structure.name,
    valueType,
    type: interfaceOf(structure, valueType),
    ...(schema === undefined ? {} : { schema }),
  };
}

const plainType = (structure: Structure): string =>
  structure.type === "hash"
    ? valueTypes[structure.value]
    : structure.type === "sortedSet"
      ? "number"
      : "Json";

function interfaceOf(structure: Structure, valueType: string): string {
  switch (structure.type) {
    case "hash":
      return `${isCounted(structure.value) ? "Counting" : ""}HashStructure<${valueType}>`;
    case "sortedSet":
      return "SortedSetStructure";
    case "stream":
      return `StreamStructure<${valueType}>`;
    case "channel":
      return `ChannelStructure<${valueType}>`;
  }
}

/** Values that can be counted up where they lie. */
export const isCounted = (value: StructureValue): boolean => value === "int" || value === "bigint";
