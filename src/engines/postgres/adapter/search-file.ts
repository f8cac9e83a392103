import type { Ir, SearchViewIr, StoreIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { objectLiteral, openObject } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { sqlSearchFile } from "../../families/sql/search-file.ts";
import type { SearchMethodIr } from "../statements/search.ts";
import { facetFragments, highlightedFields, searchFragments } from "../statements/search.ts";
import { postgresRuntime } from "./runtime.ts";

export const searchFile = (view: SearchViewIr, store: StoreIr, ir: Ir): FileRequest =>
  sqlSearchFile(view, store, ir, {
    engine: postgresRuntime,
    hits: (method) => searchFragments(view, method),
    facet: (method, field) => facetFragments(view, method, field),
    leading: (module) => {
      module.runtime("search-text", "searchText");
      return {
        parameter: { name: "query", type: "string" },
        values: ["searchText.encode(query)"],
        argument: "query",
      };
    },
    highlights: (method, first) => highlights(view, method, first),
  });

/** A field without a found word has no highlight. */
function highlights(view: SearchViewIr, method: SearchMethodIr, first: number): Doc {
  return openObject(
    highlightedFields(view, method).map((field, at) => {
      const cell = `row[${first + at}]`;
      const present = objectLiteral([[field.name, cell]]);
      return [`...(typeof ${cell} === "string" ? `, present, " : {})"];
    }),
  );
}
