import { Command, CommanderError, Option } from "commander";
import type { GlobalOptions } from "./io.ts";
import type { CommandContext } from "./context.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import { presetNames } from "./presets.ts";

/** Runs one command; each is imported only when it is called. */
export type Run = (
  load: () => Promise<{ run(context: CommandContext, ...values: never[]): Promise<ExitCode> }>,
  values: readonly unknown[],
) => Promise<void>;

const stages = ["model", "plan", "ir", "files", "write-plan"];

/** The command line: names, arguments, options and help; no behaviour. */
export function createProgram(version: string, run: Run): Command {
  const program = new Command("async-db-starter")
    .description(
      "Reads a workload spec, selects a datastore for each workload with a stated reason, and generates a typed, tested, asynchronous repository layer.",
    )
    .version(version, "-V, --version")
    .option("--spec <file>", "the workload spec", "workloads.yaml")
    .option("--cwd <dir>", "run as if started in this folder", ".")
    .option("--json", "one JSON document on stdout, nothing else", false)
    .option("--quiet", "only problems", false)
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addOption(
      new Option("--dump <stage>", "print a stage of the pipeline as JSON").choices(stages),
    )
    .showSuggestionAfterError(true)
    .showHelpAfterError("(try: async-db-starter --help)")
    .exitOverride();

  program
    .command("init")
    .argument("[dir]", "new project, or an existing package", ".")
    .option("--preset <name>", `start from a preset: ${presetNames().join(", ")}`)
    .option("--yes", "no questions", false)
    .option("--no-install", "do not run the package manager")
    .description(
      "start a project, or add a data layer to an existing package (--spec: from this spec)",
    )
    .action((dir, options) => {
      const given =
        program.getOptionValueSource("spec") === "cli" ? program.opts().spec : undefined;
      return run(() => import("./commands/init.ts"), [dir, { ...options, specGiven: given }]);
    });
  program
    .command("plan")
    .option("--accept", "write a changed decision into the lock", false)
    .option(
      "--what-if <path=value>",
      "decide again with another value, write nothing (repeatable)",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .description("decide and explain; writes a missing lock")
    .action((options) => run(() => import("./commands/plan.ts"), [options]));
  program
    .command("explain")
    .argument("<workload>")
    .description("why this store, why not each other, what would flip it")
    .action((workload) => run(() => import("./commands/explain.ts"), [workload]));
  program
    .command("generate")
    .option("--dry-run", "list what would change, write nothing", false)
    .option("--diff", "show what would change as a unified diff, write nothing", false)
    .option("--restore <path...>", "make generated files again that you deleted")
    .description("spec + lock → files")
    .action((options) => run(() => import("./commands/generate.ts"), [options]));
  program
    .command("check")
    .option("--runtime", "also name edited and outdated files of the runtime", false)
    .option(
      "--strict",
      "also exit 1 for generated files that you deleted, moved or changed by hand",
      false,
    )
    .description("for CI: write nothing, exit 1 with the diff when code and spec differ")
    .action((options) => run(() => import("./commands/check.ts"), [options]));
  addMigrate(program, run);
  program
    .command("compat")
    .requiredOption("--against <rev>", "the branch, tag or commit to compare with")
    .addOption(
      new Option("--max <step>", "exit 1 when the change asks for a bigger version step").choices([
        "patch",
        "minor",
        "major",
      ]),
    )
    .description("what the change of the spec breaks or adds, and the semantic version it asks for")
    .action((options) => run(() => import("./commands/compat.ts"), [options]));
  program
    .command("doctor")
    .description("check Node, packages, DSNs and every store of the project")
    .action(() => run(() => import("./commands/doctor.ts"), []));
  program
    .command("engines")
    .description("the engines, their ports and transports")
    .action(() => run(() => import("./commands/engines.ts"), []));
  program
    .command("schema")
    .option("--types", "the field types in short", false)
    .description("JSON Schema of the spec, for editors")
    .action((options) => run(() => import("./commands/schema.ts"), [options]));
  program
    .command("completion")
    .argument("<shell>", "bash, zsh, fish or powershell")
    .description("shell completion script")
    .action((shell) => run(() => import("./commands/completion.ts"), [shell, program]));
  return program;
}

/** Of an option that may be given several times. */
const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

function addMigrate(program: Command, run: Run): void {
  const migrate = program
    .command("migrate")
    .description("follow a change of the spec: write, judge and try its migrations");
  migrate
    .command("diff")
    .argument("[name]", "what the change is called: add-note")
    .option("--store <name>", "only this store")
    .option("--direct", "each step at once, for a store that stands still meanwhile")
    .option("--dry-run", "show the migrations, write nothing")
    .option("--allow-destructive <what>", "lose this column or table (repeatable)", collect)
    .option(
      "--set <column=expression>",
      "fills a new required column: orders.note=\"''\" (repeatable)",
      collect,
    )
    .option(
      "--rebuild-snapshot",
      "no migration: write the snapshot anew that a merge has damaged, if the migrations make what the spec says",
    )
    .option("--dsn <dsn>", "for that: an empty store to be thrown away (default: an embedded one)")
    .description("write the migrations from what is there to what the spec says")
    .addHelpText(
      "after",
      "\nTo withdraw what no store has applied yet, bring both folders back by git:\n  git restore migrations/STORE .async-db-starter/schema/STORE\n  git clean -fd migrations/STORE .async-db-starter/schema/STORE",
    )
    .action((name, options) => run(() => import("./commands/migrate/diff.ts"), [name, options]));
  migrate
    .command("lint")
    .argument("[id...]", "migrations to judge; by default those of the newest change")
    .option("--store <name>", "only this store")
    .option("--since <id>", "all that this one does not stand on")
    .option("--all", "every migration")
    .description("judge what migrations do to those who use the store meanwhile")
    .action((ids, options) =>
      run(() => import("./commands/migrate/lint.ts"), [{ ...options, ids }]),
    );
  migrate
    .command("rehearse")
    .argument("[change]", "name or id of a change; by default the newest")
    .option("--store <name>", "only this store")
    .option("--rows <count>", "generated rows per table (default: 1000)")
    .option("--dsn <dsn>", "an empty store to be thrown away (default: an embedded one)")
    .option("--all", "every change, one after the other")
    .option("--against <revision>", "the changes that this git revision has not")
    .description("run a change up, down and up again over generated rows, and compare")
    .action((change, options) =>
      run(() => import("./commands/migrate/rehearse.ts"), [change, options]),
    );
  migrate
    .command("baseline")
    .argument("[dsn]", "the live store; by default that of --store in .env")
    .option("--store <name>", "what the store is called in the spec (default: main)")
    .option("--out <file>", "the spec to write (default: that of --spec)")
    .option("--except <table>", "a table that becomes no entity; once for each", collect)
    .description("adopt a live schema: a spec, a snapshot and a ledger entry; nothing else changes")
    .action((dsn, options) =>
      run(() => import("./commands/migrate/baseline.ts"), [{ ...options, dsn }]),
    );
}

/** Parses and runs; commander's own complaints become exit status 2. */
export async function parse(
  program: Command,
  argv: readonly string[],
): Promise<ExitCode | undefined> {
  try {
    await program.parseAsync([...argv], { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.input;
    throw error;
  }
}

export type { GlobalOptions };
