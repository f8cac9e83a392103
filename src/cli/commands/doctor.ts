import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { engines } from "../../engines/registry.gen.ts";
import { compilerProblem } from "../compiler-check.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { addCommand, packageManager } from "../install.ts";
import { readLock } from "../lock-file.ts";
import { choose, chooseLocked, load } from "../pipeline.ts";
import { packageType } from "../package-additions.ts";
import type { Io } from "../io.ts";
import { namedDsn } from "../store-dsn.ts";
import { placeOf } from "../place.ts";
import { readUserFile } from "../../reconcile/single-file.ts";
import { sharedPackages } from "../../render/shared/project.ts";
import { extensionless } from "../../render/shared/scripts.ts";
import type { Plan } from "../../select/plan.ts";
import type { Model } from "../../spec/model.ts";
import { scriptProblem } from "../source-scripts.ts";

interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly mend?: string;
}

/** `doctor`: is everything there that the project needs to run? Connects through the project's own code, with its own drivers. */
export async function run({ io, output }: CommandContext): Promise<ExitCode> {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const lock = readLock(place);
  const plan =
    lock === undefined
      ? choose(loaded, undefined, output)
      : chooseLocked(loaded, lock.lock, output);
  const root = resolve(place.folder, loaded.model.output.package);
  const cli = join(root, loaded.model.output.dir, "cli.ts");
  const checks = [
    { what: "Node", ok: true, detail: process.version },
    lock === undefined
      ? {
          what: "lock",
          ok: false,
          detail: `${place.lock} is missing`,
          mend: "async-db-starter plan",
        }
      : { what: "lock", ok: true, detail: place.lock },
    existsSync(cli)
      ? { what: "data layer", ok: true, detail: loaded.model.output.dir }
      : {
          what: "data layer",
          ok: false,
          detail: "is not generated yet",
          mend: "async-db-starter generate",
        },
    ...moduleCheck(root, loaded.model.output.importExtension),
    ...scriptCheck(root, loaded.model.output),
    ...compilerCheck(root, loaded.model.output),
    ...buildCheck(root, loaded.model.output),
    ...packageChecks(plan, root),
  ] satisfies Check[];
  const ready = checks.every(({ ok }) => ok);
  const all: readonly Check[] = ready
    ? [...checks, ...storeChecks(runnableCli(loaded.model.output), root, io, plan)]
    : checks;
  output.document({ checks: all });
  for (const { what, ok, detail, mend } of all) {
    const line = `${ok ? output.style("green", "ok  ") : output.style("red", "fail")}  ${what}: ${detail}`;
    if (ok) output.line(line);
    else output.problem(mend === undefined ? line : `${line}; ${mend}`);
  }
  return all.every(({ ok }) => ok) ? exitCode.ok : exitCode.environment;
}

/** What is generated are ES modules: Node takes them for such unless the package says otherwise, the compiler only if it says so. */
function moduleCheck(root: string, extension: string): readonly Check[] {
  const type = packageType(readUserFile(root, "package.json") ?? "");
  const fits = type === "module" || (type === undefined && extension !== ".js");
  if (fits || extension === "") return [];
  const detail = `package.json says "type": ${JSON.stringify(type ?? "commonjs")}, and the generated code are ES modules`;
  return [{ what: "modules", ok: false, detail, mend: 'set "type": "module" in it' }];
}

function scriptCheck(root: string, output: Model["output"]): readonly Check[] {
  const problem = scriptProblem(readUserFile(root, "package.json") ?? "", output);
  return problem === undefined ? [] : [{ what: "scripts", ok: false, ...problem }];
}

function compilerCheck(root: string, output: Model["output"]): readonly Check[] {
  const problem = compilerProblem(root, output);
  return problem === undefined ? [] : [{ what: "compiler", ok: false, ...problem }];
}

/** The project's command as Node can run it: the source, or what the scripts' build makes of it. */
const runnableCli = ({ importExtension, dir }: Model["output"]): readonly string[] =>
  importExtension === ".js"
    ? [`dist/${dir}/cli.js`]
    : [
        ...(importExtension === "" ? ["--import", `./${dir}/${extensionless}`] : []),
        `${dir}/cli.ts`,
      ];

