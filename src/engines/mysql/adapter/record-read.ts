import type { Doc } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { arrayLiteral, call, objectLiteral } from "../../../render/layout.ts";
import type { MethodBody } from "../../families/sql/adapter-file.ts";
import { listDeclaration } from "../../families/sql/list-declaration.ts";
import { codecsName, rowName } from "../../families/sql/module.ts";
import { access, arrow, arrowToObject } from "../../families/sql/source.ts";
import {
  keyList,
  keyParameter,
  sessionCall,
  type MethodTarget,
  wholeStatement,
} from "../../families/sql/target.ts";
import type { Dialect } from "../dialect.ts";
import { asOfText, historyFragments, recordedColumns } from "../statements/history.ts";
import { getManyText, getText } from "../statements/read.ts";
import { childFields } from "../../families/sql/row.ts";
import { visibleFields } from "../statements/row.ts";

export function getMethods(target: MethodTarget, dialect: Dialect): readonly MethodBody[] {
  const { entity, module, ir } = target;
  const one = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(target, "keyedRead", one, ir.signature.name, getText(entity, dialect)),
  );
  const get: MethodBody = [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "options"],
      sessionCall("first", entity.name, [one, keyList(target), "options"]),
    ),
  ];
  return ir.batch === undefined ? [get] : [get, getManyMethod(target, ir.batch.name, dialect)];
}

function getManyMethod(target: MethodTarget, name: string, dialect: Dialect): MethodBody {
  const { entity, module } = target;
  const many = module.variable(name);
  module.declarations.push(
    wholeStatement(target, "read", many, name, getManyText(entity, dialect)),
  );
  const keys = entity.key.length === 1 ? "ids" : "keys";
  return [
    name,
    arrow(
      [keys, "options"],
      sessionCall("all", entity.name, [many, arrayLiteral([keyLists(target, keys)]), "options"]),
    ),
  ];
}

/** All keys as one list: of values, or of rows of their parts. */
function keyLists({ entity, module }: MethodTarget, keys: string): Doc {
  const [only, ...rest] = entity.key;
  if (only !== undefined && rest.length === 0) {
    module.codecs.add("array");
    return call(`array(${codecsName(entity)}${access(only.name)}).encode`, [keys]);
  }
  module.codecs.add("rowsOf");
  const parts = entity.key.map(
    ({ name }) => `${codecsName(entity)}${access(name)}.encode(key${access(name)})`,
  );
  return call("rowsOf", [[`${keys}.map((key) => `, arrayLiteral(parts), ")"]]);
}

export function historyMethods(target: MethodTarget): readonly MethodBody[] {
  const { entity, ir, module, port } = target;
  const type = ir.types.at(-1);
  module.portType(port, type);
  module.codecs.add("changeKind").add("timestamp");
  const after = recordedColumns(entity).length;
  const variable = module.variable(ir.signature.name);
  const row = arrowToObject(`(row): ${type?.name ?? "never"}`, [
    ["change", `changeKind.decode(row[${after}])`],
    ["changedAt", `timestamp.decode(row[${after + 1}])`],
    ["state", recordedState(target)],
  ]);
  module.declarations.push(
    listDeclaration({
      module,
      variable,
      operation: ir.operation,
      collection: entity.table,
      fragments: historyFragments(entity),
      row,
      cursor: [after + 2],
      scoped: entity.tenant !== undefined,
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

/** `orderRow(recordedRow(row[0], ["id", …], { of: row[1], tables: [["order_lines", ["line_no", …]]] }))` */
function recordedState({ entity, module }: MethodTarget): Doc {
  module.runtime("recorded", "recordedRow");
  const columns = visibleFields(entity).map(({ column }) => stringLiteral(column));
  const tables = entity.children.map((child): Doc => {
    const shown = childFields(child).map(({ column }) => stringLiteral(column));
    return arrayLiteral([stringLiteral(child.entity.table), arrayLiteral(shown)]);
  });
  const children = objectLiteral([
    ["of", "row[1]"],
    ["tables", arrayLiteral(tables)],
  ]);
  return call(rowName(entity), [
    call("recordedRow", [
      "row[0]",
      arrayLiteral(columns),
      ...(tables.length === 0 ? [] : [children]),
    ]),
  ]);
}

function asOfMethod(target: MethodTarget, name: string): MethodBody {
  const { entity, module } = target;
  const variable = module.variable(name);
  module.declarations.push(
    wholeStatement(target, "keyedRead", variable, name, asOfText(entity), [
      ["row", arrow(["row"], recordedState(target))],
    ]),
  );
  const values = keyList(target, "timestamp.encode(at)");
  return [
    name,
    arrow(
      [keyParameter(entity), "at", "options"],
      sessionCall("first", entity.name, [variable, values, "options"]),
    ),
  ];
}
