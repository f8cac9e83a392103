import type { TreeState } from "./tree-state.ts";

/**
 * The state as if these files had never been written, so that a file that the user deleted is made again. Files that are there are
 * not touched by it. Pure.
 */
export function forgetDeleted(state: TreeState, paths: readonly string[]): TreeState {
  if (paths.length === 0) return state;
  const wanted = new Set(paths.filter((path) => !state.disk.has(path)));
  const records = [...state.records].map(
    ([unit, record]) =>
      [
        unit,
        { ...record, files: new Map([...record.files].filter(([path]) => !wanted.has(path))) },
      ] as const,
  );
  return { ...state, records: new Map(records) };
}
