import { identifier, identifiers, literal } from "../sql/quote.ts";
import type {
  ColumnShape,
  ConstraintShape,
  DomainShape,
  FunctionShape,
  GrantShape,
  IndexShape,
  PartitionPart,
  PolicyShape,
  TableShape,
  TriggerShape,
} from "./shape.ts";

/** The statements that make each kind of object, and those that take it back. */

/** One column of `create table`: `status text not null default 'new'`. */
export function columnLine(column: ColumnShape): string {
  const parts = [identifier(column.name), column.type];
  if (!column.nullable) parts.push("not null");
  if (column.value !== undefined) parts.push(valueClause(column.value));
  return parts.join(" ");
}

export function valueClause(value: NonNullable<ColumnShape["value"]>): string {
  switch (value.kind) {
    case "default":
      return `default ${value.expression}`;
    case "identity":
      return `generated ${value.always ? "always" : "by default"} as identity`;
    case "generated":
      return `generated always as (\n    ${value.expression}\n  ) stored`;
  }
}

export const constraintLine = (constraint: ConstraintShape): string =>
  `constraint ${identifier(constraint.name)} ${constraint.definition}`;

/** `create table` with its comments and indexes. */
export const createTable = (
  table: TableShape,
  constraints: readonly ConstraintShape[],
): readonly string[] => {
  const lines = [...table.columns.map(columnLine), ...constraints.map(constraintLine)];
  return [
    `create table ${identifier(table.name)} (\n  ${lines.join(",\n  ")}\n)${partitionClause(table)};`,
    commentOnTable(table),
    ...(table.partition?.parts ?? []).flatMap((part) => createPart(table.name, part)),
    ...table.columns.map((column) => commentOnColumn(table.name, column)),
    ...table.indexes.flatMap((index) => [
      createIndex(table.name, index),
      commentOnIndex(index.name, index.comment),
    ]),
  ];
};

export const partitionClause = ({ partition }: Pick<TableShape, "partition">): string =>
  partition === undefined
    ? ""
    : ` partition by ${partition.kind} (${identifier(partition.column)})`;

const createPart = (table: string, part: PartitionPart): readonly string[] => [
  `create table ${identifier(part.name)} partition of ${identifier(table)} ${part.bound};`,
  commentOnTable(part),
];

export const commentOnTable = (table: Pick<TableShape, "name" | "comment">): string =>
  `comment on table ${identifier(table.name)} is ${literal(table.comment)};`;

export const commentOnColumn = (
  table: string,
  column: Pick<ColumnShape, "name" | "comment">,
): string =>
  `comment on column ${identifier(table)}.${identifier(column.name)} is ${literal(column.comment)};`;

export const commentOnIndex = (name: string, comment: string): string =>
  `comment on index ${identifier(name)} is ${literal(comment)};`;

export const createIndex = (
  table: string,
  index: IndexShape,
  how: "" | "concurrently " = "",
): string =>
  `create ${index.unique ? "unique " : ""}index ${how}${identifier(index.name)} on ${identifier(table)} ${index.body};`;

export const addConstraint = (table: string, constraint: ConstraintShape): string =>
  `alter table ${identifier(table)} add ${constraintLine(constraint)};`;

export const dropConstraint = (table: string, name: string): string =>
  `alter table ${identifier(table)} drop constraint ${identifier(name)};`;

type SecuredTable = Pick<TableShape, "name" | "security" | "policies" | "partition">;

/**
 * Policies with the switch that makes them hold. On the partitions it is on without any: rows are reached through the partitioned table, and
 * whoever is given a right to a partition itself, as default privileges do, sees no row there. Its owner is not bound, who checks references
 * in it.
 */
export const secure = (table: SecuredTable): readonly string[] => [
  ...(table.security === "none"
    ? []
    : (table.partition?.parts ?? []).map(({ name }) => switchSecurity(name, "enable"))),
  ...secureAlone(table),
];

/** The same, without its partitions. */
export const secureAlone = (table: Omit<SecuredTable, "partition">): readonly string[] => [
  ...(table.security === "none" ? [] : [switchSecurity(table.name, "enable")]),
  ...(table.security === "forced" ? [switchSecurity(table.name, "force")] : []),
  ...table.policies.flatMap((policy) => createPolicy(table.name, policy)),
];

