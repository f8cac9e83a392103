import { orderedFields } from "../../ir/checks/ordered-fields.ts";
import { type Room, roomsOf, type Spread } from "../../ir/checks/rooms.ts";
import type { EntityIr } from "../../ir/types.ts";

/** The day of the example's dates, since 1970. */
export const exampleDay = Date.UTC(2026, 0, 31) / 86_400_000;

/** Values next to each other are the easiest to read. */
const narrow: Spread = {
  start: { number: 1, day: exampleDay },
  widths: { number: [1], day: [1] },
};

/** For an entity of which some value must differ from run to run. */
const wide: Spread = {
  start: { number: 0, day: exampleDay },
  widths: { number: [1_000_000, 10_000, 100, 10, 5, 2, 1], day: [14_610] },
};

/** What checks leave each field of an entity in the example, by name. */
export const exampleRooms = (
  { fields, checks }: EntityIr,
  isDifferent: boolean,
): ReadonlyMap<string, Room> =>
  checks.length === 0
    ? new Map()
    : roomsOf(
        orderedFields(fields.map(({ source }) => source)),
        checks.map(({ condition }) => condition),
        isDifferent ? wide : narrow,
      ).rooms;
