/** Projects for tests of the command line: folders below test/.work, removed when the file's tests have ended. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { repositoryRoot } from "../../../src/build/root.ts";
import { cli, projectFolder, type GeneratedProject } from "../../support/generated-project.ts";

export const shop = readFileSync(
  join(repositoryRoot, "assets/presets/shop/workloads.yaml"),
  "utf8",
);

/** The smallest spec that makes a data layer. */
export const small = `version: 1
project: small
entities:
  Note:
    fields:
      id: { type: uuid, key: true }
      text: { type: text }
workloads:
  notes: { kind: transactional, entities: [Note], access: { Note: { get: {}, add: { op: insert } } } }
`;

const made: GeneratedProject[] = [];
afterAll(() => {
  for (const project of made.splice(0)) project.remove();
});

/** A folder with a spec, and what the given commands made of it. */
export async function project(
  spec: string | undefined,
  ...commands: readonly string[]
): Promise<GeneratedProject> {
  const folder = projectFolder("cli");
  made.push(folder);
  if (spec !== undefined) folder.write("workloads.yaml", spec);
  for (const command of commands) {
    const { status, stderr } = await cli(folder.folder, "--quiet", command);
    if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  }
  return folder;
}
