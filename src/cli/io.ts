import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Where a command writes and what it knows of its surroundings; tests give their own. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly interactive: boolean;
  /** Columns of the terminal; 120 where there is none. */
  readonly columns?: number;
  out(text: string): void;
  err(text: string): void;
}

/** Columns that a table may take. */
export const widthOf = ({ columns }: Io): number => Math.max(80, columns ?? 120);

/** Options every command takes. */
export interface GlobalOptions {
  readonly spec: string;
  readonly cwd: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly dump?: string;
}

/** What a command prints through: text for people, or exactly one JSON document. */
export interface Output {
  readonly options: GlobalOptions;
  /** A line for people; silent under `--quiet` and `--json`. */
  line(text?: string): void;
  /** A problem or finding, on stderr; silent under `--json`, where it belongs to the document. */
  problem(text: string): void;
  /** The one document of `--json`; ignored otherwise. */
  document(value: unknown): void;
  style(style: Style, text: string): string;
}

/** @param io surroundings; @param options what the user asked for */
export function createOutput(io: Io, options: GlobalOptions): Output {
  return {
    options,
    line: (text = "") => {
      if (!options.quiet && !options.json) io.out(`${text}\n`);
    },
    problem: (text) => {
      if (!options.json) io.err(`${text}\n`);
    },
    document: (value) => {
      if (options.json) io.out(`${JSON.stringify(value, null, 2)}\n`);
    },
    style: (style, text) =>
      options.color ? styleText(style, text, { validateStream: false }) : text,
  };
}

/** Colour is on for a terminal, off under `--no-color`, NO_COLOR (no-color.org) or a pipe; FORCE_COLOR turns it on. */
export function wantsColor(flag: boolean, env: Io["env"], isTerminal: boolean): boolean {
  if (!flag || (env["NO_COLOR"] ?? "") !== "") return false;
  return isTerminal || (env["FORCE_COLOR"] ?? "") !== "";
}
