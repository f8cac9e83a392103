import { parseArgs } from "node:util";

export const usage = `usage: migrate up [--to ID] [--contract [ID]] [--dry-run]
       migrate down [--to ID] [--allow-destructive ID]
       migrate status | plan | verify
       migrate deploy-check [--running ID]
       migrate accept ID
       migrate partitions [--ahead N]
       views status | rebuild NAME [--fresh] | bench NAME
       health [ready|startup]
       each with [--store NAME] [--json]`;

/** What the command line asks for. */
export interface CommandOptions {
  readonly store?: string | undefined;
  readonly json: boolean;
  readonly to?: string | undefined;
  /** All contract migrations, or those named. */
  readonly contract: boolean | readonly string[];
  readonly dryRun: boolean;
  readonly allowDestructive: readonly string[];
  readonly running?: string | undefined;
  /** Periods for which `migrate partitions` makes partitions, after the one that has begun. */
  readonly ahead?: number | undefined;
  /** `views rebuild` begins anew, whoever is at it. */
  readonly fresh: boolean;
  /** The migration of `migrate accept`, the view of `views rebuild` and `views bench`. */
  readonly id?: string | undefined;
}

export interface ParsedCommand {
  /** `migrate up` */
  readonly name: string;
  readonly options: CommandOptions;
}

/** What each command takes beside `--store` and `--json`. */
const taken: ReadonlyMap<string, readonly string[]> = new Map([
  ["migrate up", ["to", "contract", "dry-run"]],
  ["migrate plan", ["to", "contract"]],
  ["migrate down", ["to", "allow-destructive"]],
  ["migrate status", []],
  ["migrate verify", []],
  ["migrate deploy-check", ["running"]],
  ["migrate accept", ["id"]],
  ["migrate partitions", ["ahead"]],
  ["views status", []],
  ["views rebuild", ["id", "fresh"]],
  ["views bench", ["id"]],
  ["health", []],
  ["health ready", []],
  ["health startup", []],
]);

const options = {
  json: { type: "boolean" },
  store: { type: "string" },
  to: { type: "string" },
  contract: { type: "string", multiple: true },
  "dry-run": { type: "boolean" },
  "allow-destructive": { type: "string", multiple: true },
  running: { type: "string" },
  ahead: { type: "string" },
  fresh: { type: "boolean" },
} as const;

/** What stands behind an option or a command that does not stand alone. */
const needed: Readonly<Record<string, string>> = {
  "--store": "the name of a store",
  "--to": "the id of a migration",
  "--allow-destructive": "the id of a migration",
  "--running": "the id of a migration",
  "--ahead": "a number of periods",
  "migrate accept": "the id of a migration",
  "views rebuild": "the name of a view",
  "views bench": "the name of a view",
};

/** What is wrong with arguments that are no command, in one line; undefined where the usage alone tells. */
export function wrongPart(argv: readonly string[]): string | undefined {
  return unknownWord(argv) ?? lackingOption(argv) ?? misplaced(argv);
}

/** The first word that no command has: an option, or the command itself. */
function unknownWord(argv: readonly string[]): string | undefined {
  const option = argv
    .flatMap((argument) => /^--[^=]+/.exec(argument)?.[0] ?? [])
    .find((each) => !Object.hasOwn(options, each.slice(2)));
  if (option !== undefined) return `unknown option ${option}`;
  const [first = "", second = ""] = argv;
  const isCommand = [...taken.keys()].some(
    (name) => name === first || name === `${first} ${second}` || second.startsWith("-"),
  );
  return isCommand || first === "" || first.startsWith("-")
    ? undefined
    : `unknown command ${`${first} ${second}`.trimEnd()}`;
}

/** An option that stands without what it needs, or with something else. */
function lackingOption(argv: readonly string[]): string | undefined {
  for (const [index, argument] of argv.entries()) {
    const [option = "", value = argv[index + 1]] = argument.split("=", 2);
    const what = option.startsWith("--") ? needed[option] : undefined;
    if (what === undefined) continue;
    if (value === undefined || value.startsWith("-") || !fitsOption(option, value))
      return `${option} needs ${what}`;
  }
  return undefined;
}

const fitsOption = (option: string, value: string): boolean =>
  option !== "--ahead" || isAhead(value);

const isAhead = (value: string): boolean => /^\d{1,4}$/.test(value);

/** What a command that is one does not take, or lacks. */
function misplaced(argv: readonly string[]): string | undefined {
  const { positionals, values } = parseArgs({
    args: contractNamed(argv),
    allowPositionals: true,
    strict: false,
    options,
  });
  const name = positionals.slice(0, 2).join(" ");
  const known = taken.get(name);
  if (known === undefined) return undefined;
  const option = Object.keys(values).find((each) => !["json", "store", ...known].includes(each));
  if (option !== undefined) return `${name} takes no --${option}`;
  const rest = positionals.slice(2);
  const takesId = known.includes("id");
  if (takesId && rest.length === 0) return `${name} needs ${needed[name] ?? "a name"}`;
  const more = rest[takesId ? 1 : 0];
  return more === undefined ? undefined : `${name} takes no ${more}`;
}

/** Undefined for anything that the usage does not name. */
export function parseCommand(argv: readonly string[]): ParsedCommand | undefined {
  try {
    const { positionals, values } = parseArgs({
      args: contractNamed(argv),
      allowPositionals: true,
      options,
    });
    const name = positionals.slice(0, 2).join(" ");
    const [id, ...more] = positionals.slice(2);
    const given = [...Object.keys(values), ...(id === undefined ? [] : ["id"])];
    const known = taken.get(name);
    const fits = given.every((each) => ["json", "store", ...(known ?? [])].includes(each));
    if (known === undefined || !fits || more.length > 0) return undefined;
    if (known.includes("id") && id === undefined) return undefined;
    const { json = false, store, to, running, ahead, contract = [] } = values;
    if (ahead !== undefined && !isAhead(ahead)) return undefined;
    return {
      name,
      options: {
        store,
        json,
        to,
        running,
        ...(ahead !== undefined && { ahead: Number(ahead) }),
        id,
        contract: contract.includes(everyOne) ? true : contract,
        fresh: values.fresh ?? false,
        dryRun: values["dry-run"] ?? false,
        allowDestructive: values["allow-destructive"] ?? [],
      },
    };
  } catch {
    return undefined;
  }
}

/** No id: a file's name cannot hold it. */
const everyOne = "*";

/** `--contract` stands alone or before an id, which `parseArgs` has no option for. */
function contractNamed(argv: readonly string[]): string[] {
  return argv.map((argument, index) => {
    if (argument !== "--contract") return argument;
    const next = argv[index + 1];
    return next === undefined || next.startsWith("-") ? `--contract=${everyOne}` : argument;
  });
}
