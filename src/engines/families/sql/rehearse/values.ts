import type { ColumnPlan } from "./column-plan.ts";
import type { Random } from "./random.ts";

/** What a value is made from. */
export interface ValueRequest {
  /** Number of the row: a value made from it is no other row's. */
  readonly row: number;
  /** How often the row was refused already: another form is tried then. */
  readonly attempt: number;
  readonly random: Random;
}

type Maker = (plan: ColumnPlan, request: ValueRequest) => string | null;

/** A value of a column as PostgreSQL's text; null where the type is beyond us. */
export function valueOf(plan: ColumnPlan, request: ValueRequest): string | null {
  const { random, row } = request;
  if (plan.words.length > 0)
    return (plan.distinct ? plan.words[row % plan.words.length] : random.pick(plan.words)) ?? null;
  if (plan.element !== undefined) return arrayOf(plan.element, plan, request);
  const maker = makers[plan.type];
  return maker === undefined ? null : maker(plan, request);
}

/** One or two elements: not empty, so that something can be lost. */
function arrayOf(element: ColumnPlan, plan: ColumnPlan, request: ValueRequest): string | null {
  const count = Math.max(1, Math.min(2, plan.length?.max ?? 2), plan.length?.min ?? 1);
  const values = Array.from({ length: count }, (_, at) =>
    valueOf(element, { ...request, row: request.row * 3 + at }),
  );
  if (values.includes(null)) return null;
  return `{${values.map((value) => `"${(value ?? "").replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

const digits = (row: number, length: number): string => String(row).padStart(length, "0");

/** A whole number within the bounds; by the row's number where it must be distinct. */
const whole =
  (least: number, most: number): Maker =>
  ({ bounds, distinct }, { row, random }) => {
    const from = Math.max(least, bounds.min ?? (bounds.max === undefined ? 0 : least));
    const to = Math.min(most, bounds.max ?? Math.max(from + 1000, 1000));
    if (!distinct) return String(random.whole(Math.ceil(from), Math.floor(to)));
    return String(bounds.max === undefined || bounds.min !== undefined ? from + row : to - row);
  };

/** A refused row tries a whole number. */
const decimal: Maker = ({ bounds, limits, distinct }, { row, attempt, random }) => {
  const [precision, scale] = limits ?? [12, 2];
  const most = Math.min(
    bounds.max ?? Math.max(1000, (bounds.min ?? 0) + 1000),
    10 ** Math.min(9, precision - scale) - 1,
  );
  const least = Math.max(bounds.min ?? 0, -most);
  const isWhole = attempt % 2 === 1 && Math.ceil(least) <= Math.floor(most);
  const units = isWhole ? 1 : 10 ** Math.min(scale, 6);
  const value = distinct
    ? least + row / units
    : random.whole(Math.ceil(least * units), Math.floor(most * units)) / units;
  return value.toFixed(Math.min(scale, 6));
};

/** Forms that checks on text ask for most often; a refused row tries the next. */
const forms: readonly ((row: number) => string)[] = [
  (row) => `text ${row}`,
  (row) => `user${row}@example.org`,
  (row) => `name-${row}`,
  (row) => digits(row, 8),
  (row) => `AB${digits(row, 4)}`,
  (row) => `https://example.org/${row}`,
  (row) => `+43${digits(row, 9)}`,
  (row) => `a${row}`,
  (row) => `A${row.toString(36).toUpperCase()}`,
  (row) => letters(row),
  (row) => letters(row).toUpperCase(),
];

/** A number in the letters a to z. */
function letters(row: number): string {
  let text = "";
  for (let rest = row + 702; rest > 0; rest = Math.floor(rest / 26))
    text = String.fromCharCode(97 + (rest % 26)) + text;
  return text;
}

/** A text that is a value of another type; a longer number where a check refused it. */
function readableText(plan: ColumnPlan, type: string, request: ValueRequest): string | null {
  const { limits, length } = plan;
  const most = Math.min(limits?.[0] ?? 10_000, length?.max ?? 10_000);
  const { attempt, row } = request;
  const isNumber = /int|numeric|double/.test(type);
  if (isNumber && attempt > 0 && attempt < 5)
    return String(10 ** (attempt + 2) + row).slice(0, most);
  if (attempt > 0) return null;
  const { limits: _limits, length: _length, ...rest } = plan;
  return makers[type]?.({ ...rest, type }, request)?.slice(0, most) ?? null;
}

const text: Maker = (plan, request) => {
  const { limits, length, prefers, readAs } = plan;
  const { row, attempt } = request;
  const read = readAs === undefined ? null : readableText(plan, readAs, request);
  if (read !== null) return read;
  const first = Math.max(0, prefers);
  const form = forms[(first + attempt) % forms.length] ?? String;
  const made = form(row);
  const most = Math.min(limits?.[0] ?? 10_000, length?.max ?? 10_000);
  const least = Math.min(length?.min ?? 0, most);
  const fits = made.length > most ? row.toString(36).padStart(Math.min(most, 4), "0") : made;
  return fits.slice(-most).padEnd(least, "x");
};

const day = 86_400_000;
/** Where dates and moments begin when nothing asks for others: days since 1970. */
export const firstDay = Date.UTC(2020) / day;
const date = (row: number, first = firstDay): string =>
  new Date((first + row) * day).toISOString().slice(0, 10);
const moment = (row: number, first = firstDay): string =>
  new Date(first * day + row * 61_001).toISOString().replace("T", " ").replace("Z", "+00");

const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => random.whole(0, 15).toString(16)).join("");

