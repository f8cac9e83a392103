/** MariaDB's program from Debian's packages, or from PATH. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall, aptUsable } from "../apt.ts";
import { installOnce } from "../cache.ts";
import { run } from "../command.ts";
import type { Build } from "../mysql/start.ts";

/** @throws with the reason where it cannot be had */
export async function debianBuild(): Promise<Build> {
  const command = (await program()) ?? "";
  const version = /(\d+\.\d+\.\d+)-MariaDB/.exec(await run(command, ["--version"]))?.[1];
  if (version === undefined) throw new Error(`${command} is no MariaDB`);
  const data = await installOnce(`mariadb-data-${version}`, async (folder) => {
    const fresh = ["--no-defaults", `--datadir=${join(folder, "data")}`, "--user=root"];
    const plain = ["--auth-root-authentication-method=normal", "--skip-test-db"];
    await run("mariadb-install-db", [...fresh, ...plain]);
  });
  return {
    engine: "mariadb",
    origin: "Debian package mariadb-server-core",
    command,
    args: ["--no-defaults"],
    data: join(data, "data"),
    settings: {},
  };
}

/** Not the package mariadb-server, which would add a service on the well-known port. */
async function program(): Promise<string | undefined> {
  const present = onPath();
  if (present !== undefined) return present;
  if (!(await aptUsable()))
    throw new Error("mariadbd is not on PATH, and only root on Debian can have it installed");
  await aptInstall(["mariadb-server-core", "mariadb-client-core"]);
  const installed = onPath();
  if (installed === undefined)
    throw new Error("Debian package mariadb-server-core holds no mariadbd");
  return installed;
}

function onPath(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, "mariadbd")).find(executable);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
