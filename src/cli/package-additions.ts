/** What the project's own package.json still lacks of what a fresh one would have. Pure. */
export interface PackageAdditions {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const parts = ["scripts", "dependencies", "devDependencies"] as const;

/**
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
  const additions = {
    scripts: missing("scripts"),
    dependencies: missing("dependencies"),
    devDependencies: missing("devDependencies"),
  };
  return parts.some((part) => Object.keys(additions[part]).length > 0) ? additions : undefined;
}

type Manifest = Partial<Readonly<Record<(typeof parts)[number], Readonly<Record<string, string>>>>>;

function manifest(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
