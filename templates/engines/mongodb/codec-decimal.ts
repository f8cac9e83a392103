import { refuse } from "../../runtime/refused-value.ts";

const form = /^([+-]?)0*(\d*)(?:\.(\d*))?$/;

/** What decimal128 holds. Source: IEEE 754-2008; BSON specification, "decimal128". */
const maxDigits = 34;

/**
 * The text that is stored: with exactly `scale` digits after the point, so that it comes back as every other engine gives it.
 *
 * @throws TypeError for what is no decimal, and for more digits than the field declares: rounding would be silent
 */
export function decimalText(value: string, precision?: number, scale?: number): string {
  const [, sign = "", whole = "", fraction = ""] =
    typeof value === "string" && /\d/.test(value) ? (form.exec(value) ?? []) : [];
  if (whole === "" && fraction === "" && !/^[+-]?0/.test(String(value))) {
    refuse("decimal", value);
  }
  const digits = fraction.replace(/0+$/, "");
  const after = scale ?? fraction.length;
  const before = precision === undefined ? maxDigits - after : precision - after;
  if (digits.length > after || whole.length > before) {
    throw new TypeError(
      `the value does not fit a decimal (${precision ?? maxDigits} digits, ${after} after the point)`,
    );
  }
  const padded = digits.padEnd(after, "0");
  return `${sign === "-" ? "-" : ""}${whole === "" ? "0" : whole}${padded === "" ? "" : `.${padded}`}`;
}

const scientific = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/;

/** `1.2E-7`, as the driver writes small and large ones, without the exponent. */
export function plainDecimal(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = scientific.exec(text) ?? [];
  if (whole === "") return text;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point >= digits.length) return `${sign}${digits.padEnd(point, "0")}`;
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${"0".repeat(-point)}${digits}`;
}

/** `a - b`, exact. */
export function subtracted(a: string, b: string): string {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  const difference = scaled(a, scale) - scaled(b, scale);
  const digits = (difference < 0n ? -difference : difference).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return difference < 0n ? `-${text}` : text;
}

const scaleOf = (text: string): number => text.split(".")[1]?.length ?? 0;

const scaled = (text: string, scale: number): bigint => {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(scale, "0"));
};
