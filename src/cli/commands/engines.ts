import { engines } from "../../engines/registry.gen.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { table } from "../table.ts";

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
          row.schemes[at]?.scheme ?? "none",
        ]),
      ),
    ),
  );
  return exitCode.ok;
}
