import type { Field } from "../../spec/model.ts";
import { orderedFields } from "./ordered-fields.ts";
import { type RoomsFound, roomsOf, type Spread } from "./rooms.ts";

/** The day of the first sample date of generated tests, since 1970. */
export const firstSampleDay = Date.UTC(2024) / 86_400_000;

/** So many values that each sample of a suite has its own, if there is room for them: a suite changes single fields of its rows, too. */
const spread: Spread = {
  start: { number: 0, day: firstSampleDay },
  widths: { number: [20_000, 5000, 2000, 500, 100, 50, 20, 10, 5, 2, 1], day: [14_610] },
};

/** What checks leave the fields of an entity in the samples of generated tests. */
export const sampleRooms = (fields: readonly Field[], conditions: readonly string[]): RoomsFound =>
  roomsOf(orderedFields(fields), conditions, spread);
