import { expect, test } from "vitest";
import { periodsFrom, type PartitionUnit } from "../../../templates/runtime/partition-periods.ts";

const bounds = (now: string, unit: PartitionUnit, ahead: number): readonly string[] =>
  periodsFrom(new Date(now), unit, ahead).map(
    ({ label, from, to }) => `${label}: ${from.toISOString()} ${to.toISOString()}`,
  );

test("periods follow each other without a gap, over the end of a year and in UTC", () => {
  expect(bounds("2026-11-30T23:59:59.999Z", "month", 2)).toEqual([
    "2026-11: 2026-11-01T00:00:00.000Z 2026-12-01T00:00:00.000Z",
    "2026-12: 2026-12-01T00:00:00.000Z 2027-01-01T00:00:00.000Z",
    "2027-01: 2027-01-01T00:00:00.000Z 2027-02-01T00:00:00.000Z",
  ]);
  expect(bounds("2028-02-28T12:00:00Z", "day", 2)).toEqual([
    "2028-02-28: 2028-02-28T00:00:00.000Z 2028-02-29T00:00:00.000Z",
    "2028-02-29: 2028-02-29T00:00:00.000Z 2028-03-01T00:00:00.000Z",
    "2028-03-01: 2028-03-01T00:00:00.000Z 2028-03-02T00:00:00.000Z",
  ]);
  expect(bounds("2026-01-01T00:00:00Z", "year", 0)).toEqual([
    "2026: 2026-01-01T00:00:00.000Z 2027-01-01T00:00:00.000Z",
  ]);
});
