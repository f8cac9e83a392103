/** The parts of the documents that are made from the engine descriptors. */
import { engines } from "../../../src/engines/registry.gen.ts";
import { markdownText } from "../../../src/render/encode.ts";

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

/** The settings of every engine's local server, with their reasons. */
export function settingTable(): string {
  const rows = engines.flatMap(({ title, compose }) =>
    (compose?.settings ?? []).map(({ name, value, production = "the same", reason }) =>
      row(title, `\`${name} = ${value}\``, production, reason),
    ),
  );
  return table(["engine", "setting", "in production", "reason"], rows);
}

/** The secret of every engine's DSN. */
export function credentialTable(): string {
  const rows = engines.flatMap(({ title, credentials }) =>
    credentials === undefined
      ? []
      : [
          row(
            title,
            ...[credentials.secret, credentials.role, credentials.rotation].map(markdownText),
          ),
        ],
  );
  const head = ["engine", "secret in the DSN", "least privilege", "rotation without downtime"];
  return table(head, rows);
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
