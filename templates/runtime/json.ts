/** A value that JSON holds. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Null stays null, anything else is mapped. */
export const nullable = <T, R>(value: T | null, map: (value: T) => R): R | null =>
  value === null ? null : map(value);

export const timestampToJson = (value: Date): string => value.toISOString();
export const timestampFromJson = (text: string): Date => new Date(text);

export const binaryToJson = (value: Uint8Array): string =>
  Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
export const binaryFromJson = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text, "base64"));

export const vectorToJson = (value: Float32Array): readonly number[] => Array.from(value);
export const vectorFromJson = (numbers: readonly number[]): Float32Array =>
  Float32Array.from(numbers);
