import { parseEnv } from "node:util";
import { isDataError } from "../../templates/runtime/errors.ts";
import { type Dsn, parseDsn } from "../../templates/runtime/dsn.ts";
import type { EngineDescriptor } from "../engines/engine.ts";
import { storeVariable } from "../ir/names.ts";
import { readUserFile } from "../reconcile/single-file.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";

/** What the environment, or else the package's `.env`, says of a store's DSN. */
export function namedDsn(io: Io, root: string, store: string): string | undefined {
  const variable = storeVariable(store);
  const own = parseEnv(readUserFile(root, ".env") ?? "");
  const text = io.env[variable] ?? own[variable];
  return text === "" ? undefined : text;
}

/** The same. @throws Failure 2 when neither has it */
export function dsnOfStore(io: Io, root: string, store: string): string {
  const text = namedDsn(io, root, store);
  if (text !== undefined) return text;
  const variable = storeVariable(store);
  throw new Failure(exitCode.input, `${variable} is not set`, {
    hint: `set it to the DSN of store ${store}, in the environment or in .env, or give the DSN itself`,
  });
}

/** The engine that a DSN's scheme belongs to. @throws Failure 2 for a scheme that none has */
export function engineOfDsn(text: string, engines: readonly EngineDescriptor[]): EngineDescriptor {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0].toLowerCase();
  const found = engines.find(({ dsn }) => dsn.schemes.some((each) => each.scheme === scheme));
  if (found !== undefined) return found;
  const known = engines.flatMap(({ dsn }) => dsn.schemes.map((each) => each.scheme));
  throw new Failure(exitCode.input, "the DSN has the scheme of no engine", {
    hint: `schemes: ${known.join(" ")}`,
  });
}

/** @throws Failure 2 naming what is wrong with it, and no part of it */
export function parsedDsn(text: string, engine: EngineDescriptor): Dsn {
  try {
    return parseDsn(text, engine.dsn);
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new Failure(exitCode.input, error.message, {
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}
