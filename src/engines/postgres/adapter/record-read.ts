import type { Doc } from "../../../render/document.ts";
import { arrayLiteral, call } from "../../../render/layout.ts";
import type { MethodBody } from "../../families/sql/adapter-file.ts";
import { listDeclaration } from "../../families/sql/list-declaration.ts";
import { codecsName, rowName } from "../../families/sql/module.ts";
import { rowLength } from "../../families/sql/row.ts";
import { access, arrow, arrowToObject } from "../../families/sql/source.ts";
import {
  keyList,
  keyParameter,
  sessionCall,
  type MethodTarget,
  wholeStatement,
} from "../../families/sql/target.ts";
import { asOfText, historyFragments } from "../statements/history.ts";
import { getManyText, getText } from "../statements/read.ts";

export function getMethods(target: MethodTarget): readonly MethodBody[] {
  const { entity, module, ir } = target;
  const one = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(target, "keyedRead", one, ir.signature.name, getText(entity)),
  );
  const get: MethodBody = [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "options"],
      sessionCall("first", entity.name, [one, keyList(target), "options"]),
    ),
  ];
  return ir.batch === undefined ? [get] : [get, getManyMethod(target, ir.batch.name)];
}

function getManyMethod(target: MethodTarget, name: string): MethodBody {
  const { entity, module } = target;
  const many = module.variable(name);
  module.codecs.add("array");
  module.declarations.push(wholeStatement(target, "read", many, name, getManyText(entity)));
  const keys = entity.key.length === 1 ? "ids" : "keys";
  const arrays = entity.key.map((field) => {
    const values =
      entity.key.length === 1 ? keys : `${keys}.map((key) => key${access(field.name)})`;
    return call(`array(${codecsName(entity)}${access(field.name)}).encode`, [values]);
  });
  return [
    name,
    arrow(
      [keys, "options"],
      sessionCall("all", entity.name, [many, arrayLiteral(arrays), "options"]),
    ),
  ];
}

export function historyMethods(target: MethodTarget): readonly MethodBody[] {
  const { entity, ir, module, port } = target;
  const type = ir.types.at(-1);
  module.portType(port, type);
  module.codecs.add("changeKind").add("timestamp");
  const after = rowLength(entity);
  const variable = module.variable(ir.signature.name);
  const row = arrowToObject(`(row): ${type?.name ?? "never"}`, [
    ["change", `changeKind.decode(row[${after}])`],
    ["changedAt", `timestamp.decode(row[${after + 1}])`],
    ["state", `${rowName(entity)}(row)`],
  ]);
  const fragments = historyFragments(entity);
  module.declarations.push(
    listDeclaration({
      module,
      variable,
      operation: ir.operation,
      collection: entity.table,
      fragments,
      row,
      cursor: [after + 2],
    }),
  );
  const fixed: Doc = ["{ fixed: ", keyList(target), " }"];
  const history: MethodBody = [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "page", "options"],
      sessionCall("page", type?.name, [variable, fixed, "page", "options"]),
    ),
  ];
  return ir.asOf === undefined ? [history] : [history, asOfMethod(target, ir.asOf.name)];
}

function asOfMethod(target: MethodTarget, name: string): MethodBody {
  const { entity, module } = target;
  const variable = module.variable(name);
  module.declarations.push(wholeStatement(target, "keyedRead", variable, name, asOfText(entity)));
  const values = keyList(target, "timestamp.encode(at)");
  return [
    name,
    arrow(
      [keyParameter(entity), "at", "options"],
      sessionCall("first", entity.name, [variable, values, "options"]),
    ),
  ];
}
