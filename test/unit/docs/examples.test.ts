/** references/examples.md: every snippet compiles in a generated project and does what it asserts. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnOf, isMissing, sharedServer, type Namespace } from "../../engines/servers.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { brokeOff, mostRuns } from "../../support/engine-crash.ts";
import { cli, projectFolder, type GeneratedProject } from "../../support/generated-project.ts";
import { emulatorChanges, stores, type StoreNeed } from "./stores.ts";
import { type Block, blocksOf, exportsOf, moduleOf } from "./blocks.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const blocks = blocksOf(new URL("../../../references/examples.md", import.meta.url));
const projects = [...new Set(blocks.map(({ project }) => project))];

const of = (project: string): readonly Block[] =>
  blocks.filter((block) => block.project === project);
const snippetsOf = (project: string): readonly Block[] =>
  of(project).filter(({ language, file }) => language === "ts" && file === undefined);
const moduleName = (at: number): string => `src/snippet-${String(at).padStart(2, "0")}.ts`;

/** The project with every file and snippet of the page in it. */
async function written(name: string): Promise<GeneratedProject> {
  const project = projectFolder(`examples-${name}`);
  const spec = of(name).find(({ language }) => language === "yaml");
  const args = ["init", ".", "--yes", "--no-install"];
  if (spec !== undefined) project.write("workloads.yaml", spec.text);
  const init = await cli(
    project.folder,
    ...args,
    ...(spec === undefined ? ["--preset", name] : []),
  );
  if (init.status !== 0) {
    project.remove();
    throw new Error(`init ended with ${init.status}:\n${init.stderr}`);
  }
  const files = of(name).filter(({ file }) => file !== undefined);
  for (const { file = "", text } of files) project.write(file, text);
  const [first] = files;
  if (first?.file === undefined) throw new Error(`${name} has no file of its own`);
  const given = first.file.replace("src/", "./");
  const names = exportsOf(first.text);
  for (const [at, { text }] of snippetsOf(name).entries())
    project.write(moduleName(at), moduleOf(text, given, names));
  return project;
}

/** One module that runs them all, in one process on one data layer; each says when it is through. */
const runner = (count: number): string =>
  Array.from(
    { length: count },
    (_, at) =>
      `await import("./${moduleName(at).replace("src/", "")}");\nconsole.log("done ${at}");\n`,
  ).join("");

function node(folder: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", ...args],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: "utf8",
      timeout: 110_000,
    },
  );
  return { status, signal, stdout, stderr };
}

test("the page has every part that it promises", () => {
  expect(projects).toContain("shop");
  expect(blocks.filter(({ language }) => language === "ts").length).toBeGreaterThan(30);
});

for (const name of projects) {
  describe(`examples of ${name}`, () => {
    let project: GeneratedProject;
    let made: GeneratedProject | undefined;
    let needs: readonly StoreNeed[];

    beforeAll(async () => {
      project = made = await written(name);
      needs = stores(project);
    });
    afterAll(() => made?.remove());

    test("compile under the project's own settings", () => {
      const tsc = node(project.folder, [join(root, "node_modules/typescript/bin/tsc")], {});
      // The project's own generated tests are held elsewhere.
      expect(tsc.stdout.match(/^src\/.*$/gm)).toBeNull();
      expect(tsc.stderr).toBe("");
    });

    test("do what they assert", async (context) => {
      const servers: Namespace[] = [];
      const env: Record<string, string> = {};
      let column = needs.map(({ engine }) => `${engine} (in process)`).join(", ");
      const methods = snippetsOf(name).map(({ heading }) => heading);
      for (const { variable, engine, embedded } of needs) {
        if (embedded !== undefined) {
          env[variable] = embedded;
          continue;
        }
        const server = await sharedServer(engine);
        column = columnOf(server);
        if (isMissing(server)) {
          notProven({ port: "examples", engine: column }, methods, server.reason);
          return context.skip(server.reason);
        }
        if (server.kind === "emulator") await emulatorChanges(engine, project);
        const place = await server.namespace();
        servers.push(place);
        env[variable] = place.dsn;
      }
      try {
        project.write("src/run.ts", runner(methods.length));
        let ran: ReturnType<typeof node> | undefined;
        const servedHere = needs.every(({ embedded }) => embedded !== undefined);
        for (let run = 1; run <= mostRuns; run += 1) {
          const migrated = node(project.folder, ["src/data/cli.ts", "migrate", "up"], env);
          expect(migrated).toMatchObject({ status: 0 });
          ran = node(project.folder, ["src/run.ts"], env);
          if (!servedHere || !brokeOff(ran.stderr, ran)) break;
          rmSync(join(project.folder, ".data"), { recursive: true, force: true });
        }
        if (ran === undefined) return expect.unreachable();
        const done = ran.stdout.match(/^done \d+$/gm) ?? [];
        for (const [at, { heading, line }] of snippetsOf(name).entries())
          await proving({ port: "examples", engine: column, method: heading }, () => {
            const where = `references/examples.md:${line} (${heading})`;
            expect(done.length, `${where}\n${ran?.stderr}`).toBeGreaterThan(at);
          })();
        expect(ran).toMatchObject({ status: 0 });
      } finally {
        await Promise.all(servers.map((place) => place.drop()));
      }
    }, 240_000);
  });
}
