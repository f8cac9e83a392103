import { identifier, literal } from "../sql/quote.ts";
import type { Catalogue, CatalogueTable, CatalogueView } from "./catalogue.ts";

/** `comment on …` for everything that has one. */
export function commentStatements(catalogue: Catalogue): readonly string[] {
  return [
    ...catalogue.enums.flatMap((each) => said(`type ${identifier(each.name)}`, each)),
    ...catalogue.domains.flatMap((each) => said(`domain ${identifier(each.name)}`, each)),
    ...catalogue.functions.flatMap((each) => said(`${each.kind} ${each.name}`, each)),
    ...catalogue.tables.flatMap(tableComments),
    ...catalogue.views.flatMap((view) => [
      ...said(`${view.materialized ? "materialized " : ""}view ${identifier(view.name)}`, view),
      ...relationComments(view),
    ]),
  ];
}

interface Commented {
  readonly comment?: string;
}

const said = (object: string, { comment }: Commented): readonly string[] =>
  comment === undefined ? [] : [`comment on ${object} is ${literal(comment)};`];

function tableComments(table: CatalogueTable): readonly string[] {
  const name = identifier(table.name);
  return [
    ...said(`table ${name}`, table),
    ...table.columns.flatMap((each) => said(`column ${name}.${identifier(each.name)}`, each)),
    ...table.constraints.flatMap((each) =>
      said(`constraint ${identifier(each.name)} on ${name}`, each),
    ),
    ...table.policies.flatMap((each) => said(`policy ${identifier(each.name)} on ${name}`, each)),
    ...relationComments(table),
  ];
}

const relationComments = (relation: CatalogueTable | CatalogueView): readonly string[] => [
  ...relation.indexes.flatMap((each) => said(`index ${identifier(each.name)}`, each)),
  ...relation.triggers.flatMap((each) =>
    said(`trigger ${identifier(each.name)} on ${identifier(relation.name)}`, each),
  ),
];