const makers: Readonly<Record<string, Maker>> = {
  smallint: whole(-32_768, 32_767),
  integer: whole(-2_147_483_648, 2_147_483_647),
  bigint: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  numeric: decimal,
  money: decimal,
  real: decimal,
  "double precision": decimal,
  text,
  citext: text,
  name: text,
  "character varying": text,
  character: text,
  boolean: (_, { random }) => (random.next() < 0.5 ? "t" : "f"),
  uuid: (_, { random }) =>
    `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`,
  date: (plan, { row }) => date(row, plan.firstDay),
  "timestamp without time zone": (plan, { row }) => moment(row, plan.firstDay),
  "timestamp with time zone": (plan, { row }) => moment(row, plan.firstDay),
  "time without time zone": (_, { row }) => new Date(row * 1000).toISOString().slice(11, 19),
  "time with time zone": (_, { row }) => `${new Date(row * 1000).toISOString().slice(11, 19)}+00`,
  interval: (_, { row }) => `${row} minutes`,
  json: (_, { row }) => JSON.stringify({ row }),
  jsonb: (_, { row }) => JSON.stringify({ row }),
  bytea: (_, { row }) => `\\x${row.toString(16).padStart(8, "0")}`,
  inet: (_, { row }) => `10.${(row >> 16) & 255}.${(row >> 8) & 255}.${row & 255}`,
  cidr: (_, { row }) => `10.${(row >> 16) & 255}.${(row >> 8) & 255}.${row & 255}/32`,
  macaddr: (_, { row }) =>
    `02:00:00:${row
      .toString(16)
      .padStart(6, "0")
      .replace(/(..)(..)(..)/, "$1:$2:$3")}`,
  xml: (_, { row }) => `<row>${row}</row>`,
  tsvector: (_, { row }) => `'word${row}':1`,
  point: (_, { row }) => `(${row},${row})`,
  bit: ({ limits }, { row }) =>
    row
      .toString(2)
      .slice(-(limits?.[0] ?? 1))
      .padStart(limits?.[0] ?? 1, "0"),
  "bit varying": ({ limits }, { row }) => row.toString(2).slice(-(limits?.[0] ?? 64)),
  vector: ({ limits }, { random }) =>
    `[${Array.from({ length: limits?.[0] ?? 3 }, () => (random.next() * 2 - 1).toFixed(4)).join(",")}]`,
  int4range: (_, { row }) => `[${row * 2},${row * 2 + 1})`,
  int8range: (_, { row }) => `[${row * 2},${row * 2 + 1})`,
  daterange: (_, { row }) => `[${date(row * 2)},${date(row * 2 + 1)})`,
  tstzrange: (_, { row }) => `[${moment(row * 2)},${moment(row * 2 + 1)})`,
  tsrange: (_, { row }) => `[${moment(row * 2)},${moment(row * 2 + 1)})`,
  numrange: (_, { row }) => `[${row * 2},${row * 2 + 1})`,
};
