import { type OrderedField, type Room, roomsOf, type Spread } from "../../../../ir/checks/rooms.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { firstDay } from "./values.ts";

const spread: Spread = {
  start: { number: 0, day: firstDay },
  widths: { number: [200_000, 2000, 500, 100, 50, 20, 10, 5, 2, 1], day: [1500] },
};

/**
 * The same plans with bounds within which checks that compare columns hold, too.
 *
 * @param conditions as the server prints them
 * @param taken columns whose values come from rows that they refer to
 */
export function holdingChecks(
  plans: readonly ColumnPlan[],
  conditions: readonly string[],
  taken: ReadonlySet<string>,
): readonly ColumnPlan[] {
  const fields = plans.flatMap((plan) => (taken.has(plan.name) ? [] : (orderedField(plan) ?? [])));
  const { rooms } = roomsOf(fields, conditions, spread);
  return plans.map((plan) => {
    const room = rooms.get(plan.name);
    return room === undefined ? plan : within(plan, room);
  });
}

const within = (plan: ColumnPlan, room: Room): ColumnPlan =>
  isTime(plan)
    ? { ...plan, ...(room.min !== undefined && { firstDay: room.min }) }
    : { ...plan, bounds: room };

const isTime = ({ type }: ColumnPlan): boolean => type === "date" || type.startsWith("timestamp");

const whole: Readonly<Record<string, Room>> = {
  smallint: { min: -32_768, max: 32_767 },
  integer: { min: -2_147_483_648, max: 2_147_483_647 },
  bigint: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
};

const fractional = /^(?:numeric|money|real|double precision)$/;

function orderedField(plan: ColumnPlan): OrderedField | undefined {
  const { name, type, words, element, bounds, limits = [12, 2] } = plan;
  if (words.length > 0 || element !== undefined) return undefined;
  const own = { name, column: name };
  if (isTime(plan)) return { ...own, unit: "day", holds: {} };
  const isRoom = (bounds.min ?? -Infinity) <= (bounds.max ?? Infinity);
  const number = { ...own, unit: "number", ...(isRoom && bounds) } as const;
  const holds = whole[type];
  if (holds !== undefined) return { ...number, holds };
  if (!fractional.test(type)) return undefined;
  const most = 10 ** Math.min(9, limits[0] - limits[1]) - 1;
  return { ...number, step: 10 ** -Math.min(2, limits[1]), holds: { min: -most, max: most } };
}
