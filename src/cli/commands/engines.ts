import { engines } from "../../engines/registry.gen.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { table } from "../table.ts";

interface Reached {
  readonly transports: readonly { readonly name: string }[];
  readonly schemes: readonly { readonly scheme: string }[];
}

/** A scheme called like a transport is that one's; all others lead to the first. */
function schemesOf({ transports, schemes }: Reached, transport: string): string {
  const named = transports.map(({ name }) => `${name}:`);
  const own = schemes.filter(({ scheme }) =>
    named.includes(scheme) ? scheme === `${transport}:` : transport === transports[0]?.name,
  );
  return own.map(({ scheme }) => scheme).join(" ") || "none";
}

/** `engines`: what is registered, with its ports and the ways to reach it. */
export async function run({ output }: CommandContext): Promise<ExitCode> {
  const rows = engines.map(({ id, title, ports, transports, dsn }) => ({
    id,
    title,
    ports,
    transports: transports.map(({ name, packages, embedded }) => ({ name, packages, embedded })),
    schemes: dsn.schemes,
  }));
  output.document({ engines: rows });
  output.line(
    table(
      ["engine", "ports", "transport", "packages", "DSN"],
      rows.flatMap((row) =>
        row.transports.map((transport, at) => [
          at === 0 ? row.title : "",
          at === 0 ? row.ports.join(", ") : "",
          `${transport.name}${transport.embedded ? " (in process)" : ""}`,
          Object.keys(transport.packages).join(", ") || "none",
          schemesOf(row, transport.name),
        ]),
      ),
    ),
  );
  return exitCode.ok;
}
