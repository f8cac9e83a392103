/** A generated project whose store somebody changes by hand, for `migrate verify`. */
import { spawnSync } from "node:child_process";
import { generateProject, type GeneratedProject } from "../support/generated-project.ts";

export const parcelSpec = (stores = ""): string => `version: 1
project: parcels
${stores}entities:
  Sender:
    fields:
      id: { type: uuid, key: true }
      email: { type: string, max: 80, unique: true }
  Parcel:
    audit: true
    fields:
      id: { type: uuid, key: true }
      senderId: { type: uuid, references: Sender }
      status: { type: enum, values: [new, sent], default: new }
      grams: { type: int, min: 1 }
      note: { type: string, max: 40, nullable: true }
      extras: { type: json, nullable: true }
    indexes:
      - fields: [status, -grams]
workloads:
  parcels:
    kind: transactional
    entities: [Sender, Parcel]
    access: { Sender: { get: {}, add: { op: insert } }, Parcel: { get: {}, send: { op: insert } } }
`;

export interface DbRun {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The generated project, and its `npm run db`. */
export async function snapshotProject(
  name: string,
  spec: string,
  dsn: string,
): Promise<{
  readonly project: GeneratedProject;
  readonly db: (...args: readonly string[]) => DbRun;
}> {
  const project = await generateProject(name, spec);
  const db = (...args: readonly string[]): DbRun => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--no-warnings", "src/data/cli.ts", ...args],
      {
        cwd: project.folder,
        env: { ...process.env, MAIN_URL: dsn },
        encoding: "utf8",
        timeout: 120_000,
      },
    );
    return { status, out: stdout, err: stderr };
  };
  return { project, db };
}
