import { uuidV7 } from "../../runtime/uuid.ts";
import type { Codec } from "./codec.ts";

/** What becomes of a key that the caller did not give. */
export type MakeKey = () => string | undefined;

/** It is made: of what is written. */
export const newKey: MakeKey = uuidV7;

/** It stays away: of what an operation id stands for, since every call would make another. */
export const leftOut: MakeKey = () => undefined;

/** The stored form of a key that was given, or one that is made. */
export const keyOr = <T>(of: Codec<T>, given: T | undefined, make: MakeKey): unknown =>
  given === undefined ? make() : of.encode(given);

/** Owned children, each with a key: before they are put in its order. */
export const keyed = <K extends string, T extends { readonly [key in K]?: string }>(
  children: readonly T[],
  key: K,
  make: MakeKey,
): readonly T[] =>
  children.map((child) => (child[key] === undefined ? { ...child, [key]: make() } : child));
