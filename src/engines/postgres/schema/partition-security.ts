import { regclass } from "./statement.ts";

/** Row-level security of each partition, those included that were made as time went on. */
export const switchPartitions = (table: string, how: "enable" | "disable"): string =>
  `do $partitions$
declare
  part regclass;
begin
  for part in select inhrelid from pg_inherits where inhparent = ${regclass(table)} loop
    execute format('alter table %s ${how} row level security', part);
  end loop;
end
$partitions$;`;

const partitionsText =
  /^do \$partitions\$\ndeclare\n {2}part regclass;\nbegin\n {2}for part in select inhrelid from pg_inherits where inhparent = E?'(?:[^'\\]|''|\\.)*'::regclass loop\n {4}execute format\('alter table %s (?:enable|disable) row level security', part\);\n {2}end loop;\nend\n\$partitions\$;?$/;

/** Whether a block does no more than this. */
export const isPartitionsText = (text: string): boolean => partitionsText.test(text);
