/**
 * What a test run has shown, cell by cell: port × engine × method. Suites record cells from any worker; the runner prints the
 * table when all have ended. A cell that nobody proved counts as skipped and says why; one that the engine does not serve says why, too.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export interface Cell {
  readonly port: string;
  /** Engine with its server, as people must read it: "engine (emulator)", "engine 18.6". */
  readonly engine: string;
  readonly method: string;
}

export type Outcome =
  | { readonly kind: "proven" }
  | { readonly kind: "not proven"; readonly why: string }
  /** The engine does not serve it by its nature: no generated type has it. */
  | { readonly kind: "not served"; readonly why: string }
  /** A test of this cell failed: stronger than any proof by another test. */
  | { readonly kind: "failed" };

export type CellRecord = Cell & { readonly outcome: Outcome };

export interface Totals {
  readonly proven: number;
  readonly notProven: number;
  readonly notServed: number;
  readonly failed: number;
}

const recordSchema = z.object({
  port: z.string(),
  engine: z.string(),
  method: z.string(),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("proven") }),
    z.object({ kind: z.literal("not proven"), why: z.string() }),
    z.object({ kind: z.literal("not served"), why: z.string() }),
    z.object({ kind: z.literal("failed") }),
  ]),
});

const defaultFile = fileURLToPath(new URL("../.work/cells.jsonl", import.meta.url));

/** `ASYNC_DB_STARTER_CELLS` lets two runs in one checkout keep apart. */
function cellsFile(): string {
  return process.env["ASYNC_DB_STARTER_CELLS"] ?? defaultFile;
}

/** Records one cell. One short append per line is atomic between processes. */
export function cell(of: Cell, outcome: Outcome): void {
  const file = cellsFile();
  mkdirSync(dirname(file), { recursive: true });
  const { port, engine, method } = of;
  appendFileSync(file, `${JSON.stringify({ port, engine, method, outcome })}\n`);
}

/** Records every method of a port as not proven: when there is no server, or before the tests that will prove them. */
export function notProven(of: Omit<Cell, "method">, methods: readonly string[], why: string): void {
  for (const method of methods) cell({ ...of, method }, { kind: "not proven", why });
}

/** Records methods that an engine does not serve by its nature. */
export function notServed(of: Omit<Cell, "method">, methods: readonly string[], why: string): void {
  for (const method of methods) cell({ ...of, method }, { kind: "not served", why });
}

/** Wraps a test's body so that its end records the cell: `test("…", proving(cell, async () => { … }))`. */
export function proving<A extends readonly unknown[]>(
  of: Cell,
  body: (...context: A) => Promise<void> | void,
): (...context: A) => Promise<void> {
  return async (...context) => {
    try {
      await body(...context);
    } catch (cause) {
      cell(of, { kind: "failed" });
      throw cause;
    }
    cell(of, { kind: "proven" });
  };
}

/** Forgets the cells of earlier runs; the runner calls it before the first worker starts. */
export function resetCells(): void {
  rmSync(cellsFile(), { force: true });
}

