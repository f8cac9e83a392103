/** A foreign key, as a snapshot or a catalogue tells it. */
export interface DescribedReference {
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
  readonly onDelete: string;
}

/**
 * `foreign key (order_id) references orders (id) on delete cascade`. `restrict`, `no action` and nothing are told alike: all three refuse
 * the delete.
 */
export function referenceText(reference: DescribedReference): string {
  const { columns, target, targetColumns, onDelete } = reference;
  const action = onDelete.toLowerCase();
  const refuses = action === "" || action === "restrict" || action === "no action";
  const keys = `foreign key (${columns.join(", ")}) references ${target} (${targetColumns.join(", ")})`;
  return refuses ? keys : `${keys} on delete ${action}`;
}
