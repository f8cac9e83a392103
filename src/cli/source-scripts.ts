/**
 * The scripts of a package that run TypeScript as it is, which finds no import that ends otherwise than in `.ts`.
 *
 * @param manifest the text of package.json
 * @returns their names; none when it cannot be read
 */
export function sourceScripts(manifest: string): readonly string[] {
  try {
    const { scripts } = JSON.parse(manifest) as { readonly scripts?: unknown };
    if (typeof scripts !== "object" || scripts === null) return [];
    return Object.entries(scripts).flatMap(([name, script]) =>
      /\bnode\b[^&|;]*\.ts\b/.test(String(script)) ? [name] : [],
    );
  } catch {
    return [];
  }
}
