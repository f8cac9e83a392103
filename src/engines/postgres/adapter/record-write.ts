import type { EntityIr, Method } from "../../../ir/types.ts";
import { newValuesName } from "../../../ir/names.ts";
import type { Doc } from "../../../render/document.ts";
import { hardline, indent, print } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { arrayLiteral, call, entry, openCall, openObject } from "../../../render/layout.ts";
import { cascadesOf } from "../../families/sql/cascades.ts";
import { deleteText, incrementText, patchFragments } from "../statements/change.ts";
import type { InsertStatement } from "../statements/insert.ts";
import { insertStatement } from "../statements/insert.ts";
import { existsText } from "../statements/read.ts";
import { baseCodec } from "../../families/sql/codec.ts";
import { childVariable, valueOf } from "../../families/sql/input.ts";
import { arrayOf, type MadePlace, madePlaces } from "./batch-input.ts";
import { codecsName } from "../../families/sql/module.ts";
import type { MethodBody } from "../../families/sql/adapter-file.ts";
import { tenantKeyOf } from "../../families/sql/tenant-keys.ts";
import { access } from "../../families/sql/source.ts";
import type { Entry } from "../../families/sql/source.ts";
import { arrow, sqlList, sqlText } from "../../families/sql/source.ts";
import type { MethodTarget } from "../../families/sql/target.ts";
import {
  keyList,
  keyParameter,
  sessionCall,
  composedStatement,
  wholeStatement,
} from "../../families/sql/target.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** Insert and upsert, of one row or of many. */
export function saveMethod(target: MethodTarget, method: Of<"insert"> | Of<"upsert">): MethodBody {
  const { entity, ir, module } = target;
  const statement = insertStatement(entity, method);
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(target, "write", variable, ir.signature.name, statement.text, [
      ...(statement.with.length === 0 ? [] : [["with", sqlList(statement.with)] as const]),
      ...(method.op === "upsert" ? raced(target) : []),
    ]),
  );
  const rows = ir.signature.parameters[0]?.name ?? entity.variable;
  const values = valuesFunction(target, statement, method.bulk);
  const made = madeArgument(target, statement, rows, method.bulk);
  const run = method.bulk ? "writeMany" : "write";
  return [
    ir.signature.name,
    arrow(
      [rows, "options"],
      sessionCall(run, entity.name, [variable, `${values}(${rows})`, "options", ...made]),
    ),
  ];
}

/** The key that two upserts of one new row may meet beside the one that the conflict clause watches. */
function raced({ entity, store }: MethodTarget): readonly Entry[] {
  const key = tenantKeyOf(entity, store);
  if (key === undefined) return [];
  return [["raced", stringLiteral(entity.constraintNames?.[key.name] ?? key.name)]];
}

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
  const positions = (made: MadePlace): Doc =>
    "given" in made
      ? openCall("partlyMade", [`${made.place}`, made.given])
      : `${made.condition} ? [${made.place}] : []`;
  if (rest.length === 0) return [positions(only)];
  return [
    arrayLiteral(
      places.map((made) =>
        "given" in made ? ["...", positions(made)] : ["...(", positions(made), ")"],
      ),
    ),
  ];
}

/** The function that makes a new row's texts: one per entity and form, shared by its inserts and upserts. */
function valuesFunction(target: MethodTarget, statement: InsertStatement, bulk: boolean): string {
  const { entity, module } = target;
  const name = newValuesName(entity.name, bulk);
  const known = module.declarations.some((text) => text.startsWith(`const ${name} `));
  if (!known)
    module.declarations.push(
      bulk ? batchValues(target, statement, name) : singleValues(target, statement, name),
    );
  return name;
}

function valuesHead(
  { entity, module }: MethodTarget,
  name: string,
  parameter: string,
  type: string,
): string {
  module.domainTypes(entity.newType);
  module.runtimeType("statement", "Text");
  return `const ${name} = (${parameter}: ${type}): readonly Text[] =>`;
}

const opened = (items: readonly Doc[]): Doc => [
  "[",
  indent(items.map((item): Doc => [hardline, item, ","])),
  hardline,
  "]",
];

function singleValues(target: MethodTarget, statement: InsertStatement, name: string): string {
  const { entity, module } = target;
  const one = entity.variable;
  const items = [
    ...statement.fields.map((field) => valueOf(entity, field, one, module)),
    ...statement.children.flatMap(({ child, fields }) =>
      fields.map((field) =>
        arrayOf(
          child.entity,
          field,
          `${one}${access(child.property)}`,
          childVariable(child),
          module,
        ),
      ),
    ),
  ];
  return print([valuesHead(target, name, one, entity.newType), " ", opened(items), ";"]);
}

function batchValues(target: MethodTarget, statement: InsertStatement, name: string): string {
  const { entity, module } = target;
  const [one, many] = [entity.variable, entity.rows];
  const own = statement.fields.map((field) => arrayOf(entity, field, many, one, module));
  const head = valuesHead(target, name, many, `readonly ${entity.newType}[]`);
  if (statement.children.length === 0) return print([head, " ", opened(own), ";"]);
  module.codecs.add("array").add("int");
  const lists = statement.children.map(
    ({ child }) =>
      `const ${child.property} = ${many}.flatMap((${one}) => ${one}${access(child.property)});`,
  );
  const children = statement.children.flatMap(({ child, fields }) => {
    const places = `${many}.flatMap((${one}, at) => ${one}${access(child.property)}.map(() => at + 1))`;
    return [
      call("array(int).encode", [places]),
      ...fields.map((field) =>
        arrayOf(child.entity, field, child.property, childVariable(child), module),
      ),
    ];
  });
  const body = [
    ...lists.map((text): Doc => [hardline, text]),
    hardline,
    "return ",
    opened([...own, ...children]),
    ";",
  ];
  return print([head, " {", indent(body), hardline, "};"]);
}

export function patchMethod(target: MethodTarget, method: Of<"patch">): MethodBody {
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
      ["returning", sqlText(fragments.returning)],
      ...absent(entity),
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

/** What no returned row means. */
const absent = (entity: EntityIr): readonly Entry[] => [
  ["absent", stringLiteral("not-found")],
  ...stale(entity),
];

/** How a stale version is told from a missing key. */
const stale = (entity: EntityIr): readonly Entry[] => [
  ...(entity.version === undefined ? [] : [["exists", sqlText(existsText(entity))] as const]),
  ...keyValues(entity),
];

const keyValues = (entity: EntityIr): readonly Entry[] =>
  entity.key.length === 1 ? [] : [["keyValues", String(entity.key.length)]];

export function deleteMethod(target: MethodTarget): MethodBody {
  const { entity, ir, module } = target;
  const cascades = cascadesOf(entity, target.store);
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(target, "remove", variable, ir.signature.name, deleteText(entity), [
      ...stale(entity),
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

export function incrementMethod(target: MethodTarget, method: Of<"increment">): MethodBody {
  const { entity, ir, module } = target;
  const field = entity.fields.find((candidate) => candidate.name === method.field);
  if (field === undefined) throw new Error(`no field ${method.field} in ${entity.name}`);
  const variable = module.variable(ir.signature.name);
  module.declarations.push(
    wholeStatement(
      target,
      "write",
      variable,
      ir.signature.name,
      incrementText(entity, field, method),
      [["absent", stringLiteral("not-found")], ...keyValues(entity)],
    ),
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
