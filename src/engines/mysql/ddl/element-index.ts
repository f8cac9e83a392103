import { indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";
import type { ArrayElement } from "../../../spec/model.ts";
import { arrayFilters } from "../../families/sql/array-filter.ts";
import type { IndexShape } from "../schema/shape.ts";
import { identifier } from "../sql/quote.ts";

/** MY-14: more is a `longtext` to the server, which takes none into such an index; an element that is longer cannot be stored. */
const elementCharacters = 512;

/** Multi-valued indexes for filters by an element of an array of texts; arrays of other types are read through. */
export const elementIndexes = (entity: EntityIr, store: StoreIr): readonly IndexShape[] =>
  arrayFilters(entity, store).flatMap(({ field, reason }) => {
    if (!isText(field)) return [];
    return [
      {
        name: indexName(entity.table, [field.column]),
        kind: "plain",
        body: `((cast(${identifier(field.column)} as char(${elementCharacters}) array)))`,
        columns: [field.column],
        comment: `${reason}: finds by an element of ${field.name}`,
      } as const,
    ];
  });

const texts: ReadonlySet<ArrayElement> = new Set<ArrayElement>(["string", "text", "uuid"]);

const isText = ({ type }: FieldIr): boolean => type.kind === "array" && texts.has(type.of);
