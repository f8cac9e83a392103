import { type Comparison, comparisonsOf, type Operator, type Side } from "./comparison.ts";

/** Least and greatest value, both possible: a number, or for dates and moments days since 1970. */
export interface Room {
  readonly min?: number;
  readonly max?: number;
}

/** A field whose values have an order. */
export interface OrderedField extends Room {
  readonly name: string;
  /** What conditions call it. */
  readonly column: string;
  readonly unit: "number" | "day";
  /** What its type holds. */
  readonly holds: Room;
  /** Of a number that need not be whole: how near another one is. */
  readonly step?: number;
  /** Where its value lies when nobody gives it: its default, or the clock's. */
  readonly unasked?: Room;
}

/** How far values lie apart. */
export interface Spread {
  /** Where values of each unit begin when nothing asks for other ones. */
  readonly start: Readonly<Record<OrderedField["unit"], number>>;
  /** Values that a field is given before those of the next one begin: the first width with which all find room. */
  readonly widths: Readonly<Record<OrderedField["unit"], readonly number[]>>;
}

export interface RoomsFound {
  /** By the name of the field; a field that no check limits has none. */
  readonly rooms: ReadonlyMap<string, Room>;
  /** Conditions that are not held by them. */
  readonly unread: readonly string[];
}

/**
 * A room for each field such that checks hold whichever values out of their rooms the fields have: fields that are compared get rooms one
 * after the other, so a row and a change of one of its fields pass alike. What holds for no value, or says more than comparisons, is not
 * read.
 */
export function roomsOf(
  fields: readonly OrderedField[],
  conditions: readonly string[],
  spread: Spread,
): RoomsFound {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const names = new Map(
    fields.flatMap(({ name, column }) => [name, column].map((one) => [one.toLowerCase(), name])),
  );
  let kept: Kept = { demands: [], rooms: new Map() };
  const unread: string[] = [];
  for (const condition of conditions) {
    const ways = comparisonsOf(condition, (name) => names.get(name.toLowerCase()));
    const found = ways.reduce<Kept | undefined>((first, way) => {
      if (first !== undefined) return first;
      const demands = way.map((one) => demandsOf(one, byName));
      const tries = demands.reduce((all, { length }) => all * length, 1);
      return tries > mostTries ? undefined : placed(kept.demands, demands, fields, spread);
    }, undefined);
    if (found === undefined) unread.push(condition);
    else kept = found;
  }
  return { rooms: kept.rooms, unread };
}

/** Of ways in which the comparisons of one condition may be met together. */
const mostTries = 256;

interface Kept {
  readonly demands: readonly Demand[];
  readonly rooms: ReadonlyMap<string, Room>;
}

/** The lower field comes before the upper one, or a value of a field lies within a room. */
type Demand =
  | { readonly lower: OrderedField; readonly upper: OrderedField }
  | { readonly field: OrderedField; readonly within: Room };

/** Demands of which all must be met, in each of several ways. */
type Ways = readonly (readonly Demand[])[];

type Fields = ReadonlyMap<string, OrderedField>;

const turned: Readonly<Record<Operator, Operator>> = {
  "<": ">",
  "<=": ">=",
  "=": "=",
  ">=": "<=",
  ">": "<",
  "<>": "<>",
};

function demandsOf({ left, operator, right }: Comparison, fields: Fields): Ways {
  const [first, second] = [fieldOf(left, fields), fieldOf(right, fields)];
  if (first !== undefined && second !== undefined) return ordered(first, operator, second);
  if (first !== undefined && "value" in right) return limited(first, operator, right.value);
  if (second !== undefined && "value" in left) return limited(second, turned[operator], left.value);
  return [];
}

const fieldOf = (side: Side, fields: Fields): OrderedField | undefined =>
  "field" in side ? fields.get(side.field) : undefined;

