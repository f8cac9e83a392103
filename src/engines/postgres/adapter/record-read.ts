import type { FieldIr, Method } from "../../../ir/types.ts";
import { groupName, measureName } from "../../../ir/names.ts";
import type { Doc } from "../../../render/document.ts";
import { arrayLiteral, call } from "../../../render/layout.ts";
import type { GroupTerm, Measure } from "../../../spec/model.ts";
import { parameterType } from "../types.ts";
import { aggregateFragments } from "../statements/aggregate.ts";
import { asOfText, historyFragments } from "../statements/history.ts";
import type { ListFragments } from "../statements/read.ts";
import { getManyText, getText, listFragments } from "../statements/read.ts";
import { rowLength } from "../statements/row.ts";
import { baseCodec } from "./codec.ts";
import { valuesDeclaration } from "./filter-values.ts";
import { listDeclaration } from "./list-declaration.ts";
import { codecsName, rowName } from "./module.ts";
import type { MethodBody } from "./record-method.ts";
import { access } from "./row-file.ts";
import type { Entry } from "./source.ts";
import { arrow, arrowToObject, declaration, sqlText } from "./source.ts";
import type { MethodTarget } from "./target.ts";
import { identity, keyList, keyParameter } from "./target.ts";

export function getMethods(target: MethodTarget): readonly MethodBody[] {
  const { entity, module, ir } = target;
  const one = module.variable(ir.signature.name);
  module.runtime("statement", "keyedRead");
  module.declarations.push(
    declaration(one, "keyedRead", [
      ...identity(target, ir.operation),
      ["text", sqlText(getText(entity))],
      ["row", rowName(entity)],
    ]),
  );
  const get: MethodBody = [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "options"],
      call("session.first", [one, keyList(entity), "options"]),
    ),
  ];
  return ir.batch === undefined ? [get] : [get, getManyMethod(target, ir.batch.name)];
}

function getManyMethod(target: MethodTarget, name: string): MethodBody {
  const { entity, module } = target;
  const many = module.variable(name);
  module.runtime("statement", "read");
  module.codecs.add("array");
  module.declarations.push(
    declaration(many, "read", [
      ...identity(target, `${entity.property}.${name}`),
      ["text", sqlText(getManyText(entity))],
      ["row", rowName(entity)],
    ]),
  );
  const keys = entity.key.length === 1 ? "ids" : "keys";
  const arrays = entity.key.map((field) => {
    const values =
      entity.key.length === 1 ? keys : `${keys}.map((key) => key${access(field.name)})`;
    return call(`array(${codecsName(entity)}${access(field.name)}).encode`, [values]);
  });
  return [
    name,
    arrow([keys, "options"], call("session.all", [many, arrayLiteral(arrays), "options"])),
  ];
}

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

export function listMethod(target: MethodTarget, method: Of<"list">): MethodBody {
  const { entity, ir, module } = target;
  const { cursor, ...fragments } = listFragments(entity, method);
  const variable = module.variable(ir.signature.name);
  module.runtime("statement", "dynamicRead");
  module.runtime("values", "textsOf");
  const row = rowName(entity);
  module.declarations.push(
    listDeclaration({
      variable,
      operation: ir.operation,
      collection: entity.table,
      fragments,
      row,
      cursor,
    }),
  );
  const values = filterValues(target, variable, fragments);
  const paged = method.page === "keyset";
  const parameters = [...(values.filtered ? ["where"] : []), ...(paged ? ["page"] : []), "options"];
  const args = [variable, values.call, ...(paged ? ["page"] : []), "options"];
  return [
    ir.signature.name,
    arrow(parameters, call(paged ? "session.page" : "session.list", args)),
  ];
}

/** Declares how the filter becomes texts, and gives the call of it. */
function filterValues(
  target: MethodTarget,
  variable: string,
  fragments: ListFragments,
): { readonly filtered: boolean; readonly call: string } {
  const { entity, module, ir, port } = target;
  const where = ir.signature.parameters.find((parameter) => parameter.name === "where");
  if (where === undefined) return { filtered: false, call: "{ fixed: [] }" };
  const name = module.variable(`${variable}Values`);
  const type = { name: where.type };
  module.portType(port, type);
  module.declarations.push(
    valuesDeclaration({
      name,
      entity,
      fragments,
      leading: [],
      filter: { variable: "where", type },
      module,
    }),
  );
  return { filtered: true, call: `${name}(where)` };
}

