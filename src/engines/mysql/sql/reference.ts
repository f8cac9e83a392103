import { identifier, identifiers } from "./quote.ts";

/** Where a foreign key leads. */
export interface Leads {
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
  /** `cascade`, `set null`, `restrict` */
  readonly onDelete: string;
}

/** `foreign key (customer_id) references customers (id) on delete restrict` */
export const referenceText = ({ columns, target, targetColumns, onDelete }: Leads): string =>
  `foreign key (${identifiers(columns)}) references ${identifier(target)} (${identifiers(targetColumns)}) on delete ${onDelete}`;
