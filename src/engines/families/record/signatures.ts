import { aggregateType } from "./aggregate.ts";
import type { Method } from "../../../spec/model.ts";
import { asOfName, memberTypeName } from "../../../ir/names.ts";
import type { EntityIr, ParameterIr, SignatureIr, TypeIr } from "../../../ir/types.ts";
import { fieldMap, filterType } from "../filters.ts";
import { describe } from "./describe.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** Signature and types of a method, before its docstring. */
export interface Shape {
  readonly parameters: readonly ParameterIr[];
  readonly returns: string;
  readonly types: readonly TypeIr[];
}

export const required = (name: string, type: string): ParameterIr => ({
  name,
  type,
  optional: false,
});
export const options = (type: string): ParameterIr => ({ name: "options", type, optional: true });
const readOptions = options("ReadOptions");
const writeOptions = options("WriteOptions");
export const pageParameter = required("page", "PageRequest");

/** What a method of the record port looks like for its caller; one entry per operation. */
export function methodShape(method: Method, entity: EntityIr): Shape {
  switch (method.op) {
    case "get":
      return {
        parameters: [keyParameter(entity), readOptions],
        returns: `${entity.name} | undefined`,
        types: [],
      };
    case "list":
      return listShape(method, entity);
    case "aggregate":
      return aggregateShape(method, entity);
    case "insert":
    case "upsert":
      return writeShape(method, entity);
    case "patch":
      return patchShape(method, entity);
    case "delete":
      return {
        parameters: [keyParameter(entity), changeOptions(entity)],
        returns: "void",
        types: [],
      };
    case "increment":
      return incrementShape(method, entity);
    case "history":
      return historyShape(entity);
  }
}

export function keyParameter(entity: EntityIr): ParameterIr {
  return required(entity.key.length === 1 ? "id" : "key", entity.keyType);
}

/** The batch read that comes with a get. */
export function batchSignature(
  entity: EntityIr,
  name: string,
  doc: readonly string[],
): SignatureIr {
  const keys = required(entity.key.length === 1 ? "ids" : "keys", `readonly ${entity.keyType}[]`);
  return { name, parameters: [keys, readOptions], returns: `readonly ${entity.name}[]`, doc };
}

/** The read of a past state that comes with the history. */
export function asOfSignature(entity: EntityIr): SignatureIr {
  const doc = describe.asOf(entity);
  const parameters = [keyParameter(entity), required("at", "Date"), readOptions];
  return { name: asOfName, parameters, returns: `${entity.name} | undefined`, doc };
}

const changeOptions = (entity: EntityIr): ParameterIr =>
  entity.version === undefined ? writeOptions : options("VersionedWriteOptions");

function filterParameters(
  method: Of<"list"> | Of<"aggregate">,
  entity: EntityIr,
): { readonly parameters: readonly ParameterIr[]; readonly types: readonly TypeIr[] } {
  const name = memberTypeName(entity.name, method.name, "Filter");
  const type = filterType(name, method.where, method.optional, fieldMap(entity.fields));
  return type === undefined
    ? { parameters: [], types: [] }
    : { parameters: [required("where", name)], types: [type] };
}

function listShape(method: Of<"list">, entity: EntityIr): Shape {
  const { parameters, types } = filterParameters(method, entity);
  return method.page === "keyset"
    ? {
        parameters: [...parameters, pageParameter, readOptions],
        returns: `Page<${entity.name}>`,
        types,
      }
    : { parameters: [...parameters, readOptions], returns: `readonly ${entity.name}[]`, types };
}

function aggregateShape(method: Of<"aggregate">, entity: EntityIr): Shape {
  const { parameters, types } = filterParameters(method, entity);
  const row = aggregateType(method, entity);
  return {
    parameters: [...parameters, readOptions],
    returns: `readonly ${row.name}[]`,
    types: [...types, row],
  };
}

function writeShape(method: Of<"insert"> | Of<"upsert">, entity: EntityIr): Shape {
  return method.bulk
    ? {
        parameters: [required(entity.rows, `readonly ${entity.newType}[]`), writeOptions],
        returns: `readonly ${entity.name}[]`,
        types: [],
      }
    : {
        parameters: [required(entity.variable, entity.newType), writeOptions],
        returns: entity.name,
        types: [],
      };
}

function patchShape(method: Of<"patch">, entity: EntityIr): Shape {
  const name = memberTypeName(entity.name, method.name, "Patch");
  const fields = fieldMap(entity.fields);
  const properties = method.fields.flatMap((fieldName) => {
    const field = fields.get(fieldName);
    if (field === undefined) return [];
    const type = field.nullable ? `${field.tsType} | null` : field.tsType;
    return [{ name: field.name, type, optional: true }];
  });
  return {
    parameters: [keyParameter(entity), required("patch", name), changeOptions(entity)],
    returns: entity.name,
    types: [{ name, properties, comment: patchComment(entity) }],
  };
}

/** What a patch leaves out, and what one of nothing does. */
function patchComment({ version, updatedAt }: EntityIr): string {
  const raised = [version, updatedAt].flatMap((field) => (field === undefined ? [] : [field.name]));
  const touch =
    raised.length === 0 ? "changes nothing" : `raises ${raised.join(" and ")} all the same`;
  return `What is left out stays as it is; \`{}\` ${touch}. A key that is not here is refused as \`programming\`.`;
}

function incrementShape(method: Of<"increment">, entity: EntityIr): Shape {
  const field = entity.fields.find((candidate) => candidate.name === method.field);
  return {
    parameters: [keyParameter(entity), required("by", field?.tsType ?? "number"), writeOptions],
    returns: entity.name,
    types: [],
  };
}

function historyShape(entity: EntityIr): Shape {
  const name = memberTypeName(entity.name, "revision");
  const type: TypeIr = {
    name,
    comment: `One change of one ${entity.name}.`,
    properties: [
      { name: "change", type: `"insert" | "update" | "delete"`, optional: false },
      { name: "changedAt", type: "Date", optional: false },
      {
        name: "state",
        type: entity.name,
        optional: false,
        comment: "As it was after the change; before it, for a delete.",
      },
    ],
  };
  return {
    parameters: [keyParameter(entity), pageParameter, readOptions],
    returns: `Page<${name}>`,
    types: [type],
  };
}
