import { createHash } from "node:crypto";

/** A part of a key in which no separator and no brace is left, so that two keys never become one. */
export const keyPart = (value: string): string =>
  /[%:{}]/.test(value)
    ? value.replaceAll(/[%:{}]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
    : value;

/**
 * What decides a record's slot, and that of what belongs to it. An empty tag is none: the whole key would decide. No part becomes `%`.
 * Source: Redis Cluster specification, "Hash tags".
 */
export const recordTag = (parts: readonly string[]): string => parts.map(keyPart).join(":") || "%";

/** The key as `onChanged` gives it. */
export const keyText = (parts: readonly string[]): string =>
  parts.length === 1 ? (parts[0] ?? "") : JSON.stringify(parts);

/** What an operation id stands for. */
export const fingerprintOf = (stands: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(stands)).digest("base64url");

/** A version 8 UUID (RFC 9562: contents of one's own) of the hash of some texts. */
export function uuidOf(texts: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(texts)).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
