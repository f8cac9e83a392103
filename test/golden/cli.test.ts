/**
 * What people read when something is found: one folder per case, `script.json` with its steps, `expected.txt` with what the last
 * commands printed. `UPDATE_GOLDEN=1` writes them anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { commitAll, restoreAll } from "../support/git.ts";
import { cli, type GeneratedProject, projectFolder } from "../support/generated-project.ts";

const folder = fileURLToPath(new URL("cli/", import.meta.url));
const update = process.env["UPDATE_GOLDEN"] === "1";
const spec = readFileSync(new URL("trees/single/workloads.yaml", import.meta.url), "utf8");

const step = z.union([
  /** A command that prepares: it must succeed. */
  z.strictObject({ quietly: z.array(z.string()) }),
  /** A command whose status and output are compared. */
  z.strictObject({ run: z.array(z.string()) }),
  z.strictObject({ write: z.string(), text: z.string() }),
  z.strictObject({ append: z.string(), text: z.string() }),
  z.strictObject({ replace: z.string(), old: z.string(), new: z.string() }),
  z.strictObject({ move: z.string(), to: z.string() }),
  z.strictObject({ remove: z.string() }),
  /** Everything into a commit of the project's own repository. */
  z.strictObject({ commit: z.string() }),
  /** Files and folders as that commit has them. */
  z.strictObject({ restore: z.array(z.string()) }),
]);
const script = z.strictObject({ what: z.string(), spec: z.boolean(), steps: z.array(step) });

async function perform(project: GeneratedProject, one: z.infer<typeof step>): Promise<string> {
  const at = (path: string): string => join(project.folder, path);
  if ("quietly" in one) {
    const { status, stderr } = await cli(project.folder, "--quiet", ...one.quietly);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  } else if ("run" in one) {
    const { status, stdout, stderr } = await cli(project.folder, ...one.run);
    return [`$ async-db-starter ${one.run.join(" ")}`, stdout, stderr, `exit ${status}`, ""].join(
      "\n",
    );
  } else if ("commit" in one) commitAll(project.folder, one.commit);
  else if ("restore" in one) restoreAll(project.folder, one.restore);
  else if ("remove" in one) rmSync(at(one.remove));
  else if ("move" in one) {
    mkdirSync(dirname(at(one.to)), { recursive: true });
    renameSync(at(one.move), at(one.to));
  } else if ("replace" in one) {
    expect(project.read(one.replace)).toContain(one.old);
    project.write(one.replace, project.read(one.replace).replace(one.old, one.new));
  } else {
    const path = "write" in one ? one.write : one.append;
    mkdirSync(dirname(at(path)), { recursive: true });
    const before = "append" in one ? project.read(path) : "";
    writeFileSync(at(path), before + one.text);
  }
  return "";
}

describe.each(readdirSync(folder))("%s", (name) => {
  const {
    what,
    spec: withSpec,
    steps,
  } = script.parse(JSON.parse(readFileSync(join(folder, name, "script.json"), "utf8")));
  test(what, async () => {
    const project = projectFolder("cli");
    try {
      if (withSpec) project.write("workloads.yaml", spec);
      const printed: string[] = [];
      for (const one of steps) printed.push(await perform(project, one));
      const text = printed
        .join("")
        .replaceAll(project.folder, "<folder>")
        .replaceAll(/\b(?:[0-9a-f]{40}|[0-9a-f]{12})\b/g, "<commit>");
      const file = join(folder, name, "expected.txt");
      if (update) writeFileSync(file, text);
      expect(existsSync(file), "run once with UPDATE_GOLDEN=1").toBe(true);
      expect(text).toBe(readFileSync(file, "utf8"));
      expect(text).not.toMatch(/ at .*\.ts:\d+/);
    } finally {
      project.remove();
    }
  });
});
