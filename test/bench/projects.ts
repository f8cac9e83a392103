/** The projects that the generators and the compiler are measured on. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { benchRoot, program, workFolder } from "./harness/places.ts";
import { accountNode, runNode, type Accounted } from "./harness/processes.ts";
import { prismaSchemaOf, specOf } from "./models.ts";

const prismaProgram = join(benchRoot, "node_modules", "prisma", "build", "index.js");

/**
 * A new folder with a spec of `count` entities and its lock. Never one that was emptied a moment ago: for each file that is then
 * created, ext4 looks through all inodes deleted in the last minute (`recently_deleted` in fs/ext4/ialloc.c), which made 7,000 files
 * cost 1.3 s instead of 0.2.
 */
export function ourProject(count: number): string {
  const folder = mkdtempSync(join(workFolder("generate"), `ours-${count}-`));
  writeFileSync(join(folder, "workloads.yaml"), specOf(count));
  runNode({ args: [program, "plan"], cwd: folder });
  return folder;
}

export function generateOurs(folder: string): Accounted {
  return accountNode({ args: [program, "generate"], cwd: folder });
}

/** Makes one column of the first entity wider than it was. */
export function widenOne(folder: string): void {
  const file = join(folder, "workloads.yaml");
  const spec = readFileSync(file, "utf8");
  writeFileSync(
    file,
    spec.replace(/(title: \{ type: string, max: )(\d+)/, (_, field: string, max: string) => {
      return `${field}${Number(max) + 1}`;
    }),
  );
}

export function checkOurs(folder: string): Accounted {
  return accountNode({ args: [program, "check"], cwd: folder });
}

/** A new folder with the same models as a Prisma schema. */
export function prismaProject(count: number): string {
  const folder = mkdtempSync(join(workFolder("generate"), `prisma-${count}-`));
  writeFileSync(join(folder, "schema.prisma"), prismaSchemaOf(count));
  writeFileSync(
    join(folder, "prisma.config.ts"),
    'export default { schema: "schema.prisma", datasource: { url: "postgresql://127.0.0.1/none" } };\n',
  );
  return folder;
}

export function generatePrisma(folder: string): Accounted {
  return accountNode({
    args: [prismaProgram, "generate"],
    cwd: folder,
    env: { PRISMA_SCHEMA_ENGINE_BINARY: idleEngine(), PRISMA_HIDE_UPDATE_MESSAGE: "1" },
  });
}

/** Removes all projects; to be called when the measuring is over. */
export const removeProjects = (): void =>
  rmSync(workFolder("generate"), { recursive: true, force: true });

/** Stands in for Prisma's schema engine, which the generation of a client wants to find and does not use. */
function idleEngine(): string {
  const file = join(workFolder("generate"), "idle-engine");
  if (!existsSync(file)) writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

/** Every file of a folder with what a write would change: two equal states mean that nothing was written. */
export function stateOf(folder: string): string {
  return filesOf(folder)
    .map((file) => {
      const { mtimeNs, ctimeNs, ino, size } = statSync(file, { bigint: true });
      return `${file} ${mtimeNs} ${ctimeNs} ${ino} ${size}`;
    })
    .join("\n");
}

export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
