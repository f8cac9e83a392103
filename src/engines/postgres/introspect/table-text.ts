import { identifier, identifiers } from "../sql/quote.ts";
import type {
  CatalogueColumn,
  CatalogueConstraint,
  CataloguePolicy,
  CatalogueTable,
} from "./catalogue.ts";

/** `create table` with what needs no other table: columns, keys, checks. A partition has all of it from its parent. */
export function tableStatement(table: CatalogueTable): string {
  const options = table.options.length === 0 ? "" : ` with (${table.options.join(", ")})`;
  const split = table.partitionKey === undefined ? "" : ` partition by ${table.partitionKey}`;
  const head = `create ${table.unlogged ? "unlogged " : ""}table ${identifier(table.name)}`;
  if (table.partitionOf !== undefined) {
    const { table: parent, bound } = table.partitionOf;
    return `${head} partition of ${identifier(parent)} ${bound.toLowerCase() === "default" ? "default" : bound}${split}${options};`;
  }
  const lines = [
    ...table.columns.filter(({ inherited }) => !inherited).map(columnText),
    ...table.constraints.filter((each) => !isLate(table, each)).map(constraintText),
  ];
  const parents = table.inherits.length === 0 ? "" : ` inherits (${identifiers(table.inherits)})`;
  return `${head} (\n  ${lines.join(",\n  ")}\n)${parents}${split}${options};`;
}

/** Foreign keys, when every table is there; and whatever a partition adds to its parent's. */
export const constraintStatements = (table: CatalogueTable): readonly string[] =>
  table.constraints
    .filter((each) => isLate(table, each))
    .map((each) => `alter table ${identifier(table.name)} add ${constraintText(each)};`);

const isLate = (table: CatalogueTable, { kind, standing }: CatalogueConstraint): boolean =>
  kind === "foreign key" || standing !== "validated" || table.partitionOf !== undefined;

const constraintText = ({ name, definition }: CatalogueConstraint): string =>
  `constraint ${identifier(name)} ${definition}`;

function columnText(column: CatalogueColumn): string {
  const { generated, identity, collation } = column;
  return [
    identifier(column.name),
    column.type,
    ...(collation === undefined ? [] : [`collate ${identifier(collation)}`]),
    ...(column.nullable ? [] : ["not null"]),
    ...(column.default === undefined ? [] : [`default ${column.default}`]),
    ...(identity === undefined ? [] : [`generated ${identity} as identity`]),
    ...(generated === undefined
      ? []
      : [
          `generated always as (${generated.expression}) ${generated.stored ? "stored" : "virtual"}`,
        ]),
  ].join(" ");
}

export const securityStatements = (table: CatalogueTable): readonly string[] => {
  const name = identifier(table.name);
  return [
    ...(table.rowSecurity === "off" ? [] : [`alter table ${name} enable row level security;`]),
    ...(table.rowSecurity === "forced" ? [`alter table ${name} force row level security;`] : []),
    ...table.policies.map((policy) => policyText(table.name, policy)),
  ];
};

const policyText = (table: string, policy: CataloguePolicy): string =>
  [
    `create policy ${identifier(policy.name)} on ${identifier(table)}`,
    `as ${policy.permissive ? "permissive" : "restrictive"} for ${policy.command}`,
    `to ${policy.roles.map((role) => (role === "public" ? role : identifier(role))).join(", ")}`,
    ...(policy.using === undefined ? [] : [`using (${policy.using})`]),
    ...(policy.check === undefined ? [] : [`with check (${policy.check})`]),
  ]
    .join(" ")
    .concat(";");