function ordered(first: OrderedField, operator: Operator, second: OrderedField): Ways {
  if (first.unit !== second.unit || first === second || operator === "=") return [];
  // The clock gives both.
  if (first.unit === "day" && first.unasked !== undefined && second.unasked !== undefined)
    return [[]];
  const gap = operator.endsWith("=") ? 0 : 1;
  const before = apart(first, second, gap);
  const after = apart(second, first, gap);
  if (operator === "<>") return [before, after];
  return operator.startsWith("<") ? [before] : [after];
}

/** One that nobody gives may be left to itself, so the other one has to do without it, too. */
function apart(lower: OrderedField, upper: OrderedField, gap: number): readonly Demand[] {
  return [
    { lower, upper },
    ...(lower.unasked?.max === undefined
      ? []
      : [{ field: upper, within: { min: lower.unasked.max + gap } }]),
    ...(upper.unasked?.min === undefined
      ? []
      : [{ field: lower, within: { max: upper.unasked.min - gap } }]),
  ];
}

function limited(field: OrderedField, operator: Operator, text: string): Ways {
  const value = field.unit === "day" ? dayOf(text) : numberOf(text);
  if (value === undefined) return [];
  const least = { field, within: { min: Math.floor(value) + 1 } };
  const most = { field, within: { max: Math.ceil(value) - 1 } };
  const { step } = field;
  const nearest = (by: number): Ways =>
    step === undefined
      ? []
      : [[{ field, within: by > 0 ? { min: value + step } : { max: value - step } }]];
  const isExact = field.unit === "number" || Number.isInteger(value);
  switch (operator) {
    case ">":
      return [[least], ...nearest(1)];
    case "<":
      return [[most], ...nearest(-1)];
    case ">=":
      return [[isExact ? { field, within: { min: value } } : least]];
    case "<=":
      // A moment of that day may be behind the beginning of the day.
      return [[field.unit === "day" ? most : { field, within: { max: value } }]];
    case "<>":
      return [[least], [most], ...nearest(1), ...nearest(-1)];
    case "=":
      return field.unit === "day" ? [] : [[{ field, within: { min: value, max: value } }]];
  }
}

const numberOf = (text: string): number | undefined =>
  /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;

const dayLength = 86_400_000;

/** Days since 1970; a moment is a part of one. */
function dayOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:[ T][\d:.]+(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/.test(text)) return undefined;
  const [date = "", time] = text.split(/[ T]/);
  const zoned = time === undefined || /[Z+-]/.test(time) ? (time ?? "") : `${time}Z`;
  const full = zoned === "" ? date : `${date}T${zoned.replace(/([+-]\d\d)$/, "$1:00")}`;
  const days = Date.parse(full) / dayLength;
  return Number.isNaN(days) ? undefined : days;
}

/** With the first way in which the demands of one more condition are met beside those kept so far. */
function placed(
  kept: readonly Demand[],
  added: readonly Ways[],
  fields: readonly OrderedField[],
  spread: Spread,
): Kept | undefined {
  const [next, ...rest] = added;
  if (next === undefined) {
    const rooms = solved(kept, fields, spread);
    return rooms === undefined ? undefined : { demands: kept, rooms };
  }
  for (const way of next) {
    const found = placed([...kept, ...way], rest, fields, spread);
    if (found !== undefined) return found;
  }
  return undefined;
}

function solved(
  demands: readonly Demand[],
  fields: readonly OrderedField[],
  { start, widths }: Spread,
): ReadonlyMap<string, Room> | undefined {
  const asked = fields.filter((field) => demands.some((one) => isAbout(one, field)));
  const limits = new Map(asked.map((field) => [field, limitsOf(field, demands)]));
  const edges = demands.flatMap((one) => ("lower" in one ? [one] : []));
  const rooms = new Map<string, Room>();
  for (const group of groupsOf(asked, edges)) {
    const unit = group[0]?.unit ?? "number";
    const own = new Map([...limits].filter(([field]) => group.includes(field)));
    const among = edges.filter(({ lower }) => group.includes(lower));
    const found = placedGroup(own, among, { start: start[unit], widths: widths[unit] });
    if (found === undefined) return undefined;
    for (const [name, room] of found) rooms.set(name, room);
  }
  return rooms;
}

