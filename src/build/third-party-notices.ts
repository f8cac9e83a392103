import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The licence texts of every package whose modules went into the bundle.
 *
 * @param modules absolute paths of bundled modules
 * @param root the checkout
 * @throws Error when a bundled package carries no licence text
 */
export function thirdPartyNotices(modules: readonly string[], root: string): string {
  const packages = new Set(modules.flatMap((id) => packageOf(id) ?? []));
  return [...packages]
    .toSorted()
    .map((name) => {
      const folder = join(root, "node_modules", name);
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        version: string;
        license?: string;
      };
      return `${name} ${manifest.version} (${manifest.license ?? "see below"})\n\n${licenceText(folder, name)}`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

function packageOf(id: string): string | undefined {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll("\\", "/"))?.[1];
}

function licenceText(folder: string, name: string): string {
  const file = existsSync(folder)
    ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    : undefined;
  if (file === undefined) throw new Error(`${name} is bundled but has no licence file`);
  return readFileSync(join(folder, file), "utf8").trimEnd() + "\n";
}
