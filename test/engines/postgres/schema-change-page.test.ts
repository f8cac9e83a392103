/** references/schema-change.md is a script: every edit is made, every command is run on a real server, and what it prints is compared. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  consoleText,
  exchangesOf,
  masked,
  pageOf,
  patched,
  segmentsOf,
  type Segment,
  wordsOf,
} from "../../support/console-page.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { cliWith, projectFolder, type GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const file = fileURLToPath(new URL("../../../references/schema-change.md", import.meta.url));
const support = (name: string): string =>
  fileURLToPath(new URL(`../../support/${name}`, import.meta.url));
const update = process.env["UPDATE_GOLDEN"] === "1";
const server = await sharedServer("postgres");
const proof = { port: "record", engine: columnOf(server), method: "ten changes of the spec" };
const usable = !isMissing(server) && server.features.includes("vector");

/** A folder of the page with the database that its `MAIN_URL` names. */
interface Site {
  readonly project: Pick<GeneratedProject, "folder" | "read" | "write" | "remove">;
  readonly database: Namespace;
}

const sites = new Map<string, Site>();
let project: Site["project"];
let database: Namespace;

/** A folder of exactly this name: it is told in what the commands print. */
function folderOf(name: string): Site["project"] {
  const parent = projectFolder("schema-change");
  const folder = join(parent.folder, name);
  mkdirSync(folder);
  return {
    folder,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    write: (path, text) => writeFileSync(join(folder, path), text),
    remove: parent.remove,
  };
}

/** `cd` goes to a folder of the page, and makes it when it is new. */
async function enter(name: string): Promise<void> {
  if (isMissing(server)) return;
  const site = sites.get(name) ?? { project: folderOf(name), database: await server.namespace() };
  sites.set(name, site);
  ({ project, database } = site);
}

beforeAll(() => enter("shop"));
afterAll(async () => {
  for (const site of sites.values()) {
    await site.database.drop();
    site.project.remove();
  }
});

/** What a command prints, both streams, as a terminal shows it; the exit status where it is not 0. */
async function perform(command: string): Promise<string> {
  const words = wordsOf(command).map((word) => word.replace("$MAIN_URL", database.dsn));
  const [program, ...args] = words;
  if (program === "cd") {
    await enter(basename(args[0] ?? ""));
    return "";
  }
  if (program === "head") {
    const lines = project.read(args[1] ?? "").split("\n");
    return shown(lines.slice(0, -Number(args[0])).join("\n"), 0);
  }
  if (program === "async-db-starter") {
    const { stdout, stderr, status } = await cliWith(
      { MAIN_URL: database.dsn },
      project.folder,
      args,
    );
    return shown(stdout + stderr, status);
  }
  if (program === "npm") return npmRun(args);
  if (program === "git") return git(args);
  if (program === "psql") {
    const [, kind = "", text = ""] = args;
    return psql(kind === "-qf" ? readFileSync(support(text), "utf8") : text);
  }
  throw new Error(`the page runs ${program}, which this test does not know`);
}

function npmRun([, script = "", , ...args]: readonly string[]): string {
  const line = scriptOf(script);
  const { stdout, stderr, status } = spawnSync(process.execPath, [...line, ...args], {
    cwd: project.folder,
    env: { ...process.env, MAIN_URL: database.dsn, NODE_NO_WARNINGS: "1" },
    encoding: "utf8",
    timeout: 120_000,
  });
  // Progress comes before what it came to.
  return shown(stderr + stdout, status ?? -1);
}

function git(args: readonly string[]): string {
  const author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  const { stdout, stderr, status } = spawnSync("git", [...author, ...args], {
    cwd: project.folder,
    encoding: "utf8",
    timeout: 30_000,
  });
  return shown(stdout + stderr, status ?? -1);
}

/** The arguments of `node` in a script of the project's package.json. */
function scriptOf(name: string): readonly string[] {
  const { scripts } = JSON.parse(project.read("package.json")) as {
    scripts: Record<string, string>;
  };
  // Behind the check of the Node version, which is the one that runs this.
  const command = (scripts[name] ?? "").split(" && ").at(-1) ?? "";
  return wordsOf(command).slice(1);
}

async function psql(text: string): Promise<string> {
  const client = new pg.Client({ connectionString: database.dsn });
  await client.connect();
  try {
    // As psql shows them: the server's own text.
    const types = { getTypeParser: () => (value: string) => value };
    const result = await client.query<string[]>({ text, rowMode: "array", types });
    const rows = Array.isArray(result) ? [] : result.rows;
    return rows.map((row) => `${row.join("|")}\n`).join("");
  } finally {
    await client.end();
  }
}

const shown = (text: string, status: number): string => {
  const plain = text
    .replaceAll(project.folder, `/${basename(project.folder)}`)
    .replaceAll(database.dsn, "$MAIN_URL")
    .trimEnd();
  return `${plain}${plain === "" ? "" : "\n"}${status === 0 ? "" : `[exit ${status}]\n`}`;
};

/** An edit of the spec, or of the file that its first line names: `--- src/data/…`. */
function edit(diff: string): void {
  const [, named, body = ""] = /^(?:--- (.*)\n)?([^]*)$/.exec(diff) ?? [];
  const path = named ?? "workloads.yaml";
  project.write(path, patched(project.read(path), body));
}

async function played(segment: Segment): Promise<Segment> {
  if (segment.language === "diff") edit(segment.text);
  if (segment.language !== "console") return segment;
  const exchanges = [];
  for (const { command } of exchangesOf(segment.text))
    exchanges.push({ command, printed: await perform(command) });
  return { ...segment, text: consoleText(exchanges) };
}

/** The page with what its commands print now. */
async function performed(page: string): Promise<string> {
  const run: Segment[] = [];
  for (const segment of segmentsOf(page)) run.push(await played(segment));
  return pageOf(run);
}

if (!usable)
  cell(proof, {
    kind: "not proven",
    why: isMissing(server) ? server.reason : "the server has no pgvector",
  });

test.skipIf(!usable)(
  "the page shows what its commands print",
  proving(proof, async () => {
    const page = readFileSync(file, "utf8");
    const now = await performed(page);
    if (update && masked(now) !== masked(page)) writeFileSync(file, now);
    else expect(masked(now)).toBe(masked(page));
  }),
  600_000,
);
