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

/** What the first word is that no command has: an option, or the command itself; undefined where the usage alone tells. */
export function unknownWord(argv: readonly string[]): string | undefined {
  const named = argv.flatMap((argument) => /^--[^=]+/.exec(argument)?.[0] ?? []);
  const option = named.find((each) => !Object.hasOwn(options, each.slice(2)));
  if (option !== undefined) return `unknown option ${option}`;
  const [first = "", second = ""] = argv;
  const isCommand = [...taken.keys()].some(
    (name) => name === first || name === `${first} ${second}` || second.startsWith("-"),
  );
  return isCommand || first === "" || first.startsWith("-")
    ? undefined
    : `unknown command ${`${first} ${second}`.trimEnd()}`;
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
    if (ahead !== undefined && !/^\d{1,4}$/.test(ahead)) return undefined;
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
