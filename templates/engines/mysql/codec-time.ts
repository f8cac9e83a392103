import { isDay } from "../../runtime/day.ts";
import { refuse } from "../../runtime/refused-value.ts";
import type { Codec } from "./codec.ts";

/** `date` as `YYYY-MM-DD`, years 0001 to 9999: no time zone can shift it. */
export const date: Codec<string> = {
  encode: (value) =>
    isDay(value) && value.length === 10
      ? value
      : refuse("date (YYYY-MM-DD, from 0001 to 9999)", value),
  decode: (value) => {
    if (typeof value !== "string") throw new TypeError("null in a date that is not null");
    return value;
  },
};

const serverForm = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z?$/;

/** The number that two digits make; 528 is what their codes add to it. */
const two = (text: string, at: number): number =>
  text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;

const space = 32;

/**
 * `2026-01-31 09:30:00.250`, as a column with milliseconds gives it, or `2026-01-31 09:30:00`, as the driver writes a whole second: read
 * digit by digit, which shows in every page of rows.
 */
const parseMilliseconds = (text: string): Date | undefined => {
  const isWhole = text.length === 19;
  if ((!isWhole && text.length !== 23) || text.charCodeAt(10) !== space) return undefined;
  const year = two(text, 0) * 100 + two(text, 2);
  // Date.UTC takes a year before 100 for one of the 20th century.
  if (year < 100) return undefined;
  const milliseconds = isWhole ? 0 : two(text, 20) * 10 + text.charCodeAt(22) - 48;
  const time = [two(text, 11), two(text, 14), two(text, 17), milliseconds] as const;
  return new Date(Date.UTC(year, two(text, 5) - 1, two(text, 8), ...time));
};

const parseServerTime = (text: string): Date => {
  const part = serverForm.exec(text);
  if (part === null) throw new TypeError(`a timestamp that no Date can hold: ${text}`);
  const [, year, month, day, hour, minute, second, fraction = ""] = part;
  const time = [Number(hour), Number(minute), Number(second)] as const;
  const moment = new Date(0);
  moment.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  moment.setUTCHours(...time, Number(fraction.padEnd(3, "0").slice(0, 3)));
  return moment;
};

/**
 * `datetime(3)` in UTC, years 0001 to 9999. Not `timestamp`, which ends in 2038 and changes with the session's time zone. Microseconds of
 * an existing column are cut: a Date has none.
 */
export const timestamp: Codec<Date> = {
  encode: (value) => {
    if (!(value instanceof Date) || Number.isNaN(value.getTime()))
      return refuse("timestamp", value);
    const iso = value.toISOString();
    if (iso.length !== 24 || iso.startsWith("0000"))
      return refuse("timestamp (years 0001 to 9999)", value);
    return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
  },
  decode: (value) => {
    if (typeof value !== "string") throw new TypeError("null in a timestamp that is not null");
    return parseMilliseconds(value) ?? parseServerTime(value);
  },
};
