/** What the documents say of the engines is what their descriptors say; UPDATE_REFERENCES=1 renews the tables. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { ErrorKind } from "../../../templates/runtime/errors.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import {
  between,
  credentialTable,
  dsnExamples,
  dsnTables,
  languageTable,
  settingTable,
} from "./engine-tables.ts";

const at = (path: string): URL => new URL(`../../../${path}`, import.meta.url);
const read = (path: string): string => readFileSync(at(path), "utf8");

function current(path: string, expected: string): void {
  if (process.env["UPDATE_REFERENCES"] === "1") writeFileSync(at(path), expected);
  expect(read(path)).toBe(expected);
}

test("reference.md lists every scheme, parameter, secret, search language and setting", () => {
  const dsn = between(read("references/reference.md"), "dsn", dsnTables());
  const secrets = between(dsn, "secrets", credentialTable());
  const text = between(secrets, "languages", languageTable());
  current("references/reference.md", between(text, "settings", settingTable()));
});

test("dsn-examples.env holds every example", () => {
  current("assets/dsn-examples.env", dsnExamples());
});

describe("examples of DSNs", () => {
  const examples = engines.flatMap((engine) =>
    engine.dsn.examples.map(({ dsn }) => ({ engine, dsn })),
  );
  test.each(examples)("$dsn is accepted, and its password is a placeholder", ({ engine, dsn }) => {
    const parsed = parseDsn(dsn, engine.dsn);
    expect([undefined, "password"]).toContain(parsed.password);
    expect(String(parsed)).not.toContain(":password@");
  });
});

test("reference.md says what to do on every kind of error, and on no other", () => {
  const kinds: Record<ErrorKind, true> = {
    "not-found": true,
    conflict: true,
    constraint: true,
    overloaded: true,
    timeout: true,
    "outcome-unknown": true,
    unavailable: true,
    auth: true,
    programming: true,
  };
  const section = /## Errors\n([^]*?)\n## /.exec(read("references/reference.md"))?.[1] ?? "";
  const rows = [...section.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, kind]) => kind);
  expect(rows).toEqual(Object.keys(kinds));
});

test("reference.md names every span, metric and attribute that the runtime makes", () => {
  const source = read("templates/runtime/telemetry.ts");
  const section = /## Telemetry\n([^]*?)\n## /.exec(read("references/reference.md"))?.[1] ?? "";
  const made = [...source.matchAll(/"((?:db|server|error)\.[\w.]+)"/g)].map(
    ([, name = ""]) => name,
  );
  expect(made.length).toBeGreaterThan(8);
  for (const name of made) expect(section).toContain(`\`${name}\``);
});

/** A figure of the page, and the code it comes from. */
const figures: readonly (readonly [page: RegExp, file: string, code: RegExp])[] = [
  [/of the store \(5,000 ms\)/, "store", /config\.deadlineMs \?\? 5_000/],
  [/At most 3 attempts/, "retry", /maxAttempts = 3;/],
  [/base 50 ms \(overload 500 ms\)/, "retry", /baseMs = 50;\nconst overloadBaseMs = 500;/],
  [/cap 2 s/, "retry", /capMs = 2_000;/],
  [/100 tokens, 5 per retry/, "retry", /capacity = 100, cost = 5/],
  [/slowQueryMs: 500/, "telemetry", /slowQueryMs \?\? 500/],
  [/`lifecycle\.drainMs` \(4 s\)/, "lifecycle", /drainMs \?\? 4_000/],
  [/each gives up after a second/, "health", /timeoutMs = 1_000/],
  [/slower than 100 ms/, "cache", /budgetMs \?\? 100/],
  [/"there is none" is remembered for 5 s/, "cache", /negativeTtlMs \?\? 5_000/],
];

test.each(figures)("%s", (page, file, code) => {
  expect(read("references/reference.md")).toMatch(page);
  expect(read(`templates/runtime/${file}.ts`)).toMatch(code);
});

test("every evidence card is listed", () => {
  const list = read("references/README.md");
  for (const name of readdirSync(at("references/engines")))
    expect(list).toContain(`engines/${name}`);
});
