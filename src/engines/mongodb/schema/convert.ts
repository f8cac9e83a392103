import type { Json } from "../../../spec/model.ts";
import type { Reversibility } from "../../../migrate/step.ts";

/** How stored values of one kind become those of another. */
export interface Conversion {
  /** BSON types of the values that have to change, none when they stay as they are. */
  readonly from: readonly string[];
  readonly expression: (path: string) => Json;
  readonly reversibility: Reversibility;
  /** A value may not convert: then the migration stops and names the server's reason. */
  readonly mayFail: boolean;
  /** An expression that is true of a value that does not convert; undefined where every value of the kind does. */
  readonly unfit?: (path: string) => Json;
  /** Either code reads, finds and sorts what the other writes. Source: MongoDB manual, "Comparison/Sort Order": numbers are compared by value. */
  readonly comparable: boolean;
}

/** BSON type of a kind whose values `$convert` knows. Source: MongoDB manual, "$convert (aggregation)". */
const bson: Readonly<Record<string, string>> = {
  uuid: "string",
  string: "string",
  text: "string",
  enum: "string",
  date: "string",
  int: "int",
  bigint: "long",
  decimal: "decimal",
  float: "double",
  boolean: "bool",
  timestamp: "date",
};

/** What no conversion makes: it stands for a value that none can be made of. */
const unfit = "unfit";

const unfitTo =
  (to: string) =>
  (path: string): Json => ({ $eq: [{ $convert: { input: path, to, onError: unfit } }, unfit] });

/** Other numbers hold, more or less exactly, whatever a field of numbers may have. */
const isWhole = (type: string): boolean => type === "int" || type === "long";

const numbers: readonly string[] = ["int", "long", "decimal", "double"];

/** Whether stored values have to change at all: texts of every kind are the same text. */
export const storedAlike = (from: string, to: string): boolean =>
  from === to || to === "json" || (bson[from] !== undefined && bson[from] === bson[to]);

/** BSON types of a kind's values; none for what may be of any. */
export function bsonOf(kind: string): readonly string[] {
  if (kind === "json") return [];
  if (/^(?:array of |vector\()/.test(kind)) return ["array"];
  return [bson[kind] ?? "binData"];
}

/** Undefined where no rule of the server leads from one to the other. */
export function conversion(from: string, to: string): Conversion | undefined {
  const [old, now] = [bson[from], bson[to]];
  if (old === undefined || now === undefined) return undefined;
  const made = (
    reversibility: Reversibility,
    mayFail: boolean,
    expression: Conversion["expression"] = (path) => ({ $convert: { input: path, to: now } }),
  ): Conversion => ({
    from: [old],
    expression,
    reversibility,
    mayFail,
    comparable: false,
    ...(mayFail && (old === "string" || isWhole(now)) && { unfit: unfitTo(now) }),
  });
  if (old === "date" && to === "date")
    return made("loses-data", false, (path) => ({
      $dateToString: { date: path, format: "%Y-%m-%d" },
    }));
  if (old === "date" && now === "string") return made("reversible", false);
  if (old === "string" && now === "date") return made("loses-data", true);
  if (numbers.includes(old) && numbers.includes(now)) return widens(old, now, made);
  if (numbers.includes(old) && now === "string") return made("reversible", false);
  if (old === "string" && numbers.includes(now)) return made("loses-data", true);
  if (old === "bool" && (now === "string" || numbers.includes(now)))
    return made(now === "string" ? "irreversible" : "reversible", false);
  return undefined;
}

/** A number into one that holds all of its values comes back as it was. */
function widens(
  old: string,
  now: string,
  made: (reversibility: Reversibility, mayFail: boolean) => Conversion,
): Conversion {
  const wider: Readonly<Record<string, readonly string[]>> = {
    int: ["long", "double", "decimal"],
    long: ["decimal"],
  };
  const whole = wider[old]?.includes(now) === true;
  return {
    ...made(whole ? "reversible" : "loses-data", !whole),
    comparable: whole && old === "int",
  };
}
