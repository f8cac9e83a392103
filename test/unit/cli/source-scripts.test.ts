import { spawnSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: library
entities:
  Book:
    fields:
      id: { type: uuid, key: true }
workloads:
  books:
    kind: transactional
    entities: [Book]
    access: { Book: { get: {} } }
`;

let at: GeneratedProject;
afterEach(() => at.remove());

test("an import extension that came after the package's scripts is told by doctor, one that was there before is not", async () => {
  at = await generateProject("scripts", spec);
  expect((await cli(at.folder, "doctor")).stderr).not.toContain("scripts:");
  at.write("workloads.yaml", `${spec}output: { importExtension: .js }\n`);
  await cli(at.folder, "generate");
  const { status, stderr } = await cli(at.folder, "doctor");
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/scripts: db, start, test of package\.json run TypeScript as it is/);
  expect(stderr).toContain("dist/src/data/cli.js");
  at.remove();
  at = await generateProject("scripts-built", `${spec}output: { importExtension: .js }\n`);
  expect((await cli(at.folder, "doctor")).stderr).not.toContain("scripts:");
});

test("imports without an extension: the scripts run the sources all the same, and doctor names scripts that do not", async () => {
  at = await generateProject("scripts-bare", `${spec}output: { importExtension: "" }\n`);
  const { scripts } = JSON.parse(at.read("package.json")) as { scripts: Record<string, string> };
  const [, ...commands] = (scripts["db"] ?? "").split(" && ");
  const [node, ...args] = (commands[0] ?? "").split(" ");
  expect(node).toBe("node");
  const { status, stderr } = spawnSync(process.execPath, [...args, "health"], {
    cwd: at.folder,
    encoding: "utf8",
    env: {},
  });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^MAIN_URL is not set/m),
  });
  expect((await cli(at.folder, "doctor")).stderr).not.toContain("scripts:");
  const own = { scripts: { db: "node src/data/cli.ts", start: scripts["start"] } };
  at.write("package.json", JSON.stringify({ type: "module", ...own }));
  expect((await cli(at.folder, "doctor")).stderr).toMatch(
    /scripts: db of package\.json run [^;]* only with --import \.\/src\/data\/extensionless\.mjs; let them/,
  );
});
