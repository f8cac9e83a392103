import { existsSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import type { CommandContext } from "../context.ts";
import { type Output, widthOf } from "../io.ts";
import { environmentText } from "../environment-file.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { installPackages, packageManager } from "../install.ts";
import { writeLock } from "../lock-file.ts";
import { lackingOptions, tellCompilerOptions } from "../compiler-options.ts";
import { nextSteps } from "../next-steps.ts";
import { additionsTo, lacksPackages, scriptsOf, tellAdditions } from "../package-additions.ts";
import { choose, load, reconcile, storable } from "../pipeline.ts";
import { placeOf } from "../place.ts";
import { presetFiles, presetNames, presetText } from "../presets.ts";
import { tellBuild } from "../source-scripts.ts";
import { rememberSpec } from "../spec-of-package.ts";
import { reportConflicts, reportFindings, reportNotes } from "../report.ts";
import { apply } from "../../reconcile/apply.ts";
import { recover } from "../../reconcile/recover.ts";
import { readUserFile, writeUserFile } from "../../reconcile/single-file.ts";
import { schemaFile } from "../../reconcile/tool-files.ts";
import { conflictsOf, type WritePlan } from "../../reconcile/write-plan.ts";
import { filesIn, type SpecFiles } from "../../spec/files.ts";
import { planText } from "../../select/explain.ts";
import { engines } from "../../engines/registry.gen.ts";
import { specJsonSchemaText } from "../../spec/json-schema.ts";
import type { Plan } from "../../select/plan.ts";

export interface InitOptions {
  readonly preset?: string;
  readonly yes: boolean;
  readonly install: boolean;
  /** The `--spec` option, when it was given: the spec to start from. */
  readonly specGiven?: string;
}

interface Start {
  readonly text: string;
  /** Further files, by path in the project. */
  readonly files: ReadonlyMap<string, string>;
  readonly origin: string;
  readonly preset?: string;
  readonly install: boolean;
  /** Nobody named the preset. */
  readonly chosen?: true;
}

const specFile = "workloads.yaml";

/** What a project starts from when nobody says. */
const firstPreset = "shop";

/** `init [dir]`: a spec, its plan, the generated data layer, and the packages it needs. */
export async function run(
  { io, output }: CommandContext,
  dir: string,
  options: InitOptions,
): Promise<ExitCode> {
  const root = resolve(io.cwd, output.options.cwd, dir);
  const start = await startOf(root, io.cwd, options, io.interactive);
  if (start === undefined) return exitCode.ok;
  if (start.chosen === true)
    output.line(
      `No --preset and no ${specFile}: this is ${start.origin} (there are: ${presetNames().join(", ")}). Another one begins in a folder without ${specFile}: --preset NAME, or --spec FILE for a spec of your own.\n`,
    );
  const told = options.specGiven === undefined;
  if (!told) judge(resolve(io.cwd, options.specGiven), io, output);
  refuseOtherSpec(root, start);
  const place = placeOf(io, { cwd: root, spec: specFile });
  const loaded = load(place, told ? output : silent(output), withSpec(root, start.text));
  const plan = choose(loaded, undefined, output);
  recover(resolve(root, loaded.model.output.package));
  const { files, writePlan, root: target } = reconcile(place, loaded, plan, output);
  if (writePlan.findings.length > 0) return reportFindings(writePlan.findings, output);
  const report = apply(withoutOwn(writePlan, start), target);
  if (report.outcome === "refused") return reportFindings(report.findings, output);
  writeUserFile(root, specFile, start.text);
  for (const [path, text] of start.files) {
    if (readUserFile(root, path) === undefined) writeUserFile(root, path, text);
  }
  writeLock(place, plan);
  writeUserFile(root, schemaFile, specJsonSchemaText());
  rememberSpec(target, place);
  if (readUserFile(target, ".env") === undefined)
    writeUserFile(target, ".env", environmentText(files, served(plan)));
  if (!ignoresEnvironment(readUserFile(target, ".gitignore") ?? ""))
    output.problem(
      "note: .gitignore does not keep .env out, which holds DSNs with passwords; add the line .env",
    );
  const notes = writePlan.notes.filter(({ path }) => !start.files.has(path));
  reportNotes(notes, output);
  output.line(planText(plan, engines, widthOf(io)).trimEnd());
  output.line(`\n${report.created.length} files written to ${relative(io.cwd, target) || "."}`);
  const additions = additionsTo(target, files);
  const compilerOptions = lackingOptions(target, files);
  output.document({
    directory: target,
    spec: specFile,
    ...(start.preset === undefined ? {} : { preset: start.preset }),
    plan,
    created: report.created,
    ...(additions === undefined ? {} : { packageJsonLacks: additions }),
    ...(compilerOptions === undefined ? {} : { compilerOptionsLack: compilerOptions }),
  });
  if (additions !== undefined) tellAdditions(additions, output);
  if (compilerOptions !== undefined) tellCompilerOptions(compilerOptions, output);
  tellBuild(target, loaded.model.output, true, output);
  // What package.json does not name yet, an install would not bring.
  const installed = start.install && !lacksPackages(additions);
  if (installed) await installPackages(target, output);
  const fresh = files.find(({ path }) => path === "package.json")?.content;
  const steps = nextSteps({
    folder: relative(io.cwd, target),
    manager: packageManager(target),
    installed,
    merge: [
      ...(additions === undefined ? [] : ["package.json"]),
      ...(compilerOptions === undefined ? [] : ["tsconfig.json"]),
    ],
    scripts: scriptsOf(String(fresh)),
    own: scriptsOf(readUserFile(target, "package.json") ?? ""),
    servers: served(plan),
  });
  output.line(`\nNext:\n${steps.map((step) => `  ${step}`).join("\n")}`);
  const conflicts = conflictsOf(writePlan.actions);
  return conflicts.length === 0 ? exitCode.ok : reportConflicts(conflicts, output);
}

/** What to start from: options first, then a spec that is already there, then questions. Undefined when the user cancels. */
async function startOf(
  root: string,
  cwd: string,
  options: InitOptions,
  interactive: boolean,
): Promise<Start | undefined> {
  const { preset, specGiven, install } = options;
  if (preset !== undefined && specGiven !== undefined) {
    throw new Failure(exitCode.input, "--preset and --spec are two answers to one question", {
      hint: "give one of them",
    });
  }
  if (preset !== undefined) return { ...fromPreset(preset), install };
  const present = existsSync(root) ? readUserFile(root, specFile) : undefined;
  if (specGiven !== undefined) return { ...fromFile(resolve(cwd, specGiven), present), install };
  if (present !== undefined) return { text: present, origin: specFile, files: new Map(), install };
  if (options.yes) return { ...fromPreset(firstPreset), install, chosen: true };
  if (!interactive) {
    throw new Failure(exitCode.input, "init asks questions, and this is no terminal", {
      hint: `answer by options: --preset ${presetNames().join("|")} --yes, or --spec FILE --yes`,
    });
  }
  const { askStart } = await import("../questions.ts");
  const answer = await askStart(presetNames(), install, packageManager(root));
  return answer === undefined
    ? undefined
    : { ...fromPreset(answer.preset), install: answer.install };
}

function fromPreset(name: string): Omit<Start, "install"> {
  const text = presetText(name);
  if (text !== undefined)
    return { text, origin: `preset ${name}`, preset: name, files: presetFiles(name) };
  throw new Failure(exitCode.input, `there is no preset "${name}"`, {
    hint: `presets: ${presetNames().join(", ")}`,
  });
}

/** @param present what lies in its place already: the same spec stays as it is */
function fromFile(path: string, present: string | undefined): Omit<Start, "install"> {
  const folder = resolve(path, "..");
  const text = existsSync(folder) ? readUserFile(folder, basename(path)) : undefined;
  if (text !== undefined)
    return { text: text === present ? text : withSchema(text), origin: path, files: new Map() };
  throw new Failure(exitCode.input, `${path} does not exist`, {
    hint: "check the path, or start with --preset shop",
  });
}

/** The spec with the line by which editors find its schema. */
function withSchema(text: string): string {
  if (text.includes("yaml-language-server")) return text;
  const [, mark = "", rest = ""] = /^(\uFEFF?)([^]*)$/.exec(text) ?? [];
  const end = /^[^\n]*\r\n/.test(rest) ? "\r\n" : "\n";
  return `${mark}# yaml-language-server: $schema=./${schemaFile}${end}${rest}`;
}

/** A spec from elsewhere is judged where it lies, before anything is written. @throws Failure 2 */
function judge(path: string, io: CommandContext["io"], output: CommandContext["output"]): void {
  const loaded = load(placeOf(io, { cwd: io.cwd, spec: path }), output);
  if (loaded.sources.length > 1) {
    throw new Failure(exitCode.input, `${path} is made of ${loaded.sources.length} files`, {
      hint: `copy them to the new project together, and run init there without --spec`,
    });
  }
  storable(loaded, choose(loaded, undefined, output), output);
}

/** A spec of the user's is never overwritten, not even by a better one. @throws Failure 2 */
function refuseOtherSpec(root: string, { text, origin }: Start): void {
  const present = existsSync(root) ? readUserFile(root, specFile) : undefined;
  if (present === undefined || present === text) return;
  throw new Failure(exitCode.input, `${specFile} is already there and is not ${origin}`, {
    hint: "run init without --preset and --spec to start from it, or choose another folder",
  });
}

/** The files of a folder as if the spec lay there already. */
function withSpec(root: string, text: string): SpecFiles {
  const disk = filesIn(root);
  return { ...disk, readSpec: () => ({ bytes: new TextEncoder().encode(text) }) };
}

/** For a spec whose warnings were told where it lies. */
const silent = (output: Output): Output => ({ ...output, problem: () => {} });

/** The files that the preset brings are the user's from the start; the plan would make others in their place. */
const withoutOwn = (plan: WritePlan, { files }: Start): WritePlan => ({
  ...plan,
  actions: plan.actions.filter(({ kind, path }) => kind !== "create" || !files.has(path)),
});

const ignoresEnvironment = (rules: string): boolean =>
  rules
    .split(/\r?\n/)
    .some((rule) => /^(?:\*\*)?\/?(?:\.env|\.env\*|\*\.env|\.env\.\*)$/.test(rule.trim()));

/** Variables of the stores that run in no process of their own. */
const served = ({ stores }: Plan): readonly string[] =>
  stores.flatMap(({ name, env, engine }) =>
    env === undefined || engines.find(({ id }) => id === engine)?.dsn.embedded?.(name) !== undefined
      ? []
      : [env],
  );
