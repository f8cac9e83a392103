import type { FieldIr, Method } from "../../../ir/types.ts";
import { groupName, measureName } from "../../../ir/names.ts";
import type { Doc } from "../../../render/document.ts";
import { call } from "../../../render/layout.ts";
import type { GroupTerm, Measure } from "../../../spec/model.ts";
import type { MethodBody } from "./adapter-file.ts";
import { baseCodec } from "./codec.ts";
import { valuesDeclaration } from "./filter-values.ts";
import type { ListedFragments, ListFragments } from "./fragments.ts";
import { listDeclaration, listEntries } from "./list-declaration.ts";
import { codecsName } from "./module.ts";
import { access, arrow, arrowToObject, columnList, type Entry } from "./source.ts";
import { composedStatement, isScoped, type MethodTarget, sessionCall } from "./target.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** A list by its filters; pages where the method has them. */
export function listMethod(
  target: MethodTarget,
  method: Of<"list">,
  { cursor, ...fragments }: ListedFragments,
): MethodBody {
  const { entity, ir, module } = target;
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    composedStatement(target, "dynamicRead", variable, ir.signature.name, [
      ...listEntries(module, fragments),
      ["cursor", columnList(cursor)],
    ]),
  );
  const values = filterValues(target, variable, fragments);
  const paged = method.page === "keyset";
  const parameters = [...(values.filtered ? ["where"] : []), ...(paged ? ["page"] : []), "options"];
  const args = [variable, values.call, ...(paged ? ["page"] : []), "options"];
  return [
    ir.signature.name,
    arrow(parameters, sessionCall(paged ? "page" : "list", entity.name, args)),
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

/** Groups and measures. */
export function aggregateMethod(
  target: MethodTarget,
  method: Of<"aggregate">,
  fragments: ListFragments,
): MethodBody {
  const { entity, ir, module, port } = target;
  const type = ir.types.at(-1);
  module.portType(port, type);
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
      module,
      scoped: isScoped(target),
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
    arrow(parameters, sessionCall("list", type?.name, [variable, values.call, "options"])),
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
  if (field?.type.kind === "float") return named(target, "float", isNullable);
  const exact = measure.kind === "avg" || field?.type.kind === "decimal" ? "decimal" : "bigint";
  return named(target, exact, isNullable);
}

function named(target: MethodTarget, codec: string, isNullable: boolean): Doc {
  target.module.codecs.add(codec);
  return isNullable ? nullableCodec(target, codec) : codec;
}

function nullableCodec({ module }: MethodTarget, codec: Doc): Doc {
  module.codecs.add("nullable");
  return call("nullable", [codec]);
}