/** All recorded cells. @throws on a line that no `cell` wrote, naming it. */
export function readCells(): readonly CellRecord[] {
  const file = cellsFile();
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index) => {
    if (line === "") return [];
    const parsed = recordSchema.safeParse(jsonOf(line));
    if (!parsed.success) throw new Error(`${file}:${index + 1}: not a cell: ${line.slice(0, 80)}`);
    return [parsed.data];
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** One outcome per cell: a failure beats a proof, a proof beats the lack of one, and of two reasons the later stays. */
export function settle(records: readonly CellRecord[]): readonly CellRecord[] {
  const settled = new Map<string, CellRecord>();
  const weight = { failed: 2, proven: 1, "not proven": 0, "not served": 0 } as const;
  for (const record of records) {
    const key = JSON.stringify([record.port, record.engine, record.method]);
    const known = settled.get(key);
    if (!known || weight[record.outcome.kind] >= weight[known.outcome.kind])
      settled.set(key, record);
  }
  return [...settled.values()];
}

export function totals(records: readonly CellRecord[]): Totals {
  const count = (kind: Outcome["kind"]): number =>
    settle(records).filter((one) => one.outcome.kind === kind).length;
  return {
    proven: count("proven"),
    notProven: count("not proven"),
    notServed: count("not served"),
    failed: count("failed"),
  };
}

const marks = { proven: "yes", "not proven": "-", "not served": "n/a", failed: "FAILED" } as const;

/**
 * One block per port: a row per method, a column per engine, `yes`, `-`, `n/a`, `FAILED` or blank (not claimed); then the reasons,
 * each once, with the methods that it holds for. The same cells give the same text, whatever order they came in.
 */
export function renderTable(records: readonly CellRecord[]): string {
  const all = settle(records);
  const blocks = unique(all.map((one) => one.port)).map((port) =>
    renderPort(
      port,
      all.filter((one) => one.port === port),
    ),
  );
  const { proven, notProven: open, notServed: none, failed } = totals(records);
  const sum = `cells: ${proven} proven, ${open} not proven, ${none} not served, ${failed} failed`;
  const reasons = reasonKinds.flatMap((kind) => {
    const lines = reasonsOf(all, kind).map((reason) => `  ${reason}`);
    return lines.length === 0 ? [] : [[`${kind}:`, ...lines].join("\n")];
  });
  return [...blocks, ...reasons, sum].join("\n\n");
}

function renderPort(port: string, records: readonly CellRecord[]): string {
  const engines = unique(records.map((one) => one.engine));
  const methods = unique(records.map((one) => one.method));
  const markOf = (method: string, engine: string): string => {
    const found = records.find((one) => one.method === method && one.engine === engine);
    return found ? marks[found.outcome.kind] : "";
  };
  const rows = methods.map((method) => [
    method,
    ...engines.map((engine) => markOf(method, engine)),
  ]);
  return align([[port, ...engines], ...rows]);
}

const reasonKinds = ["not proven", "not served"] as const;

/** Each reason once, with the methods that it holds for. */
function reasonsOf(
  records: readonly CellRecord[],
  kind: (typeof reasonKinds)[number],
): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { port, engine, method, outcome } of records) {
    if (outcome.kind !== kind) continue;
    const key = `${engine} ${port}: ${outcome.why}`;
    byReason.set(key, [...(byReason.get(key) ?? []), method]);
  }
  return [...byReason]
    .map(([reason, methods]) => `${reason} (${methods.sort().join(", ")})`)
    .sort();
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** The last line of a run, in the form that machines read. */
export function closingLine(tests: { passed: number; failed: number }, skipped: number): string {
  return `${tests.passed} passed, ${tests.failed} failed, ${skipped} skipped`;
}

/**
 * Prints the table, then the closing line. Tests are counted by the runner; what is skipped are cells without proof.
 * Cells that failed are not added to `failed`: their tests are in it already.
 */
export function printClosing(
  tests: { passed: number; failed: number },
  write: (text: string) => void = (text) => void process.stdout.write(text),
): void {
  const records = readCells();
  if (records.length > 0) write(`\n${renderTable(records)}\n\n`);
  write(`${closingLine(tests, totals(records).notProven)}\n`);
}

/** The table as Markdown, for the README: a block per port that can be folded, then the reasons. */
export function markdownTable(records: readonly CellRecord[]): string {
  const all = settle(records);
  const blocks = unique(all.map((one) => one.port)).map((port) => {
    const own = all.filter((one) => one.port === port);
    const engines = unique(own.map((one) => one.engine));
    const rows = unique(own.map((one) => one.method)).map((method) => [
      method,
      ...engines.map((engine) => {
        const found = own.find((one) => one.method === method && one.engine === engine);
        return found ? marks[found.outcome.kind] : "";
      }),
    ]);
    const proven = own.filter(({ outcome }) => outcome.kind === "proven").length;
    const served = own.filter(({ outcome }) => outcome.kind !== "not served").length;
    const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
    return [
      `<details><summary><b>${port}</b>: ${proven} of ${served} cells proven on ${engines.join(", ")}</summary>`,
      [
        line(["method", ...engines]),
        line(["---", ...engines.map(() => "---")]),
        ...rows.map(line),
      ].join("\n"),
      "</details>",
    ].join("\n\n");
  });
  const reasons = reasonKinds.flatMap((kind) => {
    const lines = reasonsOf(all, kind).map((reason) => `- ${reason}`);
    return lines.length === 0
      ? []
      : [
          `${kind === "not proven" ? "Not proven" : "Not served, by the nature of the engine"}:`,
          lines.join("\n"),
        ];
  });
  return [...blocks, ...reasons].join("\n\n");
}

const escaped = (text: string): string => text.replaceAll("|", "\\|");
