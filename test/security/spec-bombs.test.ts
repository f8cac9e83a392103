import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** S5: YAML and JSON bombs, each in a process of its own, since some of them abort Node where no handler can catch it. */

/** The refusal itself, without the start of the process. */
const budgetMs = 200;

const child = join(import.meta.dirname, "../support/load-spec-child.ts");

interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly text: string;
  readonly loaded: boolean;
  readonly milliseconds: number;
  readonly grownMiB: number;
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "spec-bombs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(file: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [child, file, "twice"], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 20_000,
    });
    let [out, err] = ["", ""];
    started.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    started.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    started.on("error", reject);
    started.on("close", (code, signal) => {
      if (out === "")
        return reject(
          new Error(`the loader died: code ${code}, signal ${signal}, ${err.slice(0, 400)}`),
        );
      resolve({ code, signal, ...JSON.parse(out) });
    });
  });
}

/** Again, at most twice, when it took too long: the machine may have had other work. */
async function loadCalmly(file: string): Promise<Outcome> {
  let outcome = await load(file);
  for (let again = 0; again < 2 && outcome.milliseconds >= budgetMs; again += 1)
    outcome = await load(file);
  return outcome;
}

const head = "version: 1\nproject: p\n";
const levels = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("\n");

const bombs: readonly (readonly [string, () => string, RegExp])[] = [
  ...[1_000, 10_000, 100_000, 1_000_000].flatMap(
    (depth) =>
      [
        [
          `flow, depth ${depth}`,
          () => `${head}stores: ${"[".repeat(depth)}`,
          /more than 64 levels deep/,
        ],
        [
          `closed flow, depth ${depth}`,
          () => `${head}stores: ${"[".repeat(depth)}${"]".repeat(depth)}`,
          /more than 64 levels deep/,
        ],
        [`JSON, depth ${depth}`, () => '{"a":'.repeat(depth), /more than 64 levels deep/],
        [
          `compact lists, depth ${depth}`,
          () => `${"- ".repeat(depth)}a`,
          /more than 64 levels deep/,
        ],
        [
          `explicit keys, depth ${depth}`,
          () => `${"? ".repeat(depth)}a`,
          /more than 64 levels deep/,
        ],
        [
          `behind a syntax error, depth ${depth}`,
          () => `a: 'b' c\n${"[".repeat(depth)}`,
          /workloads\.yaml:\d+:\d+: /,
        ],
        [
          `behind text that hides it, depth ${depth}`,
          () => `a: x\n ${"[".repeat(depth)}\n "\n`,
          /workloads\.yaml:\d+:\d+: /,
        ],
      ] as const,
  ),
  [
    "block mappings, depth 1000",
    () => levels(1000, (at) => `${" ".repeat(at)}a:`),
    /more than 64 levels deep/,
  ],
  [
    "block mappings, depth 5000",
    () => levels(5000, (at) => `${" ".repeat(at)}a:`),
    /more than 64 levels deep/,
  ],
  [
    "aliases that double",
    () =>
      `${head}a0: &a0 [x, x]\n${levels(24, (at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`)}`,
    /aliases|unknown key/,
  ],
  [
    "fifty-one aliases",
    () => `a: &a [x]\n${levels(51, (at) => `b${at}: *a`)}`,
    /more than 50 aliases/,
  ],
  [
    "aliases that grow tenfold",
    () =>
      `${head}a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${levels(5, (at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}*a${at}]`)}`,
    /aliases|unknown key/,
  ],
  ["an alias of itself", () => `${head}stores: &a { b: *a }`, /an alias leads back into itself/],
  [
    "merge keys",
    () => `${head}x: &x { a: 1 }\n${levels(500, (at) => `y${at}: { <<: { a: ${at} } }`)}`,
    /more|merge|unknown key/,
  ],
  ["one key ten thousand times", () => levels(10_000, () => "a: 1"), /this key is given twice/],
  [
    "two thousand unknown keys",
    () => `${head}${levels(2_000, (at) => `k${at}: 1`)}`,
    /unknown key/,
  ],
  ["a million open quotes", () => `a: ${'"'.repeat(1_000_000)}`, /workloads\.yaml:\d+:\d+: /],
  ["a million anchors", () => `a: ${"&a ".repeat(300_000)}`, /workloads\.yaml:\d+:\d+: /],
  ["a tag", () => "a: !!js/function 'function () {}'", /a spec has no tags/],
];

describe("bombs", { timeout: 30_000 }, () => {
  test.each(bombs)("%s", async (name, bomb, message) => {
    const file = join(folder, `${name.replaceAll(/\W+/g, "-")}.yaml`);
    writeFileSync(file, bomb());
    const outcome = await loadCalmly(file);
    expect(outcome).toMatchObject({ code: 0, signal: null, loaded: false });
    expect(outcome.text).toMatch(message);
    expect(outcome.text).toMatch(/\d+ problems?; nothing was written\./);
    expect(outcome.text).not.toMatch(/\bat .*\.(ts|js):\d+/);
    expect(outcome.milliseconds).toBeLessThan(budgetMs);
    expect(outcome.grownMiB).toBeLessThan(64);
  });

  test("100 MB are refused before they are read", async () => {
    const file = join(folder, "huge.yaml");
    writeFileSync(file, "a: 1\n");
    truncateSync(file, 100_000_000);
    const outcome = await loadCalmly(file);
    expect(outcome.text).toMatch(/the file is larger than 16 MiB/);
    expect(outcome.milliseconds).toBeLessThan(budgetMs);
    expect(outcome.grownMiB).toBeLessThan(16);
  });
});
