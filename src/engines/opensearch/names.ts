import type { ViewIr } from "../../ir/types.ts";

/** Alias of a view; its generations are this name with a number. */
export const aliasOf = (project: string, view: Pick<ViewIr, "workload">): string =>
  `${project}-${view.workload}`.toLowerCase();
