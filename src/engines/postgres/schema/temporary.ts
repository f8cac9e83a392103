import { distinguished, fitted } from "../../../ir/names.ts";
import type { Schema } from "./schema.ts";
import { tablesOf } from "./whole.ts";

/** Names of what lives for the time of a change only; each is free in the schema before and after it. */
export type TemporaryNames = (base: string, purpose: string) => string;

/** A name that says what it stands for, fitted to the server's length; the same change gives the same names. */
export function temporaryNames(schemas: readonly Schema[]): TemporaryNames {
  const taken = new Set(schemas.flatMap(namesOf));
  return (base, purpose) => {
    const plain = fitted(`${base}_${purpose}`);
    if (!taken.has(plain)) return plain;
    return distinguished(`${base}_${purpose}`, "temporary");
  };
}

const namesOf = (schema: Schema): readonly string[] =>
  schema.tables.flatMap((part) => [
    ...part.functions.map(({ name }) => name),
    ...part.domains.map(({ name }) => name),
    ...tablesOf(part).flatMap((table) => [
      table.name,
      ...(table.partition?.parts ?? []).map(({ name }) => name),
      ...table.columns.map(({ name }) => name),
      ...table.constraints.map(({ name }) => name),
      ...table.indexes.map(({ name }) => name),
    ]),
  ]);
