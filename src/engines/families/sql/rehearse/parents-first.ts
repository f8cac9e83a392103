/** A reference of a table to another one. */
export interface Pointer<R> {
  /** Name of the table that it refers to. */
  readonly target: string;
  readonly reference: R;
}

/** A reference that closes a circle of tables: the rows it points at are made after those that point. */
export interface Circular<T, R> {
  readonly table: T;
  readonly reference: R;
}

/** Tables in an order in which each refers to earlier ones only; references that close a circle are named. */
export function parentsFirst<T extends { readonly name: string }, R>(
  tables: readonly T[],
  pointers: (table: T) => readonly Pointer<R>[],
): { readonly order: readonly T[]; readonly circular: readonly Circular<T, R>[] } {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const order: T[] = [];
  const circular: Circular<T, R>[] = [];
  const state = new Map<T, "open" | "done">();
  const visit = (table: T): void => {
    state.set(table, "open");
    for (const { target: name, reference } of pointers(table)) {
      const target = byName.get(name);
      if (target === undefined) continue;
      const there = state.get(target);
      if (there === "open") circular.push({ table, reference });
      else if (there === undefined) visit(target);
    }
    state.set(table, "done");
    order.push(table);
  };
  for (const table of tables) if (!state.has(table)) visit(table);
  return { order, circular };
}
