import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

interface Words {
  readonly commands: readonly {
    readonly name: string;
    readonly description: string;
    /** Its own options, names of its subcommands, and their options. */
    readonly words: readonly string[];
  }[];
  readonly globals: readonly string[];
}

const shells: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish, powershell };

/** `completion SHELL`: a script that completes commands and options; nothing is installed. */
export async function run(
  { io, output }: CommandContext,
  shell: string,
  program: Command,
): Promise<ExitCode> {
  const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (script === undefined) {
    throw new Failure(exitCode.input, `unknown shell "${shell}"`, {
      hint: `use one of: ${Object.keys(shells).join(", ")}`,
    });
  }
  const text = script(wordsOf(program));
  if (output.options.json) output.document({ shell, script: text });
  else io.out(text);
  return exitCode.ok;
}

const longOptions = (command: Command): string[] =>
  command.options.flatMap((option) => option.long ?? []);

const wordsAfter = (command: Command): readonly string[] => [
  ...new Set([
    ...command.commands.map((each) => each.name()),
    ...[command, ...command.commands].flatMap(longOptions),
  ]),
];

function wordsOf(program: Command): Words {
  return {
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      words: wordsAfter(command),
    })),
    globals: [...longOptions(program), "--help"],
  };
}

function bash({ commands, globals }: Words): string {
  const cases = commands.map(
    ({ name, words }) => `    ${name}) words="${[...words, ...globals].join(" ")}" ;;`,
  );
  return `# async-db-starter completion bash > /etc/bash_completion.d/async-db-starter
_async_db_starter() {
  local words="${[...commands.map(({ name }) => name), ...globals].join(" ")}"
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  if [ "$COMP_CWORD" -gt 1 ] || [[ "\${COMP_WORDS[COMP_CWORD]}" == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}") $(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  else
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -F _async_db_starter async-db-starter
`;
}

function zsh({ commands, globals }: Words): string {
  const list = commands.map(({ name, description }) => `    '${name}:${plain(description)}'`);
  const cases = commands.map(
    ({ name, words }) => `    ${name}) compadd -- ${[...words, ...globals].join(" ")}; _files ;;`,
  );
  return `#compdef async-db-starter
# async-db-starter completion zsh > "\${fpath[1]}/_async-db-starter"
_async_db_starter() {
  local -a commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- ${globals.join(" ")}
    return
  fi
  case "$words[2]" in
${cases.join("\n")}
  esac
}
_async_db_starter "$@"
`;
}

function fish({ commands, globals }: Words): string {
  const lines = commands.flatMap(({ name, description, words }) => [
    `complete -c async-db-starter -n __fish_use_subcommand -f -a ${name} -d '${plain(description)}'`,
    ...words.map(
      (word) =>
        `complete -c async-db-starter -n '__fish_seen_subcommand_from ${name}' ${word.startsWith("--") ? `-l ${word.slice(2)}` : `-a ${word}`}`,
    ),
  ]);
  const shared = globals.map((option) => `complete -c async-db-starter -l ${option.slice(2)}`);
  return `# async-db-starter completion fish > ~/.config/fish/completions/async-db-starter.fish
${[...lines, ...shared].join("\n")}
`;
}

function powershell({ commands, globals }: Words): string {
  const words = [...commands.map(({ name }) => name), ...globals];
  return `# async-db-starter completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName async-db-starter -ScriptBlock {
  param($word, $ast, $position)
  @(${words.map((word) => `'${word}'`).join(", ")}) | Where-Object { $_ -like "$word*" }
}
`;
}

const plain = (text: string): string => text.replaceAll("'", "").replaceAll(":", " -");
