/** Where the server's program is found, or how it is brought here. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall, aptUsable } from "../apt.ts";

export interface Binary {
  readonly path: string;
  readonly origin: string;
}

/** @throws when it is not on PATH and cannot be installed here. */
export async function findBinary(): Promise<Binary> {
  const present = onPath();
  if (present) return present;
  if (!(await aptUsable()))
    throw new Error("redis-server is not on PATH, and only root on Debian can have it installed");
  await aptInstall(["redis-tools"]);
  const installed = onPath();
  if (installed) return installed;
  throw new Error("Debian package redis-tools holds no server");
}

/**
 * Debian's redis-tools holds the server's program under the name of its check tool: it decides by the name that it is
 * called by. The package redis-server would add a service on the well-known port, which no test wants.
 */
function onPath(): Binary | undefined {
  const server = which("redis-server");
  if (server) return { path: server, origin: "redis-server on PATH" };
  const tools = which("redis-check-rdb");
  return tools ? { path: tools, origin: "Debian package redis-tools" } : undefined;
}

function which(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find(executable);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
