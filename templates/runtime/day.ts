const form = /^(?!0+-)\d{4,6}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Whether a text is a day of the Gregorian calendar, `YYYY-MM-DD`; there is no year 0. */
export function isDay(text: unknown): text is string {
  if (typeof text !== "string" || !form.test(text)) return false;
  const day = Number(text.slice(-2));
  return day <= 28 || day <= daysOf(Number(text.slice(0, -6)), Number(text.slice(-5, -3)));
}

function daysOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
