/** The parts of the documents that are made from the engine descriptors. */
import { existsSync } from "node:fs";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { EngineDescriptor } from "../../../src/engines/engine.ts";

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => "---")), ...rows].join("\n");

/** Schemes and allowed parameters of every engine. */
export function dsnTables(): string {
  const schemes = engines.flatMap(({ title, dsn }) =>
    dsn.schemes.map(({ scheme, meaning }) => row(title, `\`${scheme}\``, meaning)),
  );
  const parameters = engines.flatMap(({ title, dsn }) =>
    dsn.parameters.map(({ name, meaning }) => row(title, `\`${name}\``, meaning)),
  );
  return `${table(["engine", "scheme", "reaches"], schemes)}\n\n${table(["engine", "parameter", "meaning"], parameters)}`;
}

/** The languages in which each engine searches. */
export function languageTable(): string {
  const prefix = "language-";
  const rows = engines.flatMap(({ title, capabilities: { features } }) => {
    const names = Object.keys(features).flatMap((name) =>
      name.startsWith(prefix) ? [`\`${name.slice(prefix.length)}\``] : [],
    );
    return names.length === 0 ? [] : [row(title, names.toSorted().join(" "))];
  });
  return table(["engine", "languages"], rows);
}

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** The settings that an engine's `compose.ts` gives with reasons, as rows. */
export async function settingRows(): Promise<string> {
  const rows = await Promise.all(engines.map(settingsOf));
  return rows
    .flat()
    .map(({ title, name, value, reason }) => row(title, `\`${name} = ${value}\``, reason))
    .join("\n");
}

async function settingsOf({ id, title }: EngineDescriptor) {
  const file = new URL(`../../../src/engines/${id}/compose.ts`, import.meta.url);
  if (!existsSync(file)) return [];
  const { settings }: { settings: readonly Setting[] } = await import(file.href);
  return settings.map((setting) => ({ title, ...setting }));
}

const intro = `# Every form of DSN that this release accepts, made from the engines' own descriptions.
# One variable per store of your plan, <STORE>_URL: the first authority is main, a cache is cache. Copy a line into .env (never
# committed) and put your own host, user and password in; reserved characters in them are percent-encoded.
# Parameters that are not listed in references/reference.md are refused.`;

/** The whole of assets/dsn-examples.env: nothing in it is set. */
export function dsnExamples(): string {
  const parts = engines.map(({ title, ports, dsn }) => {
    const variable = ports.includes("record") ? "MAIN_URL" : `${ports[0]?.toUpperCase()}_URL`;
    const lines = dsn.examples.map(
      ({ dsn: text, comment }) => `# ${comment}\n#${variable}=${text}`,
    );
    return [`# --- ${title}`, ...lines].join("\n");
  });
  return `${[intro, ...parts].join("\n\n")}\n`;
}

/** A text with what stands between two marks replaced. @throws when the marks are missing */
export function between(text: string, mark: string, content: string): string {
  const opening = new RegExp(`<!-- ${mark}:[^>]*-->\n`).exec(text);
  const end = text.indexOf(`<!-- /${mark} -->`);
  if (opening === null || end === -1) throw new Error(`no marks of "${mark}"`);
  return `${text.slice(0, opening.index + opening[0].length)}${content}\n${text.slice(end)}`;
}
