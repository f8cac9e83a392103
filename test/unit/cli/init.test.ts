// init: a new project, an existing package, twice, and what it refuses.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addCommand } from "../../../src/cli/install.ts";
import { cli } from "../../support/generated-project.ts";
import { project, shop, small } from "./projects.ts";

const preset = ["init", "--preset", "shop", "--yes", "--no-install"];

test("init makes a project from the preset, whose check is clean", async () => {
  const at = await project(undefined);
  const { status, stdout, stderr } = await cli(at.folder, ...preset);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/files written[^]*npm install\n {2}npm start\n {2}npm test/);
  expect(at.read("workloads.yaml")).toBe(shop);
  expect(at.read(".env")).toContain("MAIN_URL=pglite:");
  expect(at.read(".gitignore").split("\n")).toContain(".env");
  expect(existsSync(join(at.folder, ".async-db-starter/spec.schema.json"))).toBe(true);
  expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
});

test("on an older Node each script ends with one line that says what it needs", async () => {
  const at = await project(small);
  await cli(at.folder, "init", "--yes", "--no-install");
  const { scripts } = JSON.parse(at.read("package.json")) as { scripts: Record<string, string> };
  for (const name of ["db", "start", "test"])
    expect(scripts[name]).toMatch(/^node src\/data\/check-node\.cjs && node /);
  const check = join(at.folder, "src/data/check-node.cjs");
  const on = (version: string) => {
    const posed = `Object.defineProperty(process, "versions", { value: { node: "${version}" } });`;
    const code = `${posed} require(${JSON.stringify(check)})`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
    return { status, lines: stderr.split("\n").length - 1, stderr };
  };
  for (const version of ["18.20.0", "20.19.2", "22.17.1"]) {
    const { status, lines, stderr } = on(version);
    expect({ version, status, lines }).toEqual({ version, status: 3, lines: 1 });
    expect(stderr).toContain("needs Node 22.18 or newer");
  }
  for (const version of ["22.18.0", "24.0.0"])
    expect(on(version)).toMatchObject({ status: 0, stderr: "" });
  // Old syntax on purpose: it has to be read before it can refuse.
  expect(at.read("src/data/check-node.cjs")).not.toMatch(
    /=>|\b(?:const|let|import|await)\b|`|\?\./,
  );
});

test("init twice changes nothing, nor what the user has made of it", async () => {
  const at = await project(undefined);
  await cli(at.folder, ...preset);
  at.write(".env", "MAIN_URL=postgresql://app@127.0.0.1/shop\n");
  at.write("src/example.ts", "// mine\n");
  const lock = at.read("workloads.lock.json");
  const { status, stderr } = await cli(at.folder, ...preset);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(at.read(".env")).toContain("postgresql://");
  expect(at.read("src/example.ts")).toBe("// mine\n");
  expect(at.read("workloads.lock.json")).toBe(lock);
});

test("init into an existing package keeps its files and its manifest's own keys", async () => {
  const at = await project(undefined);
  const manifest = {
    name: "service",
    version: "3.1.4",
    type: "module",
    scripts: { start: "node server.ts", lint: "true" },
    dependencies: { fastify: "^5.0.0" },
  };
  at.write("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  at.write("README.md", "# Service\n");
  at.write(".gitignore", "coverage\n");
  const { status, stderr } = await cli(at.folder, ...preset);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const merged = JSON.parse(at.read("package.json")) as typeof manifest;
  expect(merged).toMatchObject({ name: "service", version: "3.1.4" });
  expect(merged.scripts).toMatchObject(manifest.scripts);
  expect(merged.dependencies).toMatchObject(manifest.dependencies);
  expect(at.read("README.md")).toBe("# Service\n");
  expect(at.read(".gitignore")).toContain("coverage");
  expect(existsSync(join(at.folder, "src/data/index.ts"))).toBe(true);
});

test("init never overwrites another spec, and writes nothing then", async () => {
  const at = await project(small);
  const { status, stderr } = await cli(at.folder, ...preset);
  expect(status).toBe(2);
  expect(stderr).toMatch(/workloads\.yaml is already there and is not preset shop/);
  expect(at.read("workloads.yaml")).toBe(small);
  expect(readdirSync(at.folder)).toEqual(["workloads.yaml"]);
});

test("init starts from the spec that is there, or from --spec", async () => {
  const here = await project(small);
  expect((await cli(here.folder, "init", "--yes", "--no-install")).status).toBe(0);
  expect(here.read("src/data/domain/note.ts")).toContain("Note");
  const there = await project(undefined);
  const from = ["--spec", join(here.folder, "workloads.yaml"), "init", "new", "--yes"];
  expect((await cli(there.folder, ...from, "--no-install")).status).toBe(0);
  expect(there.read("new/workloads.yaml").endsWith(`\n${small}`)).toBe(true);
});

test.each([
  [["init"], /this is no terminal[^]*--preset/],
  [
    ["init", "--preset", "nothing", "--yes"],
    /no preset "nothing"[^]*presets: catalogue, rag, shop/,
  ],
  [["--spec", "a.yaml", "init", "--preset", "shop"], /two answers/],
  [["--spec", "a.yaml", "init", "--yes"], /a\.yaml does not exist/],
])("init %j is refused with what to do, and writes nothing", async (args, message) => {
  const at = await project(undefined);
  const { status, stderr } = await cli(at.folder, ...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
  expect(readdirSync(at.folder)).toEqual([]);
});

test("a wrong spec is not copied into the new project", async () => {
  const at = await project(undefined);
  mkdirSync(join(at.folder, "source"));
  at.write("source/spec.yaml", small.replace("uuid", "uuidd"));
  const args = ["--spec", "source/spec.yaml", "init", "target", "--yes", "--no-install"];
  const { status, stderr } = await cli(at.folder, ...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(/uuidd/);
  expect(existsSync(join(at.folder, "target"))).toBe(false);
});

test("a file that stands in the way stops init before it writes anything", async () => {
  const at = await project(undefined);
  mkdirSync(join(at.folder, "src/data"), { recursive: true });
  at.write("src/data/index.ts", "export const mine = true;\n");
  const { status, stderr } = await cli(at.folder, ...preset);
  expect(status).toBe(1);
  expect(stderr).toMatch(/src\/data\/index\.ts would be generated, but .* already there/);
  expect(readdirSync(at.folder)).toEqual(["src"]);
  expect(readdirSync(join(at.folder, "src"))).toEqual(["data"]);
});

test.each([
  ["coverage\n", true],
  ["coverage\n.env\n", false],
  ["**/.env*\n", false],
])("with a .gitignore of %j, init says that .env is committed: %s", async (rules, says) => {
  const at = await project(small);
  at.write(".gitignore", rules);
  const { status, stderr } = await cli(at.folder, "init", "--yes", "--no-install");
  expect(status).toBe(0);
  expect(stderr.includes("does not keep .env out")).toBe(says);
});

test("warnings of a spec from elsewhere are told once", async () => {
  const at = await project(undefined);
  at.write("spec.yaml", small);
  const args = ["--spec", "spec.yaml", "init", "target", "--yes", "--no-install"];
  const { status, stderr } = await cli(at.folder, ...args);
  expect(status).toBe(0);
  const lines = stderr.split("\n").filter((line) => line.includes("warning"));
  expect(new Set(lines).size).toBe(lines.length);
});

test("stores that run as servers are started before the first run, and init says how", async () => {
  const at = await project(undefined);
  const args = ["init", "--preset", "rag", "--yes", "--no-install"];
  const { status, stdout } = await cli(at.folder, ...args);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    / {2}npm install\n {2}docker compose up -d --wait {3}# or servers of your own; then set SEARCH_URL, VECTOR_URL in \.env, where they are comments\n {2}npm start\n/,
  );
});

test("the DSNs of .env are those of the servers that compose.yaml starts", async () => {
  const at = await project(`version: 1
project: shop
stores: { running: [redis], never: [memory] }
entities:
  Session:
    fields: { id: { type: uuid, key: true }, token: { type: string, max: 80 } }
workloads:
  recent: { kind: cache, ttl: 30m }
  sessions: { kind: keyvalue, entities: [Session], access: { Session: { get: {}, put: { op: upsert } } } }
`);
  expect(await cli(at.folder, "init", "--yes", "--no-install")).toMatchObject({ status: 0 });
  const published = [...at.read("compose.yaml").matchAll(/127\.0\.0\.1:(\d+):/g)].map(([, p]) => p);
  const dsns = (text: string) => text.match(/^(?:# )?[A-Z_]+_URL=\S+$/gm) ?? [];
  const own = dsns(at.read(".env")).map((line) => line.replace("# ", ""));
  expect(own).toContain("CACHE_URL=redis://127.0.0.1:6380/0");
  expect(own).toEqual(dsns(at.read(".env.example")));
  for (const dsn of own) expect(published).toContain(/:(\d+)(?=[,/?]|$)/.exec(dsn)?.[1]);
});

test("init --yes alone says which preset it takes", async () => {
  const at = await project(undefined);
  const { status, stdout } = await cli(at.folder, "init", "--yes", "--no-install");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^No --preset and no workloads\.yaml: this is preset shop \(there are: /);
  expect(stdout.split("\n")[0]).toContain("--preset NAME, or --spec FILE");
});

test("in an existing package the next steps are those that work there", async () => {
  const at = await project(undefined);
  const scripts = { start: "node server.js", test: "vitest run" };
  at.write("package.json", JSON.stringify({ name: "service", scripts }));
  at.write("tsconfig.json", `{ // own\n "compilerOptions": { "module": "nodenext" } }`);
  at.write("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
  at.write("spec.yaml", small);
  const { status, stdout } = await cli(at.folder, "--spec", "spec.yaml", "init", "--yes");
  expect(status).toBe(0);
  expect(stdout).toMatch(/needs these compilerOptions[^]*"allowImportingTsExtensions": true/);
  expect(stdout).not.toContain('"module":');
  const [, next = ""] = stdout.split("\nNext:\n");
  expect(next.trimEnd().split("\n")).toEqual([
    "  # merge what is listed above into package.json and tsconfig.json",
    "  pnpm install",
    '  node src/data/check-node.cjs && node --env-file-if-exists=.env src/data/cli.ts migrate up && node --env-file-if-exists=.env src/example.ts   # "start" of package.json is a script of your own',
    '  node src/data/check-node.cjs && node --env-file-if-exists=.env --test "test/**/*.test.ts"   # "test" of package.json is a script of your own',
  ]);
});

test("scripts that are to be merged are called by their names, in a folder that is named", async () => {
  const at = await project(undefined);
  mkdirSync(join(at.folder, "service"));
  at.write("service/package.json", JSON.stringify({ name: "service", type: "module" }));
  const args = ["init", "service", "--preset", "shop", "--yes", "--no-install"];
  const { stdout } = await cli(at.folder, ...args);
  expect(stdout).toMatch(
    /Next:\n {2}cd service\n {2}# merge [^\n]* package\.json\n {2}npm install\n {2}npm start\n {2}npm test\n$/,
  );
});

test("a spec from elsewhere gets the line by which editors find its schema, once", async () => {
  const at = await project(undefined);
  const line = "# yaml-language-server: $schema=./.async-db-starter/spec.schema.json";
  for (const [name, text, made] of [
    ["plain", small, `${line}\n${small}`],
    ["crlf", small.replaceAll("\n", "\r\n"), `${line}\r\n${small.replaceAll("\n", "\r\n")}`],
    ["marked", `\uFEFF${small}`, `\uFEFF${line}\n${small}`],
    ["own", `# yaml-language-server: $schema=mine.json\n${small}`, undefined],
  ] as const) {
    at.write(`${name}.yaml`, text);
    const args = ["--spec", `${name}.yaml`, "init", name, "--yes", "--no-install"];
    for (const run of ["first", "again"])
      expect({ name, run, ...(await cli(at.folder, ...args)) }).toMatchObject({ status: 0 });
    expect(at.read(`${name}/workloads.yaml`)).toBe(made ?? text);
  }
  const here = await project(small);
  const same = ["--spec", "workloads.yaml", "init", "--yes", "--no-install"];
  expect(await cli(here.folder, ...same)).toMatchObject({ status: 0 });
  expect(here.read("workloads.yaml")).toBe(small);
});

test("what output.importExtension asks of the package is said when it is made", async () => {
  const built = await project(`${small}output: { importExtension: .js }\n`);
  const note =
    /note: output\.importExtension: imports end in \.js, so the code runs only after a build/;
  expect((await cli(built.folder, "init", "--yes", "--no-install")).stderr).toMatch(note);
  expect((await cli(built.folder, "generate")).stderr).toBe("");
  const source = await project(small, "plan");
  expect((await cli(source.folder, "generate")).stderr).not.toContain("importExtension");
  source.write("workloads.yaml", `${small}output: { importExtension: .js }\n`);
  expect((await cli(source.folder, "generate")).stderr).toMatch(
    /note: db, start, test of package\.json run TypeScript as it is[^]*outDir/,
  );
});

test("packages are added by the package manager whose lock file lies there", async () => {
  const at = await project(undefined);
  expect(addCommand(at.folder, ["zod@^4", "pg"])).toBe('npm install "zod@^4" "pg"');
  at.write("yarn.lock", "");
  expect(addCommand(at.folder, ["zod@^4"], true)).toBe('yarn add -D "zod@^4"');
});
