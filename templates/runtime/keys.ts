import { type DataError, programmingError } from "./errors.ts";
import { uuidV7 } from "./uuid.ts";

/** 1 for the codes of `0` to `9` and `a` to `f`. */
const hexDigits = Uint8Array.from({ length: 128 }, (_, code) =>
  /[0-9a-f]/.test(String.fromCharCode(code)) ? 1 : 0,
);
const dash = "-".charCodeAt(0);
const dashes = [8, 13, 18, 23] as const;

/** Checks that a text is a UUID in its usual form (any version, either case; kept in lower case) and brands it. */
export function uuidKey<K>(entity: string): (text: string) => K {
  return (text) => {
    const lower = uuidText(text);
    if (lower === undefined) throw malformed(entity, "a UUID");
    return branded<K>(lower);
  };
}

/**
 * A tenant as every store knows it: a UUID, in lower case.
 *
 * @throws DataError programming for any other text
 */
export function uuidTenant(text: string): string {
  const lower = uuidText(text);
  if (lower !== undefined) return lower;
  throw programmingError("the tenant must be a UUID", { operation: "forTenant" });
}

/** A UUID in lower case, the form that it mostly has already; undefined for what is none. */
export function uuidText(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  if (isLowerUuid(text)) return text;
  const lower = text.toLowerCase();
  return isLowerUuid(lower) ? lower : undefined;
}

/** Each key and each foreign key of each row passes here: counting takes half the time of a regular expression. */
function isLowerUuid(text: string): boolean {
  if (text.length !== 36) return false;
  let digits = 0;
  for (let at = 0; at < 36; at += 1) digits += hexDigits[text.charCodeAt(at)] ?? 0;
  return digits === 32 && dashes.every((at) => text.charCodeAt(at) === dash);
}

/** A UUID to filter by, in lower case. @param name what is filtered @throws DataError programming for what is none */
export function uuidFilter(name: string, text: unknown): string {
  const lower = uuidText(text);
  if (lower !== undefined) return lower;
  throw programmingError(`${name}: the value to filter by must be a UUID`);
}

/** A new version 7 UUID, branded. */
export function newUuidKey<K>(): K {
  return branded<K>(uuidV7());
}

/** Checks that a text has 1 to `max` characters and no NUL, and brands it. */
export function stringKey<K>(entity: string, max = 255): (text: string) => K {
  return (text) => {
    const fits =
      typeof text === "string" && text.length > 0 && text.length <= max && !text.includes("\0");
    if (!fits) throw malformed(entity, `a text of 1 to ${max} characters`);
    return branded<K>(text);
  };
}

/** Checks that a number is a safe integer and brands it. */
export function intKey<K extends number>(entity: string): (value: number) => K {
  return (value) => {
    if (!Number.isSafeInteger(value)) throw malformed(entity, "a safe integer");
    return brandedNumber<K>(value);
  };
}

/** Checks that a value is a bigint of 64 bits and brands it. */
export function bigintKey<K extends bigint>(entity: string): (value: bigint) => K {
  return (value) => {
    if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value)
      throw malformed(entity, "a 64-bit bigint");
    return brandedBigint<K>(value);
  };
}

/** The value itself stays out of the message: it may be personal. */
function malformed(entity: string, form: string): DataError {
  return programmingError(`the key of ${entity} must be ${form}`, { operation: `${entity} key` });
}

// The casts are the brand: these are the only places that make one. That K is a string is not asked: to answer, the compiler would list
// all members of each branded string.
function branded<K>(text: string): K {
  return text as unknown as K;
}
function brandedNumber<K extends number>(value: number): K {
  return value as K;
}
function brandedBigint<K extends bigint>(value: bigint): K {
  return value as K;
}
