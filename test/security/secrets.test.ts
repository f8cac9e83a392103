// S8 of anchors/reliability.md: a password in a DSN, in every form it may take, never reaches an output: of the generator's commands, of
// the generated project's, of its errors, of any file written.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engines } from "../../src/engines/registry.gen.ts";
import { isMissing, privateServer, type PrivateServer } from "../engines/servers.ts";
import { notProven, proving } from "../support/closing-table.ts";
import { cli, generateProject } from "../support/generated-project.ts";

/** Holds what a URL must escape, so that raw, escaped and encoded forms differ. */
const secret = "S3nt/inel@p:ss w%rd";
const escaped = encodeURIComponent(secret);
const forms = [
  secret,
  escaped,
  escaped.replaceAll("%2F", "%2f").replaceAll("%3A", "%3a"),
  Buffer.from(secret).toString("base64"),
  Buffer.from(secret).toString("base64url"),
  Buffer.from(secret).toString("hex"),
  "S3nt/inel",
  "S3nt%2Finel",
  "p:ss w",
  "p%3Ass",
];

/** Fails with the output's name and the form, not with the output. */
function clean(where: string, text: string): void {
  const found = forms.filter((form) => text.includes(form));
  expect({ where, found }).toEqual({ where, found: [] });
}

const spec = `version: 1
project: secrets
stores: { hosting: self-managed }
entities:
  Note:
    fields:
      id: { type: string, max: 40, key: true }
      text: { type: text }
workloads:
  notes: { kind: transactional, entities: [Note], access: { Note: { get: {}, add: { op: insert } } } }
  note-cache: { kind: cache, from: Note, scale: { processes: 4 } }
`;

/** What a store calls its database. */
const databaseOf = (scheme: string): string => (scheme === "redis" ? "0" : "db");

/** DSNs that fail, each in its own way, by the scheme of the store. */
const failing = (scheme: string): Readonly<Record<string, string>> => ({
  unreachable: `${scheme}://app:${escaped}@127.0.0.1:9/${databaseOf(scheme)}`,
  "unknown host": `${scheme}://app:${escaped}@no-such-host.invalid/${databaseOf(scheme)}`,
  "secret not escaped": `${scheme}://app:${secret}@127.0.0.1:9/db`,
  "unknown parameter": `${scheme}://app:${escaped}@127.0.0.1:9/db?frobnicate=1`,
  "secret as parameter": `${scheme}://app@127.0.0.1:9/db?password=${escaped}`,
  "secret as unknown parameter": `${scheme}://app@127.0.0.1:9/db?token=${escaped}`,
  "secret as port": `${scheme}://app@127.0.0.1:${escaped}/db`,
  "secret as scheme": `${escaped}://127.0.0.1`,
  "unknown scheme": `oracle://app:${escaped}@127.0.0.1/db`,
  "half a host": `${scheme}://app:${escaped}@[::1/db`,
  "no host": `${scheme}://app:${escaped}@`,
});

interface Layer {
  readonly notes: { get(id: string): Promise<unknown>; add(note: object): Promise<unknown> };
  readonly health: { ready(): Promise<unknown> };
  close(): Promise<void>;
}

interface Module {
  configFromEnv(env: Readonly<Record<string, string>>): object;
  openDataLayer(config: object): Layer;
}

const project = await generateProject("secrets", spec);
const data = await project.load<Module>("src/data/index.ts");
afterAll(() => project.remove());

interface StoreInPlan {
  readonly engine: string;
  readonly env: string;
}

/** The stores that were chosen for the spec, each with the variable of its DSN and a scheme it takes. */
const { stdout: dumped } = await cli(project.folder, "--dump", "plan", "plan");
const stores = (JSON.parse(dumped) as { stores: readonly StoreInPlan[] }).stores.map((store) => {
  const schemes = engines.find(({ id }) => id === store.engine)?.dsn.schemes ?? [];
  return { ...store, scheme: schemes[0]?.scheme.replace(":", "") ?? "" };
});
const harmless = Object.fromEntries(
  stores.map(({ env, scheme }) => [env, `${scheme}://127.0.0.1:9/0`]),
);

/** The project's own command with these DSNs. */
function db(env: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "src/data/cli.ts", ...args],
    { cwd: project.folder, encoding: "utf8", env: { PATH: process.env["PATH"] ?? "", ...env } },
  );
  expect(status, args.join(" ")).not.toBe(0);
  expect(stdout + stderr).not.toBe("");
  return stdout + stderr;
}

