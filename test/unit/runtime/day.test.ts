import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDay } from "../../../templates/runtime/day.ts";

describe("days of the calendar", () => {
  it("every day that a Date has is one, and the day after a month's last is none", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 11 }),
        (year, month) => {
          const last = new Date(Date.UTC(2000, 0, 1));
          last.setUTCFullYear(year, month + 1, 0);
          const text = last.toISOString().slice(0, 10);
          expect(isDay(text)).toBe(true);
          const after = `${text.slice(0, 8)}${last.getUTCDate() + 1}`;
          expect(isDay(after)).toBe(false);
        },
      ),
      { seed: 20_261 },
    );
  });

  it("nothing else is one", () => {
    for (const text of ["0000-01-01", "2026-1-01", "2026-01-01T00:00:00Z", "2026-13-01", "", null])
      expect(isDay(text)).toBe(false);
    expect(isDay("12026-02-28")).toBe(true);
  });
});
