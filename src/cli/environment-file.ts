import { parseEnv } from "node:util";
import { readUserFile } from "../reconcile/single-file.ts";
import type { VirtualFile } from "../render/virtual-file.ts";

/** A store's variable with the line that `.env.example` has for it. */
interface VariableLine {
  readonly variable: string;
  readonly line: string;
}

function exampleLines(files: readonly VirtualFile[]): readonly VariableLine[] {
  const example = files.find(({ path }) => path === ".env.example")?.content;
  return (typeof example === "string" ? example.split("\n") : []).flatMap((line) => {
    const variable = /^\w+(?==)/.exec(line)?.[0];
    return variable === undefined ? [] : [{ variable, line }];
  });
}

/**
 * `.env` for this machine, with the DSNs of its public twin: set for every embedded store, a comment for those that are servers. It is
 * git-ignored.
 *
 * @param servers variables of the stores that are servers
 */
export function environmentText(files: readonly VirtualFile[], servers: readonly string[]): string {
  const lines = exampleLines(files).map(({ variable, line }) =>
    servers.includes(variable) ? `# ${line}` : line,
  );
  return `# DSNs of this machine; not committed. What each may hold: .env.example\n${lines.join("\n")}\n`;
}

/** What a `.env` that is there lacks: the lines of stores that it says nothing of, not even in a comment. */
export function missingLines(root: string, files: readonly VirtualFile[]): readonly VariableLine[] {
  const own = readUserFile(root, ".env");
  if (own === undefined) return [];
  const known = parseEnv(own);
  return exampleLines(files).filter(
    ({ variable }) => known[variable] === undefined && !own.includes(`# ${variable}=`),
  );
}
