import type { Ir, SearchViewIr, StoreIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { call, objectLiteral } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import type { AdapterModule } from "../../families/sql/module.ts";
import { sqlSearchFile } from "../../families/sql/search-file.ts";
import { access, arrow } from "../../families/sql/source.ts";
import type { Dialect } from "../dialect.ts";
import {
  facetFragments,
  highlightedFields,
  searchFragments,
  type SearchMethodIr,
} from "../statements/search.ts";
import { mysqlRuntime } from "./runtime.ts";

export const searchFile = (
  view: SearchViewIr,
  store: StoreIr,
  ir: Ir,
  dialect: Dialect,
): FileRequest => {
  const query = `${stringLiteral(view.language)}, query`;
  return sqlSearchFile(view, store, ir, {
    engine: mysqlRuntime,
    hits: (method) => searchFragments(view, method, dialect),
    facet: (method, field) => facetFragments(view, method, field, dialect),
    leading: (module) => {
      module.runtime("search-query", "searchTexts");
      module.runtimeType("search-query", "SearchTexts");
      return {
        parameter: { name: "asked", type: "SearchTexts" },
        values: ["asked.match", "asked.some", "asked.all"],
        argument: `searchTexts(${query})`,
      };
    },
    highlights: () => "{}",
    finished: (method, hits, module) =>
      method.method.highlight ? highlighted(view, method, { hits, query, module }) : hits,
  });
};

/** The server marks no words: the data layer does, in the texts that it has read. */
function highlighted(
  view: SearchViewIr,
  method: SearchMethodIr,
  of: { readonly hits: Doc; readonly query: string; readonly module: AdapterModule },
): Doc {
  const mark = method.method.page === "keyset" ? "highlightPage" : "highlightList";
  of.module.runtime("highlight", mark);
  of.module.runtime("search-query", "searchWords");
  const texts = highlightedFields(view, method).map(
    ({ name }) => [name, `item${access(name)}`] as const,
  );
  return call(mark, [
    of.hits,
    `searchWords(${of.query})`,
    arrow(["item"], ["(", objectLiteral(texts), ")"]),
  ]);
}
