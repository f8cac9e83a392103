import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { engines } from "../../src/engines/registry.gen.ts";
import { lower } from "../../src/ir/lower.ts";
import { render } from "../../src/render/render.ts";
import { formatLock, type Lock, lockOf, withLockedFlips } from "../../src/select/lock.ts";
import { planModel } from "../../src/select/plan-model.ts";
import { loadSpec } from "../../src/spec/load.ts";
import { full, runsOf, seed, timeout } from "./size.ts";

// G5 of anchors/reliability.md: one spec, written in another order of keys and in another style, read
// in another folder, locale and time zone: one output. The order of entities, fields, workloads and
// methods is the user's own and shows in the output, so it is no matter of form.

const work = mkdtempSync(join(tmpdir(), "output-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const goldenSpec = (name: string): string =>
  readFileSync(new URL(`../golden/trees/${name}/workloads.yaml`, import.meta.url), "utf8");
const names = ["single", "placed", "documents", "shop"] as const;

interface Output {
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly lock: string;
}

let count = 0;

/** What a spec comes to from a folder of its own, within the lock when there is one. */
function outputOf(text: string, lock?: Lock): Output {
  count += 1;
  const folder = join(work, `größe ${count}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "workloads.yaml"), text);
  const { model, issues } = loadSpec(join(folder, "workloads.yaml"), { shownAs: "workloads.yaml" });
  if (model === undefined) throw new Error(JSON.stringify(issues));
  const { plan } = planModel(model, engines, lock, { flips: lock === undefined });
  if (plan === undefined) throw new Error("no plan");
  const known = lock === undefined ? plan : withLockedFlips(plan, lock);
  const ir = lower(model, known);
  const version = "1.0.0";
  const files = render({ ir, plan: known, model, engines, spec: "workloads.yaml", version });
  rmSync(folder, { recursive: true });
  return {
    files: new Map(files.map(({ path, content }) => [path, content])),
    lock: formatLock(lockOf(known, engines)),
  };
}

/** Whether the order of these keys is the user's: names of their own, not words of the spec's language. */
function isNamedList(path: readonly string[]): boolean {
  const [top, , inside, , deeper] = path;
  if (path.length === 1) return top === "entities" || top === "workloads";
  if (top === "entities") return path.length === 3 && inside === "fields";
  if (top === "workloads" && inside === "access" && deeper === undefined) return true;
  // The fields of a search, with their weights.
  return path.at(-1) === "fields";
}

/** The same value with the keys of its maps in another order. */
function shuffled(value: unknown, order: () => number, path: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((each, n) => shuffled(each, order, [...path, `${n}`]));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, each]) => [key, shuffled(each, order, [...path, key])] as const,
  );
  if (isNamedList(path)) return Object.fromEntries(entries);
  const ranked = entries.map((entry) => ({ entry, rank: order() }));
  return Object.fromEntries(ranked.toSorted((a, b) => a.rank - b.rank).map(({ entry }) => entry));
}

const references = new Map(
  names.map((name) => {
    const { files, lock } = outputOf(stringify(parse(goldenSpec(name))));
    return [name, { files, text: lock, lock: JSON.parse(lock) as Lock }] as const;
  }),
);

test(
  "G5: the order of keys and the style of the file leave no trace",
  () => {
    const zone = process.env["TZ"];
    const orders = new Set<string>();
    try {
      fc.assert(
        fc.property(
          fc.constantFrom(...names),
          fc.infiniteStream(fc.nat(1_000)),
          fc.constantFrom("yaml", "json", "flow"),
          fc.constantFrom("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"),
          (name, ranks, style, timeZone) => {
            process.env["TZ"] = timeZone;
            const value = shuffled(parse(goldenSpec(name)), () => Number(ranks.next().value));
            const text =
              style === "yaml"
                ? stringify(value, { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE" })
                : JSON.stringify(value, null, style === "json" ? 2 : 0);
            orders.add(JSON.stringify(value));
            const reference = references.get(name);
            const { files, lock } = outputOf(text, reference?.lock);
            expect(files).toEqual(reference?.files);
            expect(lock).toBe(reference?.text);
          },
        ),
        { seed, numRuns: runsOf(500) },
      );
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
    expect(orders.size).toBeGreaterThan(runsOf(500) * 0.8);
  },
  timeout,
);

const entry = fileURLToPath(new URL("../../src/build/cli.ts", import.meta.url));

const dumpedFiles = z.array(z.looseObject({ path: z.string() }));

/** Every file of the command line's output, from a process with its own surroundings: path → all of it. */
function dumped(
  env: Readonly<Record<string, string>>,
  cwd: string,
  folder: string,
): ReadonlyMap<string, string> {
  const args = ["--no-warnings", entry, "--cwd", folder, "--dump", "files", "generate"];
  const run = spawnSync(process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
  const files = dumpedFiles.parse(JSON.parse(run.stdout));
  return new Map(files.map((file) => [file.path, JSON.stringify(file)]));
}

const surroundings = [
  { LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" },
  { LC_ALL: "de_DE.UTF-8", TZ: "America/St_Johns" },
  { LANG: "C", TZ: "Pacific/Kiritimati" },
  { LC_ALL: "sv_SE.UTF-8", LANGUAGE: "ja", TZ: "Etc/GMT+12" },
];

test(
  "G5: neither does the locale, the time zone or the folder of the process",
  () => {
    const folder = join(work, "project");
    mkdirSync(folder);
    writeFileSync(join(folder, "workloads.yaml"), goldenSpec("shop"));
    writeFileSync(join(folder, "workloads.lock.json"), references.get("shop")?.text ?? "");
    const reference = dumped({ LC_ALL: "C.UTF-8", TZ: "UTC" }, folder, ".");
    expect(reference.size).toBeGreaterThan(50);
    for (const env of full ? surroundings : surroundings.slice(0, 2)) {
      const found = dumped(env, tmpdir(), folder);
      expect([...found.keys()], JSON.stringify(env)).toEqual([...reference.keys()]);
      const differing = [...found].filter(([path, file]) => reference.get(path) !== file);
      expect(
        differing.map(([path]) => path),
        JSON.stringify(env),
      ).toEqual([]);
    }
  },
  timeout,
);
