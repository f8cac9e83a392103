import { apply } from "./apply.ts";
import { toolFolder } from "./paths.ts";
import { scan } from "./scan.ts";
import type { FileChange } from "./write-plan.ts";

/**
 * The text of one of the user's files.
 *
 * @returns undefined when there is none
 * @throws Error when something else than a text file lies there
 */
export function readUserFile(root: string, path: string): string | undefined {
  const entry = scan(root, [], [path]).disk.get(path);
  if (entry === undefined) return undefined;
  if (entry.kind === "file" && typeof entry.content === "string") return entry.content;
  throw new Error(`${path} is not a text file (${entry.kind === "blocked" ? entry.by : "bytes"})`);
}

/**
 * Writes one file that no record lists (the spec of `init`, the lock), through the same guard, journal and renames as the rest.
 *
 * @returns whether the disk changed
 */
export function writeUserFile(root: string, path: string, content: string): boolean {
  const before = scan(root, [], [path]).disk.get(path);
  if (before?.kind === "file" && before.content === content) return false;
  const change: FileChange =
    before?.kind === "file"
      ? { kind: "rewrite", path, content, before }
      : { kind: "create", path, content, executable: false };
  const own = path.startsWith(`${toolFolder}/`);
  const plan = { findings: [], notes: [], watched: [] };
  apply(
    own ? { ...plan, actions: [], records: [change] } : { ...plan, actions: [change], records: [] },
    root,
  );
  return true;
}
