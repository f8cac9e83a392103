import type { Question } from "../../../migrate/step.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import type { TableChange } from "./change.ts";
import { attached } from "./partition-attach.ts";
import { copiedWhole } from "./partition-copy.ts";
import { refuseOthers } from "./partition-others.ts";
import { rank } from "./rank.ts";
import { addConstraint, dropConstraint } from "./render.ts";
import type { Schema } from "./schema.ts";
import type { ConstraintShape, PartitionShape, TablePart, TableShape } from "./shape.ts";
import { partName } from "./snapshot.ts";
import { isValidated, validate } from "./statement.ts";

/** A table that gets partitions, or loses them: nothing else of it changes in the same migration. */

interface Sides {
  readonly from: TablePart;
  readonly to: TablePart;
}

/** Whether its rows have to lie in another table than before; a period that is longer or shorter is none of it. */
const isRepartitioned = ({ from, to }: Pick<TableChange, "from" | "to">): boolean =>
  essence(from.partition) !== essence(to.partition);

const essence = (partition: PartitionShape | undefined): string =>
  partition === undefined ? "" : [partition.kind, partition.column, countOf(partition)].join(" ");

const countOf = ({ kind, parts }: PartitionShape): number => (kind === "hash" ? parts.length : 0);

/** What keeps a change of partitions from being planned. */
export function partitionQuestions(
  change: Pick<TableChange, "from" | "to" | "part" | "columns">,
  pair: Sides,
): readonly Question[] {
  const { from, to, part } = change;
  const asked = (text: string, hint: string): readonly Question[] => [{ about: part, text, hint }];
  const retyped = change.columns.some(
    (column) =>
      column.kind !== "added" &&
      column.kind !== "dropped" &&
      column.to.name === to.partition?.column &&
      column.from.type !== column.to.type,
  );
  if (from.partition !== undefined && to.partition !== undefined) {
    if (isRepartitioned(change))
      return asked(
        `${part}: its rows are partitioned otherwise`,
        "take partition: out and run migrate diff, then give the new one and run it again",
      );
    if (retyped)
      return asked(
        `${part}: ${to.partition.column} tells the partitions apart, and PostgreSQL changes the type of no such column`,
        "take partition: out and run migrate diff; change the type, give partition: and run it again",
      );
  }
  if (!isRepartitioned(change) || isOnlyThat(pair)) return [];
  return asked(
    `${part}: partition: and other things of the table change together`,
    "run migrate diff for the others first, then for partition: alone",
  );
}

const isOnlyThat = ({ from, to }: Sides): boolean => plain(from) === plain(to);

const plain = (part: TablePart): string =>
  JSON.stringify({ ...part, table: { ...part.table, partition: undefined } });

/** A reference of another table, or of its own, to a table. */
export interface IncomingReference {
  readonly table: TableShape;
  readonly key: ConstraintShape;
}

export function partitionDrafts(
  change: TableChange,
  pair: Sides,
  before: Schema,
): readonly Draft[] {
  if (!isRepartitioned(change)) return [];
  const { from, to } = pair;
  const name = from.table.name;
  const incoming = before.tables
    .filter((part) => part.table.name !== name)
    .flatMap(({ table }) =>
      table.constraints
        .filter(({ kind, target }) => kind === "foreign" && target === name)
        .map((key) => ({ table, key })),
    );
  const spare = change.temporary(name, "before");
  const touches = [...new Set([change.part, ...incoming.map(({ table }) => partName(table.name))])];
  const fast = to.table.partition?.kind === "range";
  return [
    draft({
      rank: rank.repartition,
      stem: `${name}-${to.table.partition === undefined ? "unpartition" : "partition"}`,
      title: titleOf(to.table),
      up: [
        alone(from, incoming),
        ...releases(incoming),
        ...(fast ? attached(from, to) : copiedWhole(from, to, spare)),
        ...held(incoming, change.mode),
      ],
      down: [
        alone(to, incoming),
        ...releases(incoming),
        ...copiedWhole(to, from, spare).filter((text) => !isAllowance(text)),
        ...incoming.map(({ table, key }) => addConstraint(table.name, key)),
      ],
      risks: fast ? ["locks"] : ["rewrites"],
      note: fast ? attachNote(from.table) : copyNote(from.table),
      touches,
    }),
    ...checked(incoming, change),
  ];
}

/** Nothing hangs on the table but what the migration makes anew. */
const alone = ({ table, triggers }: TablePart, incoming: readonly IncomingReference[]): string =>
  refuseOthers(table.name, table.partition === undefined ? "plain" : "partitioned", [
    ...[...table.constraints, ...table.indexes, ...table.policies, ...triggers].map(
      ({ name }) => name,
    ),
    ...incoming.map(({ key }) => key.name),
  ]);

/** A way back only has to run: the linter asks no more of it. */
const isAllowance = (text: string): boolean => text.startsWith("-- lint: allow ");

function titleOf({ name, partition }: TableShape): string {
  if (partition === undefined) return `${name}: its partitions become one table`;
  return partition.kind === "range"
    ? `${name} becomes the default partition of a table by ${partition.column}`
    : `${name}: its rows are spread over ${partition.parts.length} partitions by ${partition.column}`;
}

const attachNote = ({ name }: TableShape): string =>
  `No row of ${name} is read or moved: rows of periods that have begun stay where they are, later ones get partitions from migrate up. Taking it back copies every row.`;

const copyNote = ({ name }: TableShape): string =>
  `Every row of ${name} is copied while nobody reads or writes it: for a large table, while the application stands still.`;

const releases = (incoming: readonly IncomingReference[]): readonly string[] =>
  incoming.map(({ table, key }) => dropConstraint(table.name, key.name));

/** A reference of a partitioned table cannot be made without a look at its rows. */
const isLate = ({ table }: IncomingReference, mode: TableChange["mode"]): boolean =>
  mode === "split" && table.partition === undefined;

const held = (
  incoming: readonly IncomingReference[],
  mode: TableChange["mode"],
): readonly string[] =>
  incoming.map((each) =>
    addConstraint(
      each.table.name,
      isLate(each, mode)
        ? { ...each.key, definition: `${each.key.definition} not valid` }
        : each.key,
    ),
  );

const checked = (incoming: readonly IncomingReference[], { mode }: TableChange): readonly Draft[] =>
  incoming
    .filter((each) => isLate(each, mode))
    .map(({ table, key }) =>
      draft({
        rank: rank.validate,
        stem: `${table.name}-validate-${key.name}`,
        title: `${table.name}: every row is checked by ${key.name}`,
        up: [validate(table.name, key.name)],
        down: [],
        transactional: false,
        verify: isValidated(table.name, key.name),
        touches: [partName(table.name)],
      }),
    );
