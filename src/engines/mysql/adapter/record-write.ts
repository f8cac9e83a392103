import type { EntityIr, Method } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { hardline, indent, print } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import {
  arrayLiteral,
  call,
  entry,
  objectLiteral,
  openCall,
  openObject,
} from "../../../render/layout.ts";
import type { MethodBody } from "../../families/sql/adapter-file.ts";
import { cascadesOf } from "../../families/sql/cascades.ts";
import { baseCodec } from "../../families/sql/codec.ts";
import { codecsName } from "../../families/sql/module.ts";
import { access, arrow, type Entry, sqlList, sqlText } from "../../families/sql/source.ts";
import {
  keyList,
  keyParameter,
  sessionCall,
  type MethodTarget,
  composedStatement,
  wholeStatement,
} from "../../families/sql/target.ts";
import { searchIndexes } from "../ddl/search.ts";
import type { Dialect } from "../dialect.ts";
import { deleteText, incrementStatement, patchFragments } from "../statements/change.ts";
import { insertStatement, type InsertStatement } from "../statements/insert.ts";
import { existsText, getText } from "../statements/read.ts";
import { distinctRows, type MadePlace, madePlaces, valuesFunction } from "./new-values.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

const selected = (text: string, when?: "committed"): Entry => {
  const moment = when === undefined ? [] : [["when", stringLiteral(when)] as const];
  return ["result", objectLiteral([["select", sqlText(text)], ...moment])];
};

/** Insert and upsert, of one row or of many. */
export function saveMethod(
  target: MethodTarget,
  method: Of<"insert"> | Of<"upsert">,
  dialect: Dialect,
): MethodBody {
  const { entity, ir, module, store } = target;
  const searched = searchIndexes(entity, store).length > 0;
  const statement = insertStatement(entity, method, dialect, searched);
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(target, "write", variable, ir.signature.name, statement.text, [
      ...(statement.otherwise === undefined
        ? []
        : [["otherwise", sqlText(statement.otherwise)] as const]),
      ...(statement.missing === undefined
        ? []
        : [["missing", sqlText(statement.missing)] as const]),
      ...(statement.with.length === 0 ? [] : [["with", sqlList(statement.with)] as const]),
      resultEntry(statement),
      ...guardEntry(statement),
    ]),
  );
  const rows = ir.signature.parameters[0]?.name ?? entity.variable;
  const values = valuesFunction(target, statement, method.bulk);
  const given = method.bulk && method.op === "upsert" ? distinctRows(target, statement) : rows;
  const made = madeArgument(target, statement, rows, method.bulk);
  const run = method.bulk ? "writeMany" : "write";
  return [
    ir.signature.name,
    arrow(
      [rows, "options"],
      sessionCall(run, entity.name, [variable, call(values, [given]), "options", ...made]),
    ),
  ];
}

const guardEntry = ({ guards }: InsertStatement): readonly Entry[] =>
  guards.length === 0 ? [] : [["guards", arrayLiteral(guards.map(stringLiteral))]];

const resultEntry = ({ result }: InsertStatement): Entry =>
  result === "returning"
    ? ["result", stringLiteral("returning")]
    : selected(result.select, result.when);

/** `[0]` when the id was made here, of a list what the caller gave: a made one is no part of what an operation id stands for. */
function madeArgument(
  { entity, module }: MethodTarget,
  statement: InsertStatement,
  rows: string,
  bulk: boolean,
): readonly Doc[] {
  const places = madePlaces(entity, statement, rows, bulk);
  const [only, ...rest] = places;
  if (only === undefined) return [];
  if (places.some((made) => "given" in made)) module.runtime("values", "partlyMade");
  if (rest.length === 0) return [positions(only)];
  return [
    arrayLiteral(
      places.map((made) =>
        "given" in made ? ["...", positions(made)] : ["...(", positions(made), ")"],
      ),
    ),
  ];
}

function positions(made: MadePlace): Doc {
  if (!("given" in made)) return `${made.condition} ? [${made.place}] : []`;
  const { place, column, given, again } = made;
  return openCall("partlyMade", [
    `${place}`,
    `${column}`,
    given,
    ...(again === undefined ? [] : [`${again}`]),
  ]);
}