export const switchSecurity = (
  table: string,
  how: "enable" | "disable" | "force" | "no force",
): string => `alter table ${identifier(table)} ${how} row level security;`;

export const createPolicy = (table: string, policy: PolicyShape): readonly string[] => [
  `create policy ${identifier(policy.name)} on ${identifier(table)}${policy.command === undefined ? "" : `\n  for ${policy.command}`}${policyClauses(policy)};`,
  `comment on policy ${identifier(policy.name)} on ${identifier(table)} is ${literal(policy.comment)};`,
];

/** Exchanges the conditions of a policy, under a lock as short as a catalogue's. */
export const alterPolicy = (table: string, policy: PolicyShape): string =>
  `alter policy ${identifier(policy.name)} on ${identifier(table)}${policyClauses(policy)};`;

const policyClauses = ({ using, check }: PolicyShape): string =>
  `\n  using (${using})${check === undefined ? "" : `\n  with check (${check})`}`;

export const dropPolicy = (table: string, policy: PolicyShape): string =>
  `drop policy ${identifier(policy.name)} on ${identifier(table)};`;

export const createFunction = (made: FunctionShape): readonly string[] => [
  made.definition,
  `comment on function ${signature(made)} is ${literal(made.comment)};`,
];

/** The same over whatever stands there: readers and triggers keep hold of it. */
export const replaceFunction = (made: FunctionShape): readonly string[] => [
  made.definition.replace(/^create function/, "create or replace function"),
  `comment on function ${signature(made)} is ${literal(made.comment)};`,
];

export const dropFunction = (made: FunctionShape): string => `drop function ${signature(made)};`;

const signature = (made: FunctionShape): string => `${identifier(made.name)}(${made.arguments})`;

export const createTrigger = (table: string, trigger: TriggerShape): readonly string[] => [
  `create trigger ${identifier(trigger.name)} ${trigger.event} on ${identifier(table)} for each row execute function ${identifier(trigger.function)}();`,
  `comment on trigger ${identifier(trigger.name)} on ${identifier(table)} is ${literal(trigger.comment)};`,
];

export const dropTrigger = (table: string, trigger: TriggerShape): string =>
  `drop trigger ${identifier(trigger.name)} on ${identifier(table)};`;

export const createDomain = (domain: DomainShape): readonly string[] => [
  `create domain ${identifier(domain.name)} as ${domain.type} constraint ${identifier(domain.constraint)} check (${domain.condition});`,
  `comment on domain ${identifier(domain.name)} is ${literal(domain.comment)};`,
];

export const dropDomain = (domain: DomainShape): string =>
  `drop domain ${identifier(domain.name)};`;

export const grant = (
  table: string,
  { role, privileges, sequences }: GrantShape,
): readonly string[] => [
  `grant ${privileges} on ${identifier(table)} to ${identifier(role)};`,
  ...sequences.map((column) => onSequence("grant", "to", table, column, role)),
];

export const revoke = (table: string, { role, sequences }: GrantShape): readonly string[] => [
  `revoke all on ${identifiers([table])} from ${identifier(role)};`,
  ...sequences.map((column) => onSequence("revoke", "from", table, column, role)),
];

const onSequence = (
  verb: "grant" | "revoke",
  side: "to" | "from",
  table: string,
  column: string,
  role: string,
): string => `do $sequence$
begin
  execute format('${verb} usage on sequence %s ${side} %I', pg_get_serial_sequence(${literal(identifier(table))}, ${literal(column)}), ${literal(role)});
end
$sequence$;`;

const sequenceText =
  /^do \$sequence\$\nbegin\n  execute format\('(?:grant usage on sequence %s to|revoke usage on sequence %s from) %I', pg_get_serial_sequence\('(?:[^'\\]|'')*', '(?:[^'\\]|'')*'\), '(?:[^'\\]|'')*'\);\nend\n\$sequence\$;?$/;

/** Whether a block does no more than these two. */
export const isSequenceGrant = (text: string): boolean => sequenceText.test(text);
