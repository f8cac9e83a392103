import type { Path, Problem } from "../issues.ts";
import type { FieldSpec } from "../schema-entity.ts";
import { choice, quoted, shown } from "../shown-text.ts";
import { error, type Context } from "./context.ts";
import { canBeKey, requiredKeys, typeKeys } from "./field-types.ts";
import { misfit, orderOf } from "./values.ts";

/** Longest varchar of the supported servers. */
const maxCharacters = 10_485_760;
/** Most elements of a vector column. */
const maxDimensions = 16_000;
/** Most digits of a decimal. */
const maxPrecision = 1000;

/** Each field for itself: keys that fit its type, bounds, default, key. */
export function fields({ spec, declares }: Context): readonly Problem[] {
  return Object.entries(spec.entities).flatMap(([entity, { fields: declared }]) =>
    Object.entries(declared).flatMap(([name, field]) => {
      const path = ["entities", entity, "fields", name];
      const title = `field ${entity}.${name}`;
      return [
        ...keysOfType(field, title, path, declares),
        ...numbers(field, title, path),
        ...bounds(field, title, path),
        ...defaultValue(field, title, path),
        ...keyRules(field, title, path),
      ];
    }),
  );
}

function keysOfType(
  field: FieldSpec,
  title: string,
  path: readonly string[],
  declares: Context["declares"],
): readonly Problem[] {
  const wrong = Object.keys(field).flatMap((key) => {
    const kinds = typeKeys[key];
    if (kinds === undefined || kinds.includes(field.type)) return [];
    return [
      error(
        [...path, key],
        `${quoted(key)} does not apply to type ${field.type} of ${title}`,
        `it belongs to ${choice(kinds)}`,
        "key",
      ),
    ];
  });
  const missing = (requiredKeys[field.type] ?? []).flatMap(([key, example]) =>
    declares(...path, key)
      ? []
      : [
          error(
            path,
            `${title} has no ${quoted(key)}, which ${field.type} needs`,
            `add ${example}`,
            "key",
          ),
        ],
  );
  return [...wrong, ...missing];
}

function numbers(field: FieldSpec, title: string, path: Path): readonly Problem[] {
  const problems: Problem[] = [];
  const { values, precision, scale, dimensions, max } = field;
  if (field.type === "enum" && values !== undefined)
    problems.push(...enumValues(values, title, path));
  if (field.type === "decimal" && precision !== undefined) {
    if (precision > maxPrecision)
      problems.push(
        error(
          [...path, "precision"],
          `precision of ${title} is ${precision}`,
          "it must be 1 to 1000",
        ),
      );
    else if (scale !== undefined && scale > precision) {
      problems.push(
        error(
          [...path, "scale"],
          `scale of ${title} is larger than its precision ${precision}`,
          "count all digits in precision",
        ),
      );
    }
  }
  if (field.type === "vector" && dimensions !== undefined && dimensions > maxDimensions) {
    problems.push(
      error(
        [...path, "dimensions"],
        `dimensions of ${title} is ${dimensions}`,
        "it must be 1 to 16000",
      ),
    );
  }
  if ((field.type === "string" || field.type === "array") && max !== undefined) {
    const most = field.type === "string" ? maxCharacters : Number.MAX_SAFE_INTEGER;
    if (typeof max !== "number" || !Number.isInteger(max) || max < 1 || max > most) {
      const unit = field.type === "string" ? "characters, or use type: text" : "elements";
      problems.push(
        error(
          [...path, "max"],
          `max of ${title} is ${shown(max)}`,
          `it must be a whole number of ${unit}`,
        ),
      );
    }
  }
  return problems;
}

function enumValues(values: readonly string[], title: string, path: Path): readonly Problem[] {
  return values.flatMap((value, at) => {
    const place = [...path, "values", at];
    if (values.indexOf(value) < at)
      return [
        error(place, `value ${quoted(value)} of ${title} is given twice`, "remove one of the two"),
      ];
    if (value === "") return [error(place, `a value of ${title} is empty`, "name it")];
    if (Buffer.byteLength(value) > 63)
      return [
        error(place, `value ${quoted(value)} of ${title} is longer than 63 bytes`, "shorten it"),
      ];
    return [];
  });
}

