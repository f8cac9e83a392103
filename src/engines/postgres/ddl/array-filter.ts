import { indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";
import { arrayFilters } from "../../families/sql/array-filter.ts";
import type { IndexShape } from "../schema/shape.ts";
import { identifier } from "../sql/quote.ts";

/** GIN indexes for filters by an element of an array: an ordered index cannot find those. */
export const arrayFilterIndexes = (entity: EntityIr, store: StoreIr): readonly IndexShape[] =>
  arrayFilters(entity, store).flatMap(({ field, reason }) =>
    isIndexed(entity, field)
      ? []
      : [
          {
            name: indexName(entity.table, [field.column]),
            unique: false,
            body: `using gin (${identifier(field.column)})`,
            comment: `${reason}: finds by an element of ${field.name}`,
          },
        ],
  );

const isIndexed = (entity: EntityIr, field: FieldIr): boolean =>
  entity.indexes.some((index) => {
    const first = index.terms[0];
    return (
      index.method === "gin" && first !== undefined && "field" in first && first.field === field
    );
  });
