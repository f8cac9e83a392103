/** Each preset from `init` to its example and its own tests, on the best servers to be had: what a user gets. */
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presetNames } from "../../src/cli/presets.ts";
import {
  columnOf,
  isMissing,
  type Missing,
  type Namespace,
  type Server,
  sharedServer,
} from "../engines/servers.ts";
import { cell, proving } from "../support/closing-table.ts";
import { brokeOff, mostRuns } from "../support/engine-crash.ts";
import { cli, type GeneratedProject, projectFolder } from "../support/generated-project.ts";
import { askedByRules, emulatorChanges, type StoreNeed, stores } from "../unit/docs/stores.ts";

/** The generated tests that need a server that refuses what its rules forbid: an emulator enforces none. */
const rules = "keep what their rules forbid out";
const notEnforced = {
  kind: "not proven",
  why: "the emulator does not enforce the rules of a collection",
} as const;

interface Reached extends StoreNeed {
  readonly server: Server | Missing | undefined;
}

async function reached(project: GeneratedProject): Promise<readonly Reached[]> {
  return Promise.all(
    stores(project).map(async (need) => ({
      ...need,
      server: need.embedded === undefined ? await sharedServer(need.engine) : undefined,
    })),
  );
}

function node(project: GeneratedProject, env: Record<string, string>, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", ...args], {
    cwd: project.folder,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 240_000,
  });
  return { status, stdout, stderr };
}

/** `MAIN_URL` is that of the store `main`. */
const storeNamed = (variable: string): string => variable.replace(/_URL$/, "").toLowerCase();

for (const name of presetNames()) {
  describe(`preset ${name}`, { timeout: 300_000 }, () => {
    let project: GeneratedProject;
    let places: readonly Reached[] = [];
    const taken: Namespace[] = [];

    beforeAll(async () => {
      project = projectFolder(`preset-${name}`);
      const init = await cli(
        project.folder,
        "init",
        ".",
        "--yes",
        "--no-install",
        "--preset",
        name,
      );
      expect(init.stderr).not.toContain("error");
      expect(init.status).toBe(0);
      places = await reached(project);
      for (const { engine, server } of places)
        if (server !== undefined && !isMissing(server) && server.kind === "emulator")
          await emulatorChanges(engine, project);
    });
    afterAll(async () => {
      for (const space of taken) await space.drop();
      project.remove();
    });

    /** DSNs of places that nobody else uses, under the name that the project's code reads. */
    async function dsns(variableOf: (variable: string) => string): Promise<Record<string, string>> {
      const found: Record<string, string> = {};
      for (const { variable, embedded, server } of places) {
        if (server === undefined || isMissing(server)) {
          if (embedded !== undefined) found[variableOf(variable)] = embedded;
          continue;
        }
        const space = await server.namespace();
        taken.push(space);
        found[variableOf(variable)] = space.dsn;
      }
      return found;
    }

    it("without a database for a store its tests say that nothing is proven there, and fail where the store is required", () => {
      const lacking = places.filter(({ embedded }) => embedded === undefined);
      expect(lacking.length > 0 || name === "shop", "shop alone runs in process").toBe(true);
      if (lacking.length === 0) return;
      const run = (required: string) =>
        node(project, { REQUIRE_STORES: required }, "--test", "test/**/*.test.ts");
      const open = run("");
      expect(open.stdout).toMatch(/^ℹ fail 0$/m);
      for (const { engine, variable } of lacking) {
        const set = variable.replace(/_URL$/, "_TEST_URL");
        const told = `NOT PROVEN on ${engine}: no test of store `;
        expect(open.stdout).toMatch(new RegExp(`${told}\\w+ was run; set ${set} to a database`));
      }
      for (const required of [storeNamed(lacking[0]?.variable ?? ""), "all"]) {
        const { status, stdout } = run(required);
        expect(status).not.toBe(0);
        expect(stdout).toContain("REQUIRE_STORES: NOT PROVEN on ");
      }
      expect(run("oracle-of-delphi").stdout).toContain("REQUIRE_STORES names oracle-of-delphi");
    });

    const column = (): string =>
      places
        .map(({ engine, server }) => (server === undefined ? engine : columnOf(server)))
        .join(", ");

    it("its tests pass and none is skipped; its example runs", async (context) => {
      const missing = places.flatMap(({ server }) =>
        server !== undefined && isMissing(server) ? [server.reason] : [],
      );
      const of = { port: "presets", engine: column(), method: name };
      if (missing.length > 0) {
        cell(of, { kind: "not proven", why: missing.join("; ") });
        return context.skip();
      }
      const emulated = places.some(
        ({ server }) => server !== undefined && !isMissing(server) && server.kind === "emulator",
      );
      const unshown = emulated ? [`--test-skip-pattern=${rules}`] : [];
      if (emulated) cell({ ...of, method: `${name}: ${rules}` }, notEnforced);
      await proving(of, async () => {
        const test = await dsns((variable) => variable.replace(/_URL$/, "_TEST_URL"));
        const run = () => node(project, test, "--test", ...unshown, "test/**/*.test.ts");
        let tests = run();
        for (let again = 1; again < mostRuns && brokeOff(tests.stdout + tests.stderr); again += 1)
          tests = run();
        expect(tests.stdout + tests.stderr).toMatch(/^ℹ fail 0$/m);
        expect(tests.stdout).toMatch(/^ℹ skipped 0$/m);
        expect(tests.status).toBe(0);
        const live = await dsns((variable) => variable);
        const up = node(project, live, "src/data/cli.ts", "migrate", "up");
        expect(up).toMatchObject({ status: 0, stderr: "" });
        const example = node(project, live, "src/example.ts");
        expect(example.stderr).toBe("");
        expect(example.status).toBe(0);
        expect(example.stdout).toMatch(/\): up\n$/);
        for (const { engine, variable } of places) {
          const dsn = live[variable];
          const asked = dsn === undefined ? undefined : await askedByRules(engine, project, dsn);
          expect(asked?.refused ?? []).toEqual([]);
        }
      })();
    });
  });
}