const isAbout = (demand: Demand, field: OrderedField): boolean =>
  "field" in demand ? demand.field === field : demand.lower === field || demand.upper === field;

function limitsOf(field: OrderedField, demands: readonly Demand[]): Room {
  const within = demands.flatMap((one) =>
    "field" in one && one.field === field ? [one.within] : [],
  );
  const min = Math.max(...[field, ...within].map((room) => room.min ?? -Infinity));
  const max = Math.min(...[field, ...within].map((room) => room.max ?? Infinity));
  return { ...(min > -Infinity && { min }), ...(max < Infinity && { max }) };
}

type Edge = Extract<Demand, { readonly lower: OrderedField }>;

/** Fields that are compared with each other, directly or by others. */
function groupsOf(
  fields: readonly OrderedField[],
  edges: readonly Edge[],
): readonly (readonly OrderedField[])[] {
  return edges.reduce<readonly (readonly OrderedField[])[]>(
    (groups, { lower, upper }) => {
      const joined = groups.filter((group) => group.includes(lower) || group.includes(upper));
      return [...groups.filter((group) => !joined.includes(group)), joined.flat()];
    },
    fields.map((field) => [field]),
  );
}

type Limits = ReadonlyMap<OrderedField, Room>;

const leastOf = (field: OrderedField, { min = -Infinity }: Room): number =>
  Math.max(min, field.holds.min ?? -Infinity);

const mostOf = (field: OrderedField, { max = Infinity }: Room): number =>
  Math.min(max, field.holds.max ?? Infinity);

function placedGroup(
  limits: Limits,
  edges: readonly Edge[],
  { start, widths }: { readonly start: number; readonly widths: readonly number[] },
): ReadonlyMap<string, Room> | undefined {
  const all = [...limits];
  if (all.some(([field, room]) => leastOf(field, room) > mostOf(field, room))) return undefined;
  // A number that is compared with none has the whole room that it is left.
  if (edges.length === 0 && [...limits.keys()].every(({ unit }) => unit === "number"))
    return new Map(all.map(([{ name }, room]) => [name, room]));
  const most = Math.min(...all.map(([field, room]) => mostOf(field, room)));
  const tries = [
    ...widths.map((width) => ({ from: start, width })),
    ...widths.map((width) => ({ from: Math.min(start, most + 1 - width * limits.size), width })),
  ];
  return tries.reduce<ReadonlyMap<string, Room> | undefined>(
    (found, one) => found ?? inOrder(limits, edges, one),
    undefined,
  );
}

/** Each field's room begins as soon as it may and ends before those that come after it; undefined where one finds none. */
function inOrder(
  limits: Limits,
  edges: readonly Edge[],
  { from, width }: { readonly from: number; readonly width: number },
): ReadonlyMap<string, Room> | undefined {
  const first = new Map(
    [...limits].map(([field, room]) => [field, Math.max(leastOf(field, room), from)]),
  );
  const begin = (field: OrderedField): number => first.get(field) ?? from;
  const late = (): Edge | undefined =>
    edges.find(({ lower, upper }) => begin(upper) < begin(lower) + width);
  // In a circle there is no end to it.
  let moves = edges.length * limits.size;
  for (let edge = late(); edge !== undefined; edge = late()) {
    if (moves === 0) return undefined;
    moves -= 1;
    first.set(edge.upper, begin(edge.lower) + width);
  }
  const rooms = new Map<string, Room>();
  for (const [field, limit] of limits) {
    const next = edges.flatMap(({ lower, upper }) => (lower === field ? [begin(upper) - 1] : []));
    const max = Math.min(limit.max ?? Infinity, ...next);
    if (mostOf(field, { max }) < begin(field) + width - 1) return undefined;
    rooms.set(field.name, { min: begin(field), ...(max < Infinity && { max }) });
  }
  return rooms;
}