/** Everything that a logger could make of an error. */
function allOf(error: unknown): string {
  const shown = [inspect(error, { depth: 10, showHidden: true }), String(error)];
  for (let at = error; at instanceof Error; at = at.cause)
    shown.push(at.message, at.stack ?? "", JSON.stringify(at), JSON.stringify({ ...at }));
  return shown.join("\n");
}

/** What opening and using the layer throws and shows. */
async function used(env: Readonly<Record<string, string>>): Promise<string> {
  const shown: string[] = [];
  const caught = async (body: () => unknown): Promise<unknown> => {
    try {
      const value = await body();
      shown.push(inspect(value, { depth: 10 }));
      return value;
    } catch (error) {
      shown.push(allOf(error));
      return undefined;
    }
  };
  const config = (await caught(() => data.configFromEnv(env))) as object | undefined;
  if (config === undefined) return shown.join("\n");
  shown.push(JSON.stringify(config));
  const layer = (await caught(() =>
    data.openDataLayer({ ...config, lifecycle: { signals: false } }),
  )) as ReturnType<typeof data.openDataLayer> | undefined;
  if (layer === undefined) return shown.join("\n");
  shown.push(inspect(layer, { depth: 10, showHidden: true }));
  await caught(() => layer.notes.get("a"));
  await caught(() => layer.notes.add({ id: "a", text: "b" }));
  await caught(() => layer.health.ready());
  await caught(() => layer.close());
  return shown.join("\n");
}

test("the spec needs two servers", () => {
  expect(stores.map(({ env }) => env).toSorted()).toEqual(["CACHE_URL", "MAIN_URL"]);
});

/** What a fresh process is started for; how each DSN is parsed is seen in this one. */
const alsoAsCommand = new Set(["unreachable", "secret not escaped", "secret as unknown parameter"]);

describe.each(stores)("$env", ({ env: variable, scheme }) => {
  test.each(Object.entries(failing(scheme)))(
    "%s: no command and no error shows the secret",
    async (name, dsn) => {
      const env = { ...harmless, [variable]: dsn };
      clean(`${name}: errors`, await used(env));
      if (!alsoAsCommand.has(name)) return;
      clean(`${name}: health`, db(env, "health", "--json"));
      if (variable === "MAIN_URL") clean(`${name}: migrate up`, db(env, "migrate", "up"));
    },
    60_000,
  );
});

test("the generator's commands and files never show what .env holds", async () => {
  const lines = stores.map(({ env, scheme }) => `${env}=${scheme}://app:${escaped}@127.0.0.1:9/db`);
  project.write(".env", `${lines.join("\n")}\n`);
  const commands = [
    ["plan"],
    ["explain", "notes"],
    ["generate"],
    ["generate", "--diff"],
    ["check"],
    ["doctor"],
    ["init", "--yes", "--no-install"],
    ["--dump", "files", "generate"],
  ];
  for (const command of commands) {
    for (const flags of [[], ["--json"]]) {
      const { stdout, stderr } = await cli(project.folder, ...flags, ...command);
      clean(command.join(" "), stdout + stderr);
    }
  }
  for (const entry of readdirSync(project.folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== ".env") clean(path, readFileSync(path, "utf8"));
  }
}, 60_000);

describe.each(stores)("wrong password on a real server of $engine", ({ engine, env: variable }) => {
  const of = { port: "secrets", engine };
  let server: PrivateServer | undefined;
  beforeAll(async () => {
    const started = await privateServer(engine, { password: "the-right-one" });
    if (isMissing(started)) notProven(of, ["wrong password"], started.reason);
    else server = started;
  });
  afterAll(() => server?.stop());

  test("is refused without showing either password", async (context) => {
    if (server === undefined) return context.skip();
    await proving({ ...of, method: "wrong password" }, async () => {
      const env = { ...harmless, [variable]: wrongPassword(server?.dsn ?? "") };
      for (const text of [db(env, "health", "--json"), await used(env)]) {
        clean(`wrong password on ${engine}`, text);
        expect(text.includes("the-right-one")).toBe(false);
      }
    })();
  }, 60_000);
});

function wrongPassword(dsn: string): string {
  const url = new URL(dsn);
  url.password = escaped;
  return url.href;
}