function bounds(field: FieldSpec, title: string, path: Path): readonly Problem[] {
  if (typeKeys["min"]?.includes(field.type) !== true) return [];
  const problems = (["min", "max"] as const).flatMap((key) => {
    const value = field[key];
    const expected = value === undefined ? undefined : misfit(value, field);
    return expected === undefined
      ? []
      : [error([...path, key], `${key} of ${title} is ${shown(value)}`, `it must be ${expected}`)];
  });
  if (
    problems.length === 0 &&
    field.min !== undefined &&
    field.max !== undefined &&
    orderOf(field.min, field.max, field) > 0
  ) {
    return [
      error(
        [...path, "min"],
        `min of ${title} is above its max ${shown(field.max)}`,
        "exchange the two",
      ),
    ];
  }
  return problems;
}

function defaultValue(field: FieldSpec, title: string, path: Path): readonly Problem[] {
  const value = field.default;
  const place = [...path, "default"];
  if (value === undefined) return [];
  if (value === null) {
    return field.nullable === true
      ? []
      : [error(place, `default of ${title} is nothing`, "add nullable: true, or give a value")];
  }
  const expected = misfit(value, field);
  if (expected !== undefined)
    return [error(place, `default of ${title} is ${shown(value)}`, `it must be ${expected}`)];
  if (typeKeys["min"]?.includes(field.type) !== true) return [];
  const below =
    field.min !== undefined &&
    misfit(field.min, field) === undefined &&
    orderOf(value, field.min, field) < 0;
  const above =
    field.max !== undefined &&
    misfit(field.max, field) === undefined &&
    orderOf(value, field.max, field) > 0;
  if (below)
    return [
      error(
        place,
        `default of ${title} is ${shown(value)}`,
        `it must be at least its min ${shown(field.min)}`,
      ),
    ];
  return above
    ? [
        error(
          place,
          `default of ${title} is ${shown(value)}`,
          `it must be at most its max ${shown(field.max)}`,
        ),
      ]
    : [];
}

const databaseMade = ["uuid", "int", "bigint"];

const isNumbered = ({ key, generated, type, stored }: FieldSpec): boolean =>
  key === true &&
  generated === "database" &&
  (type === "int" || type === "bigint") &&
  stored?.default === undefined;

function keyRules(field: FieldSpec, title: string, path: Path): readonly Problem[] {
  const problems: Problem[] = [];
  const { key = false, generated, type } = field;
  if (key && !canBeKey({ kind: type })) {
    problems.push(
      error(
        [...path, "type"],
        `${title} of type ${type} cannot be a key`,
        "use uuid, string, int, bigint, date, timestamp or enum",
      ),
    );
  }
  if (key && field.nullable === true)
    problems.push(
      error([...path, "nullable"], `${title} is a key and cannot be nullable`, "remove nullable"),
    );
  if (generated !== undefined && generated !== "caller" && !key) {
    problems.push(
      error(
        [...path, "generated"],
        `${title} is generated but no key`,
        "add key: true, or use default:",
      ),
    );
  } else if (generated === "client" && type !== "uuid") {
    problems.push(
      error(
        [...path, "generated"],
        `${title} of type ${type} cannot be made by the client`,
        "use type: uuid, or generated: database",
      ),
    );
  } else if (generated === "database" && !databaseMade.includes(type)) {
    problems.push(
      error(
        [...path, "generated"],
        `${title} of type ${type} cannot be made by the database`,
        `use ${choice(databaseMade)}`,
      ),
    );
  }
  if (field.stored?.identity !== undefined && !isNumbered(field)) {
    problems.push(
      error(
        [...path, "stored", "identity"],
        `${title} is no number that the database makes for a key`,
        "use key: true, generated: database and type: int or bigint; or remove identity",
      ),
    );
  }
  if (field.unique === true && ["json", "vector", "array"].includes(type)) {
    problems.push(
      error([...path, "unique"], `${title} of type ${type} cannot be unique`, "remove unique"),
    );
  }
  if (field.was !== undefined && field.was === path.at(-1)) {
    problems.push(
      error(
        [...path, "was"],
        `${title} was already called that`,
        "give its former name, or remove was",
      ),
    );
  }
  return problems;
}
