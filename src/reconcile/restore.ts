import { isAbsolute, relative } from "node:path";
import type { VirtualFile } from "../render/virtual-file.ts";
import { placeOf } from "./record.ts";
import type { TreeState } from "./tree-state.ts";

/** What a list of files to make again comes to. */
export interface Restored {
  /** The state as if the files that are missing had never been written. */
  readonly state: TreeState;
  /** Given paths that are outside of the package, or that nothing is generated to. */
  readonly unknown: readonly string[];
  /** Paths named one by one whose file is there: it is not touched. */
  readonly present: readonly string[];
}

/**
 * The state in which generated files that the user deleted are made again. A folder stands for all
 * that is generated into it and is missing; a file that was moved is made again only when it is
 * named itself. Pure.
 *
 * @param root  absolute path of the output package
 * @param given paths as the user wrote them, relative to the package or absolute
 */
export function restoreDeleted(
  state: TreeState,
  files: readonly VirtualFile[],
  root: string,
  given: readonly string[],
): Restored {
  const planned = files.filter(({ ownership }) => ownership !== "yours").map(({ path }) => path);
  const recorded = new Map([...state.records.values()].flatMap((record) => [...record.files]));
  const isGone = (path: string): boolean => {
    const entry = recorded.get(path);
    return !state.disk.has(entry === undefined ? path : placeOf(path, entry));
  };
  const unknown: string[] = [];
  const present: string[] = [];
  const wanted = new Set<string>();
  for (const text of given) {
    const path = withinRoot(text, root);
    const inside = planned.filter((each) => path === "" || each.startsWith(`${path}/`));
    if (path !== undefined && planned.includes(path)) {
      if (state.disk.has(path)) present.push(path);
      else wanted.add(path);
    } else if (path === undefined || inside.length === 0) unknown.push(text);
    for (const each of inside.filter(isGone)) wanted.add(each);
  }
  return { state: forgotten(state, wanted), unknown, present };
}

/** A path below the root as the records write it, "" for the root; undefined for one outside. */
function withinRoot(text: string, root: string): string | undefined {
  const path = isAbsolute(text) ? relative(root, text) : text;
  const segments = path.split(/[/\\]/).filter((segment) => segment !== "" && segment !== ".");
  return isAbsolute(path) || segments.includes("..") ? undefined : segments.join("/");
}

function forgotten(state: TreeState, wanted: ReadonlySet<string>): TreeState {
  if (wanted.size === 0) return state;
  const records = [...state.records].map(([unit, record]) => {
    const files = new Map([...record.files].filter(([path]) => !wanted.has(path)));
    return [unit, { ...record, files }] as const;
  });
  return { ...state, records: new Map(records) };
}
