import { identifier, identifiers, literal } from "../sql/quote.ts";
import type { Catalogue, CatalogueFunction } from "./catalogue.ts";

/** What the ledger of an adopted store says of itself: there the baseline is never taken back. */
export const adoptedMark =
  "Adopted: what was there before its first migration is never taken back.";

/** Marks the store that was adopted; a fresh one, which the baseline made, has no such mark. */
export const markAdopted = (ledger: string): string =>
  `comment on table ${identifier(ledger)} is ${literal(adoptedMark)}`;

/**
 * Takes a schema back that its statements made: on a fresh store only. Extensions stay, other schemas may use them.
 *
 * @param ledger table that bears the mark
 */
export function dropStatements(catalogue: Catalogue, ledger: string): readonly string[] {
  const { tables, views, sequences, functions, domains, enums, others } = catalogue;
  const roots = tables.filter(({ partitionOf }) => partitionOf === undefined);
  const types = others.filter(({ kind }) => kind === "composite type" || kind === "range type");
  const free = sequences.filter(({ ownedBy }) => ownedBy === undefined);
  return [
    guard(ledger),
    ...views
      .toReversed()
      .map(
        ({ name, materialized }) =>
          `drop ${materialized ? "materialized " : ""}view ${identifier(name)};`,
      ),
    ...functions
      .filter(({ late }) => late)
      .toReversed()
      .map(dropFunction),
    ...(roots.length === 0 ? [] : [`drop table ${identifiers(roots.map(({ name }) => name))};`]),
    ...functions
      .filter(({ late }) => !late)
      .toReversed()
      .map(dropFunction),
    ...free.map(({ name }) => `drop sequence ${identifier(name)};`),
    ...types.map(({ name }) => `drop type ${identifier(name)};`),
    ...domains.toReversed().map(({ name }) => `drop domain ${identifier(name)};`),
    ...enums.map(({ name }) => `drop type ${identifier(name)};`),
  ];
}

const guard = (ledger: string): string => `do $$
begin
  if obj_description(to_regclass(${literal(identifier(ledger))}), 'pg_class') = ${literal(adoptedMark)} then
    raise exception 'this store was adopted: what was there before its first migration is not taken back';
  end if;
end
$$;`;

const dropFunction = ({ kind, name }: CatalogueFunction): string =>
  `drop ${kind} ${kind === "aggregate" ? name.replace(/\(\)$/, "(*)") : name};`;