export function aggregateMethod(target: MethodTarget, method: Of<"aggregate">): MethodBody {
  const { entity, ir, module, port } = target;
  const fragments = aggregateFragments(entity, method);
  const type = ir.types.at(-1);
  module.portType(port, type);
  module.runtime("statement", "dynamicRead");
  const variable = module.variable(ir.signature.name);
  const columns: readonly Entry[] = [
    ...method.groupBy.map((term): Entry => [
      groupName(term.field, term.unit),
      groupCodec(target, term),
    ]),
    ...method.measures.map((measure): Entry => {
      const name =
        measure.kind === "count" ? measureName("count") : measureName(measure.kind, measure.field);
      return [name, measureCodec(target, measure, method.groupBy.length > 0)];
    }),
  ];
  const row = arrowToObject(
    `(row): ${type?.name ?? "never"}`,
    columns.map(([name, codec], at): Entry => [name, [codec, `.decode(row[${at}])`]]),
  );
  module.declarations.push(
    listDeclaration({
      variable,
      operation: ir.operation,
      collection: entity.table,
      fragments,
      row,
      cursor: [],
    }),
  );
  const values = filterValues(target, variable, fragments);
  const parameters = [...(values.filtered ? ["where"] : []), "options"];
  return [
    ir.signature.name,
    arrow(parameters, call("session.list", [variable, values.call, "options"])),
  ];
}

const fieldOf = ({ entity }: MethodTarget, name: string): FieldIr | undefined =>
  entity.fields.find((field) => field.name === name);

function groupCodec(target: MethodTarget, { field: name, unit }: GroupTerm): Doc {
  const field = fieldOf(target, name);
  if (unit === undefined) return `${codecsName(target.entity)}${access(name)}`;
  return named(target, unit === "hour" ? "timestamp" : "date", field?.nullable === true);
}

function measureCodec(target: MethodTarget, measure: Measure, grouped: boolean): Doc {
  if (measure.kind === "count") return named(target, "int", false);
  const field = fieldOf(target, measure.field);
  const isNullable = !grouped || field?.nullable === true;
  if (field !== undefined && (measure.kind === "min" || measure.kind === "max")) {
    const base = baseCodec(field, target.module.codecs);
    return isNullable ? nullableCodec(target, base) : base;
  }
  const type = field === undefined ? "" : parameterType(field.type);
  const exact = measure.kind === "avg" || type === "numeric" ? "decimal" : "bigint";
  return named(target, type === "double precision" ? "float" : exact, isNullable);
}

function named(target: MethodTarget, codec: string, isNullable: boolean): Doc {
  target.module.codecs.add(codec);
  return isNullable ? nullableCodec(target, codec) : codec;
}

function nullableCodec({ module }: MethodTarget, codec: Doc): Doc {
  module.codecs.add("nullable");
  return call("nullable", [codec]);
}

export function historyMethods(target: MethodTarget): readonly MethodBody[] {
  const { entity, ir, module, port } = target;
  const type = ir.types.at(-1);
  module.portType(port, type);
  module.runtime("statement", "dynamicRead");
  module.runtime("values", "textsOf");
  module.codecs.add("enumeration").add("timestamp");
  const after = rowLength(entity);
  const variable = module.variable(ir.signature.name);
  const row = arrowToObject(`(row): ${type?.name ?? "never"}`, [
    ["change", `enumeration("insert", "update", "delete").decode(row[${after}])`],
    ["changedAt", `timestamp.decode(row[${after + 1}])`],
    ["state", `${rowName(entity)}(row)`],
  ]);
  const fragments = historyFragments(entity);
  module.declarations.push(
    listDeclaration({
      variable,
      operation: ir.operation,
      collection: entity.table,
      fragments,
      row,
      cursor: [after + 2],
    }),
  );
  const fixed: Doc = ["{ fixed: ", keyList(entity), " }"];
  const history: MethodBody = [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "page", "options"],
      call("session.page", [variable, fixed, "page", "options"]),
    ),
  ];
  return ir.asOf === undefined ? [history] : [history, asOfMethod(target, ir.asOf.name)];
}

function asOfMethod(target: MethodTarget, name: string): MethodBody {
  const { entity, module } = target;
  const variable = module.variable(name);
  module.runtime("statement", "keyedRead");
  module.declarations.push(
    declaration(variable, "keyedRead", [
      ...identity(target, `${entity.property}.${name}`),
      ["text", sqlText(asOfText(entity))],
      ["row", rowName(entity)],
    ]),
  );
  const values = keyList(entity, "timestamp.encode(at)");
  return [
    name,
    arrow(
      [keyParameter(entity), "at", "options"],
      call("session.first", [variable, values, "options"]),
    ),
  ];
}
