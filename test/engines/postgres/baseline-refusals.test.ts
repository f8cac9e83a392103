import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type BaselineOptions, run } from "../../../src/cli/commands/migrate/baseline.ts";
import { exitCode } from "../../../src/cli/exit-codes.ts";
import { engines } from "../../../src/engines/registry.gen.ts";
import { Failure } from "../../../src/cli/failure.ts";
import { createOutput } from "../../../src/cli/io.ts";
import { cli, projectFolder } from "../../support/generated-project.ts";

/** What baseline says when there is nothing to adopt; no server is needed for any of it. */
describe("migrate baseline refuses", { timeout: 240_000 }, () => {
  const project = projectFolder("baseline-refusals");
  afterAll(() => project.remove());

  async function refused(
    options: BaselineOptions,
    env: Record<string, string> = {},
  ): Promise<Failure> {
    const out: string[] = [];
    const io = {
      cwd: project.folder,
      env,
      interactive: false,
      out: (text: string) => out.push(text),
      err: (text: string) => out.push(text),
    };
    const flags = { spec: "workloads.yaml", cwd: ".", json: false, quiet: false, color: false };
    const failure: unknown = await run({ io, output: createOutput(io, flags) }, options).then(
      (status) => new Error(`it ended with ${status}: ${out.join("")}`),
      (error: unknown) => error,
    );
    if (failure instanceof Failure) return failure;
    throw failure;
  }

  it("a store without a DSN, by the name of the variable", async () => {
    const { message, exitCode: status } = await refused({ store: "shop-data" });
    expect(message).toBe("SHOP_DATA_URL is not set");
    expect(status).toBe(exitCode.input);
  });

  it("likewise on the command line", async () => {
    const { status, stderr } = await cli(project.folder, "migrate", "baseline");
    expect(status).toBe(exitCode.input);
    expect(stderr).toMatch(/^MAIN_URL is not set\n/);
  });

  it("a scheme of no engine, and an engine whose schema it does not read", async () => {
    expect((await refused({ dsn: "oracle://a:secret@h/x" })).message).toBe(
      "the DSN has the scheme of no engine",
    );
    const other = engines.find(({ live, dsn }) => live === undefined && dsn.examples.length > 0);
    const { message } = await refused({ dsn: other?.dsn.examples[0]?.dsn ?? "" });
    expect(message).toContain("has no schema that could be adopted yet");
  });

  it("a server that does not answer, without the password of the DSN", async () => {
    const {
      message,
      exitCode: status,
      hint,
    } = await refused({
      dsn: "postgresql://app:hunter2@127.0.0.1:1/shop",
    });
    expect(status).toBe(exitCode.environment);
    expect(`${message}${hint}`).toContain("ECONNREFUSED");
    expect(`${message}${hint}`).not.toContain("hunter2");
  });

  it("a DSN parameter that it does not know, without repeating the DSN", async () => {
    const { message, exitCode: status } = await refused({
      dsn: "postgresql://app:hunter2@127.0.0.1:1/shop?sslmod=disable",
    });
    expect(status).toBe(exitCode.input);
    expect(message).not.toContain("hunter2");
  });

  it("a driver that is not there, with the install that works in such a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "baseline-bare-"));
    try {
      const bare = await cli(folder, "migrate", "baseline", "postgresql://app@127.0.0.1:1/shop");
      expect(bare.status).toBe(exitCode.environment);
      expect(bare.stderr).toMatch(/^pg is not installed .*\n {2}npm install --no-save "pg@\^8\./);
      writeFileSync(join(folder, "package.json"), "{}");
      const own = await cli(folder, "migrate", "baseline", "postgresql://app@127.0.0.1:1/shop");
      expect(own.stderr).toMatch(/^pg is not installed .*\n {2}npm install "pg@\^8\./);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("an embedded database without tables, after adopting none of it", async () => {
    const { message, exitCode: status } = await refused({ dsn: "pglite:./data" });
    expect(message).toBe("the database has no table to adopt");
    expect(status).toBe(exitCode.input);
  });
});