export function patchMethod(
  target: MethodTarget,
  method: Of<"patch">,
  dialect: Dialect,
): MethodBody {
  const { entity, ir, module } = target;
  const fragments = patchFragments(entity, method);
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    composedStatement(target, "patch", variable, ir.signature.name, [
      ["update", sqlText(fragments.update)],
      [
        "sets",
        openObject(fragments.sets.map(({ field, text }) => entry(field.name, sqlText(text)))),
      ],
      ...(fragments.always.length === 0 ? [] : [["always", sqlList(fragments.always)] as const]),
      ["where", sqlList(fragments.where)],
      ...(fragments.version === undefined
        ? []
        : [["version", sqlText(fragments.version)] as const]),
      ["select", sqlText(getText(entity, dialect))],
      ...absent(target),
    ]),
  );
  const changes = changesFunction(target, variable, fragments.sets);
  return [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "patch", "options"],
      sessionCall("patch", entity.name, [
        variable,
        keyList(target),
        `${changes}(patch)`,
        "options",
      ]),
    ),
  ];
}

function changesFunction(
  target: MethodTarget,
  variable: string,
  sets: ReturnType<typeof patchFragments>["sets"],
): string {
  const { entity, ir, module, port } = target;
  const type = ir.types.at(-1);
  module.portType(port, type);
  module.runtime("values", "changesOf", "given");
  const name = module.variable(`${variable}Changes`);
  const entries = sets.map(({ field }) =>
    entry(
      field.name,
      call("given", [`${codecsName(entity)}${access(field.name)}`, `patch${access(field.name)}`]),
    ),
  );
  module.declarations.push(
    print([
      `const ${name} = (patch: ${type?.name ?? "never"}) =>`,
      indent([hardline, "changesOf(patch, ", openObject(entries), ");"]),
    ]),
  );
  return name;
}

/** What no row found means. */
const absent = (
  { entity }: MethodTarget,
  asks = entity.version !== undefined,
): readonly Entry[] => [["absent", stringLiteral("not-found")], ...stale(entity, asks)];

/** How a row that was found, but does not fit, is told from a missing key. */
const stale = (entity: EntityIr, asks: boolean): readonly Entry[] => [
  ...(asks ? [["exists", sqlText(existsText(entity))] as const] : []),
  ...(entity.key.length === 1 ? [] : [["keyValues", String(entity.key.length)] as const]),
];

export function deleteMethod(target: MethodTarget): MethodBody {
  const { entity, ir, module } = target;
  const cascades = cascadesOf(entity, target.store);
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(target, "remove", variable, ir.signature.name, deleteText(entity), [
      ...stale(entity, entity.version !== undefined),
      ...(entity.version === undefined ? [] : [["versioned", "true"] as const]),
      ...(cascades.length === 0
        ? []
        : [["cascades", arrayLiteral(cascades.map(stringLiteral))] as const]),
    ]),
  );
  return [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "options"],
      sessionCall("write", "undefined", [variable, keyList(target), "options"]),
    ),
  ];
}

export function incrementMethod(
  target: MethodTarget,
  method: Of<"increment">,
  dialect: Dialect,
): MethodBody {
  const { entity, ir, module } = target;
  const field = entity.fields.find((candidate) => candidate.name === method.field);
  if (field === undefined) throw new Error(`no field ${method.field} in ${entity.name}`);
  const statement = incrementStatement(entity, field, method);
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(target, "write", variable, ir.signature.name, statement.text, [
      ...absent(target, statement.limit !== undefined),
      ...(statement.limit === undefined
        ? []
        : [["limit", stringLiteral(statement.limit)] as const]),
      selected(getText(entity, dialect)),
    ]),
  );
  // The codec of a column that may be null would take null for an amount, and the sum would erase the number.
  const codec = field.nullable
    ? print(baseCodec(field, module.codecs))
    : `${codecsName(entity)}${access(field.name)}`;
  if (method.by !== "any") module.runtime("values", "signed");
  const amount =
    method.by === "any"
      ? `${codec}.encode(by)`
      : `signed(${stringLiteral(method.by)}, ${codec}).encode(by)`;
  return [
    ir.signature.name,
    arrow(
      [keyParameter(entity), "by", "options"],
      sessionCall("write", entity.name, [variable, keyList(target, amount), "options"]),
    ),
  ];
}
