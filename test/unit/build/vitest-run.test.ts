import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../../src/build/root.ts";
import { type Ended, runVitest, type VitestRun } from "../../../src/build/vitest-run.ts";

describe("a run of vitest", () => {
  let folder = "";
  beforeEach(() => {
    mkdirSync(join(repositoryRoot, "test/.work"), { recursive: true });
    folder = mkdtempSync(join(repositoryRoot, "test/.work/vitest-"));
    writeFileSync(
      join(folder, "vitest.config.mjs"),
      `export default { test: { root: ${JSON.stringify(folder)}, include: ["*.case.mjs"], pool: "forks", maxWorkers: 1 } };`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Each test's body, and what the run came to. */
  const ended = (files: Readonly<Record<string, string>>): Ended & { readonly again: number } => {
    for (const [name, body] of Object.entries(files)) {
      writeFileSync(
        join(folder, `${name}.case.mjs`),
        `import { existsSync, writeFileSync } from "node:fs";\nimport { expect, it } from "vitest";\nconst marker = ${JSON.stringify(join(folder, `${name}.ran`))};\n${body}`,
      );
    }
    let again = 0;
    const run: VitestRun = {
      arguments: [`--config=${join(folder, "vitest.config.mjs")}`, `--root=${folder}`],
      work: folder,
      stdio: "ignore",
      env: process.env,
    };
    return { ...runVitest(run, () => (again += 1)), again };
  };

  it("counts what passed and what failed, by name", () => {
    const { passed, failed, failures } = ended({
      good: `it("holds", () => {});`,
      bad: `it("holds", () => {});\nit("does not hold", () => expect(1).toBe(2));`,
    });
    expect([passed, failed]).toEqual([2, 1]);
    expect(failures[0]).toMatch(
      /^FAILED .*bad\.case\.mjs > does not hold\n {2}.*expected 1 to be 2/,
    );
  });

  it("runs a file again whose process Node broke off, and no other", () => {
    const { passed, failed, again } = ended({
      good: `it("holds", () => {});`,
      crash: `it("holds now", () => {\n  if (existsSync(marker)) return;\n  writeFileSync(marker, "");\n  process.kill(process.pid, "SIGSEGV");\n  for (;;);\n});`,
    });
    expect([passed, failed, again]).toEqual([2, 0, 1]);
  });

  it("takes one that always breaks off for a failure", () => {
    const { failed, failures, again } = ended({
      crash: `it("never ends", () => {\n  process.kill(process.pid, "SIGSEGV");\n  for (;;);\n});`,
    });
    expect([failed, again]).toEqual([1, 2]);
    expect(failures[0]).toContain("broke off at each run");
  });

  it("does not run again what was killed, left or rejected", () => {
    const { failed, failures, again } = ended({
      rejected: `it("holds", () => {\n  setTimeout(() => Promise.reject(new Error("nobody waits")), 1);\n  return new Promise((resolve) => setTimeout(resolve, 50));\n});`,
      killed: `it("ends", () => {\n  process.kill(process.pid, "SIGKILL");\n  for (;;);\n});`,
    });
    expect(again).toBe(0);
    expect(failed).toBeGreaterThanOrEqual(2);
    expect(failures.join("\n")).toContain("nobody waits");
  });
});
