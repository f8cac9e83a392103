import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Candidate } from "../../../src/select/assess.ts";
import type { Capabilities } from "../../../src/select/criteria.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export const cardOf = (engine: string): string =>
  readFileSync(join(root, "references", "engines", `${engine}.md`), "utf8");

/** Every engine folder that states capabilities, with the title of its evidence card: what selection knows of an engine. */
export const registered: readonly Candidate[] = await Promise.all(
  readdirSync(join(root, "src", "engines"), { recursive: true, encoding: "utf8" })
    .filter((file) => /^[^/\\]+[/\\]capabilities\.ts$/.test(file))
    .toSorted()
    .map(async (file) => {
      const id = file.split(/[/\\]/)[0] ?? "";
      const url = pathToFileURL(join(root, "src", "engines", file)).href;
      const module: { readonly capabilities: Capabilities } = await import(url);
      return {
        id,
        title: /^# (.+)$/m.exec(cardOf(id))?.[1] ?? id,
        capabilities: module.capabilities,
      };
    }),
);
