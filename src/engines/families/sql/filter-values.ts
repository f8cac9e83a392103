import type { EntityIr, FieldType, TypeIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { print } from "../../../render/document.ts";
import type { Parameter } from "../../../render/layout.ts";
import { arrayLiteral, call, entry, openObject, parameterList } from "../../../render/layout.ts";
import { elementCodec } from "./codec.ts";
import { type FilterPart, isFixed, type ListFragments } from "./fragments.ts";
import type { AdapterModule } from "./module.ts";
import { codecsName } from "./module.ts";
import { access } from "./source.ts";

/** How a filter's values become the texts of a statement. */

/** The codec of what a filter part compares with: an array field is asked for one of its elements, a decimal may have any digits that the store can compare. */
function codecOf(entity: EntityIr, { field }: FilterPart, module: AdapterModule): string {
  if (field.type.kind === "array") return elementCodec(field.type.of, module.codecs);
  if (field.type.kind === "decimal") return decimalCodec(field.type, module);
  return `${codecsName(entity)}${access(field.name)}`;
}

function decimalCodec(
  type: Extract<FieldType, { readonly kind: "decimal" }>,
  { engine, codecs }: AdapterModule,
): string {
  const digits = engine.comparedDigits?.(type);
  if (digits === undefined) return elementCodec("decimal", codecs);
  codecs.add("numeric");
  return `numeric(${digits.precision}, ${digits.scale})`;
}

/** `orderCodecs.status.encode(where.status)`, or the same behind `given` where the value may be left out. */
export function partValue(
  entity: EntityIr,
  part: FilterPart,
  filter: string,
  module: AdapterModule,
): Doc {
  const codec = codecOf(entity, part, module);
  const property = `${filter}${access(part.field.name)}`;
  if (isFixed(part)) return call(`${codec}.encode`, [property]);
  module.runtime("values", "given");
  const value =
    part.end === undefined ? property : `${property}${part.required ? "." : "?."}${part.end}`;
  return call("given", [codec, value]);
}

/** A parameter before the filter. */
export interface Leading {
  readonly parameter: Parameter;
  readonly values: readonly Doc[];
}

/** `const listByCustomerValues = (where: OrderListByCustomerFilter): DynamicValues => ({ … });` */
export function valuesDeclaration(input: {
  readonly name: string;
  readonly entity: EntityIr;
  readonly fragments: ListFragments;
  /** Parameters before the filter with the values they become: a query, a vector. */
  readonly leading: readonly Leading[];
  readonly filter: { readonly variable: string; readonly type: Pick<TypeIr, "name"> | undefined };
  readonly module: AdapterModule;
}): string {
  const { name, entity, fragments, leading, filter, module } = input;
  module.runtimeType("statement", "DynamicValues");
  const parameters = [
    ...leading.map((one) => one.parameter),
    ...(filter.type === undefined ? [] : [{ name: filter.variable, type: filter.type.name }]),
  ];
  const texts = (parts: readonly FilterPart[]): readonly Doc[] =>
    parts.map((part) => partValue(entity, part, filter.variable, module));
  const fixed = [...leading.flatMap((one) => one.values), ...texts(fragments.fixed)];
  const entries = [
    entry("fixed", arrayLiteral(fixed)),
    ...(fragments.parts.length === 0
      ? []
      : [entry("optional", arrayLiteral(texts(fragments.parts)))]),
  ];
  return print([
    `const ${name} = `,
    parameterList(parameters),
    ": DynamicValues => (",
    openObject(entries),
    ");",
  ]);
}
