import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { newValuesName } from "../../../ir/names.ts";
import type { Doc } from "../../../render/document.ts";
import { group, hardline, indent, line, print } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { arrayLiteral, call } from "../../../render/layout.ts";
import { childVariable, valueOf } from "../../families/sql/input.ts";
import type { AdapterModule } from "../../families/sql/module.ts";
import { access } from "../../families/sql/source.ts";
import type { MethodTarget } from "../../families/sql/target.ts";
import type { InsertStatement } from "../statements/insert.ts";
import { type ChildInput, isMadeByServer } from "../statements/saved.ts";

/** The values of new rows: one per field of one row, or all rows of a batch as one list; each child as one list after them. */

/** A uuid that the spec leaves to the database is made here all the same, since the server does not tell it. */
const asMadeHere = (field: FieldIr): FieldIr =>
  field.key && field.source.generated === "database" && !isMadeByServer(field)
    ? { ...field, source: { ...field.source, generated: "client" } }
    : field;

const isMadeHere = (field: FieldIr): boolean => asMadeHere(field).source.generated === "client";

const encoded = (entity: EntityIr, field: FieldIr, variable: string, module: AdapterModule): Doc =>
  valueOf(entity, asMadeHere(field), variable, module);

/** The function that makes a new row's values: one per entity and form, shared by its inserts and upserts. */
export function valuesFunction(
  target: MethodTarget,
  statement: InsertStatement,
  bulk: boolean,
): string {
  const { entity, module } = target;
  const name = newValuesName(entity.name, bulk);
  const known = module.declarations.some((text) => text.startsWith(`const ${name} `));
  if (!known)
    module.declarations.push(
      bulk ? batchValues(target, statement, name) : singleValues(target, statement, name),
    );
  return name;
}

function head({ entity, module }: MethodTarget, name: string, parameter: string, type: string) {
  module.domainTypes(entity.newType);
  module.runtimeType("statement", "Value");
  return `const ${name} = (${parameter}: ${type}): readonly Value[] =>`;
}

function singleValues(target: MethodTarget, statement: InsertStatement, name: string): string {
  const { entity, module } = target;
  const one = entity.variable;
  const items = [
    ...statement.fields.map((field) => encoded(entity, field, one, module)),
    ...statement.children.map((input) => {
      const rows = `${one}${access(input.child.property)}`;
      return listOf(rows, childVariable(input.child), childValues(input, module), module);
    }),
  ];
  return print([head(target, name, one, entity.newType), " ", arrayLiteral(items), ";"]);
}

/** `rowsOf(order.lines.map((line) => [ … ]))` */
function listOf(
  rows: string,
  variable: string,
  values: readonly Doc[],
  module: AdapterModule,
): Doc {
  module.codecs.add("rowsOf");
  return call("rowsOf", [mapped(rows, variable, values)]);
}

const mapped = (rows: string, variable: string, values: readonly Doc[]): Doc => [
  `${rows}.map((${variable}) => `,
  arrayLiteral(values),
  ")",
];

const childValues = ({ child, fields }: ChildInput, module: AdapterModule): readonly Doc[] =>
  fields.map((field) => encoded(child.entity, field, childVariable(child), module));

function batchValues(target: MethodTarget, statement: InsertStatement, name: string): string {
  const { entity, module } = target;
  const [one, many] = [entity.variable, entity.rows];
  const values = statement.fields.map((field) => encoded(entity, field, one, module));
  const children = statement.children.map((input): Doc => {
    const { child } = input;
    const rows: Doc = [
      `${many}.flatMap((${one}, at) =>`,
      indent([
        hardline,
        `${one}${access(child.property)}.map((${childVariable(child)}) => `,
        arrayLiteral(["at + 1", ...childValues(input, module)]),
        "),",
      ]),
      hardline,
      ")",
    ];
    module.codecs.add("rowsOf");
    return call("rowsOf", [rows]);
  });
  const type = `readonly ${entity.newType}[]`;
  const batch = batchCall(target, statement, [mapped(many, one, values), ...children]);
  return print([head(target, name, many, type), group(indent([line, batch])), ";"]);
}

/** `batchOf([0], orders.map((order) => [ … ]), rowsOf(…))`: the columns of the key come first. */
function batchCall(
  { entity, module }: MethodTarget,
  { fields }: InsertStatement,
  lists: readonly Doc[],
): Doc {
  module.codecs.add("batchOf");
  const key = entity.key.map((field) => String(fields.indexOf(field)));
  return call("batchOf", [arrayLiteral(key), ...lists]);
}

/** The rows of a batch, checked: one that has a key twice is refused. */
export function distinctRows(target: MethodTarget, { fields }: InsertStatement): Doc {
  const { entity, ir, module } = target;
  module.runtime("values", "distinctRows");
  const name = `new${entity.name}Key`;
  const key = fields.filter((field) => field.key);
  const values = key.map((field) => encoded(entity, field, entity.variable, module));
  const declared = print([
    head(target, name, entity.variable, entity.newType),
    " ",
    arrayLiteral(values),
    ";",
  ]);
  if (!module.declarations.includes(declared)) module.declarations.push(declared);
  return call("distinctRows", [stringLiteral(ir.operation), entity.rows, name]);
}

/**
 * One value that is made when a condition holds, or a column of a list of rows of which some elements are: then what the caller gave of it,
 * and the place of the value that repeats it.
 */
export type MadePlace =
  | { readonly place: number; readonly condition: string }
  | {
      readonly place: number;
      readonly column: number;
      readonly given: string;
      readonly again?: number;
    };

/** What is made here when it is left out, which is no part of an operation's content. */
export function madePlaces(
  entity: EntityIr,
  { fields, children }: InsertStatement,
  variable: string,
  bulk: boolean,
): readonly MadePlace[] {
  const one = entity.variable;
  const own = fields.flatMap((field, at): readonly MadePlace[] => {
    if (!isMadeHere(field)) return [];
    const { name } = field;
    return [
      bulk
        ? {
            place: 0,
            column: at,
            given: `${variable}.map((${one}) => ${one}${access(name)})`,
            ...(field.key && { again: 1 + children.length }),
          }
        : { place: at, condition: `${variable}${access(name)} === undefined` },
    ];
  });
  const owned = children.flatMap(({ child, fields: columns, parameter }) =>
    columns.flatMap((field, at): readonly MadePlace[] => {
      if (!isMadeHere(field)) return [];
      const each = childVariable(child);
      const all = (of: string): string =>
        `${of}${access(child.property)}.map((${each}) => ${each}${access(field.name)})`;
      const place = parameter - 1;
      return [
        bulk
          ? { place, column: at + 1, given: `${variable}.flatMap((${one}) => ${all(one)})` }
          : { place, column: at, given: all(variable) },
      ];
    }),
  );
  return [...own, ...owned];
}
