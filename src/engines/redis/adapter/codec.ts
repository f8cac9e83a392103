import { decimal } from "../../../../templates/engines/redis/codec.ts";
import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { stringLiteral } from "../../../render/encode.ts";

/** A codec of runtime/redis/codec.ts as it is written in an adapter, with the names that it needs. */
export interface CodecText {
  readonly text: string;
  readonly names: readonly string[];
}

/** `nullable("note", text(200))` */
export function fieldCodec(field: FieldIr): CodecText {
  const value = valueCodec(field);
  const name = stringLiteral(field.name);
  const around = (wrap: string, more = ""): CodecText => ({
    text: `${wrap}(${name}, ${value.text}${more})`,
    names: [wrap, ...value.names],
  });
  if (field.nullable) return around("nullable");
  const literal = defaultLiteral(field);
  return literal === undefined ? around("present") : around("defaulted", `, ${literal}`);
}

function valueCodec({ type, tsType, source }: FieldIr): CodecText {
  const made = (name: string, ...args: readonly (string | undefined)[]): CodecText => ({
    text: `${name}${narrowing(name, tsType)}(${trimmed(args).join(", ")})`,
    names: [name],
  });
  const bound = (value: number | string | undefined, suffix = ""): string | undefined =>
    value === undefined ? undefined : `${value}${suffix}`;
  const quoted = (value: number | string | undefined): string | undefined =>
    value === undefined ? undefined : stringLiteral(String(value));
  switch (type.kind) {
    case "string":
      return made("text", String(type.max), bound(source.min));
    case "text":
      return made("text", bound(source.max), bound(source.min));
    case "binary":
      return made("binary", bound(source.max), bound(source.min));
    case "date":
    case "timestamp":
      return made(type.kind, quoted(source.min), quoted(source.max));
    case "enum":
      return made("oneOf", ...type.values.map((value) => stringLiteral(value)));
    case "int":
      return made("int", bound(source.min), bound(source.max));
    case "bigint":
      return made("int64", bound(source.min, "n"), bound(source.max, "n"));
    case "float":
      return made("float", bound(source.min), bound(source.max));
    case "decimal":
      return made(
        "decimal",
        String(type.precision),
        String(type.scale),
        quoted(source.min),
        quoted(source.max),
      );
    case "vector":
      return made("vector", String(type.dimensions));
    case "array": {
      const of = elementCodecs[type.of];
      const sizes = trimmed([`${of}()`, bound(type.max ?? source.max), bound(source.min)]);
      return { text: `array(${sizes.join(", ")})`, names: ["array", of] };
    }
    default:
      return made(type.kind);
  }
}

/** Elements have no bounds of their own; a decimal's digits are kept as they are given. */
const elementCodecs = {
  uuid: "uuid",
  string: "text",
  text: "text",
  int: "int",
  bigint: "int64",
  decimal: "text",
  float: "float",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
} as const;

const plainTypes: ReadonlySet<string> = new Set(["string", "number", "bigint"]);
const narrowed: ReadonlySet<string> = new Set(["uuid", "text", "oneOf", "int", "int64", "json"]);

const narrowing = (codec: string, tsType: string): string =>
  narrowed.has(codec) && !plainTypes.has(tsType) ? `<${tsType}>` : "";

/** Arguments up to the last that is given; one that is left out before it is `undefined`, and takes its default. */
function trimmed(args: readonly (string | undefined)[]): readonly string[] {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return args.slice(0, last + 1).map((arg) => arg ?? "undefined");
}

/** The default of a new record, and of a record from before the field existed. */
export function defaultLiteral({ type, source, tsType }: FieldIr): string | undefined {
  const value = source.default;
  if (value === undefined) return undefined;
  if (type.kind === "bigint") return `${String(value)}n`;
  if (type.kind === "timestamp") return `new Date(${stringLiteral(String(value))})`;
  if (type.kind === "decimal")
    return stringLiteral(decimal(type.precision, type.scale).decode(String(value)));
  const literal = typeof value === "string" ? stringLiteral(value) : JSON.stringify(value);
  return type.kind === "json" && tsType !== "Json" ? `${literal} as ${tsType}` : literal;
}

/** Columns of a record: what a new one gives, then what the store keeps. */
export function columnsOf(entity: EntityIr): {
  readonly given: readonly FieldIr[];
  readonly managed: readonly FieldIr[];
} {
  const { version, createdAt, updatedAt } = entity;
  return {
    given: entity.fields.filter((field) => field.visible && !field.managed),
    managed: [version, createdAt, updatedAt].filter((field) => field !== undefined),
  };
}
