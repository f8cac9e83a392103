import { readUserFile } from "../reconcile/single-file.ts";
import { oldestCompiler } from "../render/shared/project.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import type { Output } from "./io.ts";

/** What the project's own package.json still lacks of what a fresh one would have. */
export interface PackageAdditions {
  /** Where the package says otherwise or nothing: what is generated are ES modules. */
  readonly type?: "module";
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const parts = ["scripts", "dependencies", "devDependencies"] as const;

/** The entries that a package.json which was there before does not have. */
export function additionsTo(
  root: string,
  files: readonly VirtualFile[],
): PackageAdditions | undefined {
  const own = readUserFile(root, "package.json");
  const fresh = files.find(({ path }) => path === "package.json")?.content;
  return own === undefined || typeof fresh !== "string" ? undefined : packageAdditions(own, fresh);
}

/** Prints what the user has to merge by hand. */
export function tellAdditions(additions: PackageAdditions, output: Output): void {
  output.line("\nYour package.json is left alone; merge these entries into it first:");
  const filled = Object.entries(additions).filter(([, entries]) => Object.keys(entries).length > 0);
  output.line(JSON.stringify(Object.fromEntries(filled), null, 2));
}

/**
 * Pure.
 *
 * @param own the text of the package.json that is there
 * @param fresh the text that would be generated
 * @returns undefined when nothing is missing, or when the own file cannot be read
 */
export function packageAdditions(own: string, fresh: string): PackageAdditions | undefined {
  const there = manifest(own);
  const wanted = manifest(fresh);
  if (there === undefined || wanted === undefined) return undefined;
  const known = new Set(
    parts.flatMap((part) => Object.keys(there[part] ?? {}).map((name) => `${part} ${name}`)),
  );
  const missing = (part: (typeof parts)[number]): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(wanted[part] ?? {}).filter(([name]) => !known.has(`${part} ${name}`)),
    );
  const compiler = there.devDependencies?.["typescript"];
  const additions: PackageAdditions = {
    ...(wanted.type === "module" && there.type !== "module" && { type: wanted.type }),
    scripts: missing("scripts"),
    dependencies: missing("dependencies"),
    devDependencies: {
      ...missing("devDependencies"),
      ...(isOutdated(compiler) ? { typescript: `>=${oldestCompiler}` } : {}),
    },
  };
  const lacks = parts.some((part) => Object.keys(additions[part]).length > 0);
  return lacks || additions.type !== undefined ? additions : undefined;
}

/** Whether a version, or the lowest of a range, is one of a compiler that does not know all libraries that the generated code uses. */
export function isOutdated(compiler: string | undefined): boolean {
  const [, major, minor = "0"] = /(\d+)(?:\.(\d+))?/.exec(compiler ?? "") ?? [];
  const [oldestMajor = 0, oldestMinor = 0] = oldestCompiler.split(".").map(Number);
  if (major === undefined) return false;
  return Number(major) === oldestMajor ? Number(minor) < oldestMinor : Number(major) < oldestMajor;
}

type Manifest = Partial<
  Readonly<Record<(typeof parts)[number], Readonly<Record<string, string>>>>
> & {
  readonly type?: string;
};

/** Whether an install would leave out packages that the generated code imports. */
export const lacksPackages = (additions: PackageAdditions | undefined): boolean =>
  Object.keys({ ...additions?.dependencies, ...additions?.devDependencies }).length > 0;

/** Its scripts; none when it cannot be read. */
export const scriptsOf = (text: string): Readonly<Record<string, string>> =>
  manifest(text)?.scripts ?? {};

/** Its `type`, as written. */
export const packageType = (text: string): string | undefined => manifest(text)?.type;

function manifest(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
