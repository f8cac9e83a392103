import type { EntityIr, PartitionIr } from "../../../ir/types.ts";
import type { PartitionPart, PartitionShape } from "../schema/shape.ts";
import { partitionName } from "./naming.ts";

/**
 * How the table of an entity is partitioned. By range only the default partition is made with it: those of the periods are made as time
 * goes on (`templates/engines/postgres/partitions.ts`), since a migration's text may not depend on the day.
 */
export function partitionShape({
  table,
  partition,
}: Pick<EntityIr, "table" | "partition">): PartitionShape | undefined {
  if (partition === undefined) return undefined;
  const { column } = partition.field;
  return partition.kind === "range"
    ? { kind: "range", column, every: partition.every, parts: [defaultPart(table, partition)] }
    : {
        kind: "hash",
        column,
        parts: Array.from({ length: partition.count }, (_, at) => hashPart(table, at, partition)),
      };
}

const defaultPart = (table: string, { every }: PartitionOf<"range">): PartitionPart => ({
  name: partitionName(table, "default"),
  bound: "default",
  comment: `Rows of ${table} for which there is no partition; migrate up makes one for each ${every}.`,
});

const hashPart = (table: string, at: number, { count }: PartitionOf<"hash">): PartitionPart => ({
  name: partitionName(table, `p${at}`),
  bound: `for values with (modulus ${count}, remainder ${at})`,
  comment: `Part ${at + 1} of ${count} of ${table}.`,
});

type PartitionOf<K extends PartitionIr["kind"]> = Extract<PartitionIr, { readonly kind: K }>;