function buildCheck(root: string, output: Model["output"]): readonly Check[] {
  if (output.importExtension !== ".js") return [];
  const built = runnableCli(output).join("");
  return existsSync(join(root, built))
    ? [{ what: "build", ok: true, detail: built }]
    : [
        {
          what: "build",
          ok: false,
          detail: `${built} is missing`,
          mend: `${packageManager(root)} run build`,
        },
      ];
}

/** The packages that the generated code imports, as the project itself would resolve them. */
function packageChecks(plan: Plan, root: string): readonly Check[] {
  const project = createRequire(join(root, "package.json"));
  const used = new Set(plan.stores.map(({ engine }) => engine));
  const drivers = engines
    .filter(({ id }) => used.has(id))
    .flatMap(({ transports }) => transports.map(({ packages }) => packages));
  const own = readUserFile(root, "package.json");
  const needed: Readonly<Record<string, string>> = Object.assign({}, sharedPackages, ...drivers);
  return Object.entries(needed).map(([name, range]) =>
    isResolved(project, name)
      ? { what: "package", ok: true, detail: name }
      : {
          what: "package",
          ok: false,
          detail: `${name} is not installed`,
          // What the manifest does not name, a plain install does not bring.
          mend: namesPackage(own, name)
            ? `${packageManager(root)} install`
            : `package.json does not name it: ${addCommand(root, [`${name}@${range}`], name.startsWith("@types/"))}`,
        },
  );
}

function isResolved(project: NodeJS.Require, name: string): boolean {
  try {
    project.resolve(`${name}/package.json`);
    return true;
  } catch (error) {
    return (
      error instanceof Error && "code" in error && error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED"
    );
  }
}

const namesPackage = (manifest: string | undefined, name: string): boolean =>
  manifest?.includes(JSON.stringify(name)) === true;

/** What a store in process could not do, it says itself, with the mend: no server is to be looked for. */
function mendOfDown(variable: string, dsn: string | undefined, root: string): string | undefined {
  if (dsn !== undefined && isEmbedded(dsn)) return undefined;
  const start = existsSync(join(root, "compose.yaml"))
    ? "; docker compose up -d --wait starts those of compose.yaml"
    : "";
  return `look whether its server runs where ${variable} says${start}`;
}

function isEmbedded(dsn: string): boolean {
  const transports = engines.flatMap((engine) => engine.transports);
  return transports.some(({ scheme, embedded }) => embedded && dsn.startsWith(scheme));
}

interface StoreReport {
  readonly stores: readonly {
    readonly store: string;
    readonly state: string;
    readonly latencyMs: number;
    readonly detail?: string;
  }[];
}

/** What the project's command says instead of a report: a missing or malformed DSN. */
interface Refusal {
  readonly error: { readonly message: string; readonly hint?: string };
}

function storeChecks(
  cli: readonly string[],
  root: string,
  io: Io,
  { stores }: Plan,
): readonly Check[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--env-file-if-exists=.env", "--no-warnings", ...cli, "health", "--json"],
    {
      cwd: root,
      encoding: "utf8",
      timeout: 60_000,
    },
  );
  try {
    const report = JSON.parse(stdout) as StoreReport | Refusal;
    if ("error" in report) {
      const { message, hint } = report.error;
      return [{ what: "stores", ok: false, detail: message, mend: hint ?? "mend it in .env" }];
    }
    return report.stores.map(({ store, state, latencyMs, detail }) => {
      const variable = stores.find(({ name }) => name === store)?.env;
      const dsn = namedDsn(io, root, store);
      // A detail that names the variable says itself what to do about it.
      const unsaid = variable !== undefined && detail?.includes(variable) !== true;
      const mend = unsaid ? mendOfDown(variable, dsn, root) : undefined;
      return {
        what: `store ${store}`,
        ok: state === "up" || state === "degraded",
        detail: `${state}, ${latencyMs} ms${detail === undefined ? "" : `, ${detail}`}`,
        ...(mend !== undefined && { mend }),
      };
    });
  } catch {
    return [
      {
        what: "stores",
        ok: false,
        detail: stderr.trim() || stdout.trim() || "no answer",
        mend: "check the DSNs in .env",
      },
    ];
  }
}
