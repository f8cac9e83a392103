import type { Json } from "../../../spec/model.ts";
import { compared } from "./bounds.ts";
import type { Child, JsonObject, Property, Shape } from "./state.ts";

/** The validator of a collection. Source: MongoDB manual, "Specify JSON Schema Validation". */
export const validatorOf = (shape: Shape): JsonObject => ({ $jsonSchema: objectSchema(shape) });

function objectSchema({ properties, children }: Shape): JsonObject {
  const required = [...Object.entries(properties), ...Object.entries(children)]
    .filter(([, { required: needed }]) => needed)
    .map(([name]) => name);
  return {
    bsonType: "object",
    // An empty list is refused by the server.
    ...(required.length === 0 ? {} : { required }),
    properties: {
      ...mapped(properties, ({ schema }) => schema),
      ...mapped(children, (child) => ({ bsonType: "array", items: objectSchema(child) })),
    },
  };
}

const mapped = <T>(
  entries: Readonly<Record<string, T>>,
  of: (value: T) => JsonObject,
): Readonly<Record<string, JsonObject>> =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, of(value)]));

/** What documents of code before and of code after a change both fit: the validator between expand and contract. */
export function lenient(from: Shape, to: Shape): Shape {
  return {
    properties: joined<Property>(
      from.properties,
      to.properties,
      (before, after) => ({
        ...after,
        required: before.required && after.required,
        schema: eitherSchema(before, after),
      }),
      (one) => ({ ...one, required: false }),
    ),
    children: joined<Child>(
      from.children,
      to.children,
      (before, after) => ({
        ...after,
        required: before.required && after.required,
        ...lenient(before, after),
      }),
      (one) => ({ ...one, required: false }),
    ),
  };
}

/** What only one side knows may be left out. */
function joined<T>(
  from: Readonly<Record<string, T>>,
  to: Readonly<Record<string, T>>,
  both: (before: T, after: T) => T,
  alone: (one: T) => T,
): Readonly<Record<string, T>> {
  const names = [...new Set([...Object.keys(to), ...Object.keys(from)])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const [before, after] = [from[name], to[name]];
      if (before !== undefined && after !== undefined)
        return [[name, both(before, after)] as const];
      const one = before ?? after;
      return one === undefined ? [] : [[name, alone(one)] as const];
    }),
  );
}

function eitherSchema(before: Property, after: Property): JsonObject {
  if (accepts(after.schema, before.schema)) return after.schema;
  if (accepts(before.schema, after.schema)) return before.schema;
  return { anyOf: [before.schema, after.schema] };
}

/** Whether whatever fits one shape fits the wider one. */
export function acceptsShape(wide: Shape, narrow: Shape): boolean {
  const properties = Object.entries(wide.properties).every(([name, { required, schema }]) => {
    const other = narrow.properties[name];
    return other === undefined
      ? !required
      : (!required || other.required) && accepts(schema, other.schema);
  });
  return (
    properties &&
    Object.entries(wide.children).every(([name, child]) => {
      const other = narrow.children[name];
      return other === undefined
        ? !child.required
        : (!child.required || other.required) && acceptsShape(child, other);
    })
  );
}

/** Whether whatever fits one schema of ours fits the wider one. */
export function accepts(wide: JsonObject, narrow: JsonObject): boolean {
  const parts = narrow["anyOf"];
  if (Array.isArray(parts))
    return (parts as readonly JsonObject[]).every((one) => accepts(wide, one));
  return Object.entries(wide).every(([keyword, limit]) => holds(keyword, limit, narrow[keyword]));
}

function holds(keyword: string, limit: Json, narrow: Json | undefined): boolean {
  if (narrow === undefined) return false;
  switch (keyword) {
    case "bsonType":
    case "enum":
      return list(narrow).every((value) => list(limit).includes(value));
    case "minimum":
      return compared(narrow, limit) >= 0;
    default:
      return compared(narrow, limit) <= 0;
  }
}

const list = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [value]);
