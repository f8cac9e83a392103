import { type DataError, programmingError } from "./errors.ts";
import { guarded } from "./guarded.ts";
import { otherKeys } from "./other-keys.ts";

/** What a filter holds under a name: a value to be equal to or to be held, or a range of them. */
export type FilterPart = "required" | "optional" | "required range" | "optional range";

/** All that a filter may name. */
export type FilterParts = Readonly<Record<string, FilterPart>>;

/** The filter of a method: of a record's its first argument, of a view's the second. */
export type FilterDeclaration = { readonly where: FilterParts } | { readonly filter: FilterParts };

/** The filters of those methods that have one. */
export type PortFilters<R> = { readonly [M in keyof R]?: FilterDeclaration };

/**
 * The same methods, guarded. A filter that names what its method does not filter by, or that lacks what it needs, is refused with
 * `programming` before anything is sent: ignored, it would show rows that nobody asked for. Types say the same to code that has them.
 */
export function filtered<R extends object>(
  collection: string,
  filters: PortFilters<R>,
  methods: R,
): R {
  const declared: readonly [string, FilterDeclaration][] = Object.entries(filters);
  const checked = declared.map(([name, filter]) => {
    const method: Method = Reflect.get<object, string>(methods, name);
    return [name, checking(`${collection}.${name}`, filter, method)];
  });
  return guarded<R>(collection, { ...methods, ...Object.fromEntries(checked) });
}

type Method = (...values: readonly unknown[]) => Promise<unknown>;

function checking(operation: string, declaration: FilterDeclaration, method: Method): Method {
  const isRecord = "where" in declaration;
  const place = isRecord ? 0 : 1;
  const asked = isRecord
    ? { operation, parameter: "where", parts: declaration.where }
    : { operation, parameter: "filter", parts: declaration.filter };
  return (...values) => {
    check(asked, values[place]);
    return method(...values);
  };
}

/** Whatever an object holds. */
type Values = Readonly<Record<string, unknown>>;

interface Asked {
  readonly operation: string;
  readonly parameter: string;
  readonly parts: FilterParts;
}

/** Counts instead of making lists: a filter that is right is as cheap as it was. */
function check(asked: Asked, filter: unknown): void {
  if (typeof filter !== "object" || filter === null) throw noFilter(asked);
  const { parts } = asked;
  const values = filter as Values;
  let known = 0;
  for (const name in parts) {
    const part = parts[name];
    const value = values[name];
    if (value === undefined) {
      if (part === "required" || part === "required range")
        throw unknownKeys(asked, filter) ?? lacking(asked, name);
      continue;
    }
    known += 1;
    if (value === null) throw isNull(asked, name);
    if (part === "required range" || part === "optional range") checkRange(asked, name, value);
  }
  let named = 0;
  for (const _name in filter) named += 1;
  if (named === known && known > 0) return;
  const unknown = unknownKeys(asked, filter);
  if (unknown !== undefined) throw unknown;
  if (known === 0 && !isPlain(filter)) throw noFilter(asked);
}

function checkRange(asked: Asked, name: string, range: unknown): void {
  if (typeof range !== "object" || range === null) throw noRange(asked, name);
  const { min, max } = range as Values;
  if (min === null || max === null) throw isNull(asked, `${name}.${min === null ? "min" : "max"}`);
  const known = (min === undefined ? 0 : 1) + (max === undefined ? 0 : 1);
  let named = 0;
  for (const _name in range) named += 1;
  if (named === known && known > 0) return;
  const others = otherKeys(range, ["min", "max"]).length > 0;
  if (others || (known === 0 && !isPlain(range))) throw noRange(asked, name);
}

/** What names nothing asks for nothing, but a date, a map, a list or a promise in its place is a slip. */
const isPlain = (given: object): boolean =>
  Object.prototype.toString.call(given) === "[object Object]";

const wrong = ({ operation }: Asked, what: string, hint: string): DataError =>
  programmingError(`${operation}: ${what}`, { operation, hint });

const namesOf = ({ parts }: Asked): string => Object.keys(parts).join(", ");

const noFilter = (asked: Asked): DataError =>
  wrong(
    asked,
    `\`${asked.parameter}\` must be an object`,
    `it takes ${namesOf(asked)}; {} filters by nothing where none of them is required`,
  );

const lacking = (asked: Asked, name: string): DataError =>
  wrong(asked, `${asked.parameter}.${name} is required`, "give it a value");

const isNull = (asked: Asked, name: string): DataError =>
  wrong(
    asked,
    `${asked.parameter}.${name} is null, by which nothing is filtered`,
    "give a value, or leave out what is optional",
  );

const noRange = (asked: Asked, name: string): DataError =>
  wrong(
    asked,
    `${asked.parameter}.${name} must be a range`,
    "{ min, max }, both inclusive; either may be left out",
  );

function unknownKeys(asked: Asked, filter: object): DataError | undefined {
  const others = otherKeys(filter, Object.keys(asked.parts));
  if (others.length === 0) return undefined;
  return wrong(
    asked,
    `\`${asked.parameter}\` has ${others.join(", ")}, and this method filters by ${namesOf(asked)} only`,
    "leave it out, or name it among what the method filters by in the spec",
  );
}
