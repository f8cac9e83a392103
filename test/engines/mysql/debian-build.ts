/**
 * MySQL from Debian's unstable suite, the only one that has it: its packages are unpacked into the cache folder and run with their own loader
 * and libraries, beside whatever this machine has. Nothing of them is installed, so it stops with the test.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aptInstall, aptUsable } from "../apt.ts";
import { cacheRoot, installOnce } from "../cache.ts";
import { run, works } from "../command.ts";
import type { Build } from "./start.ts";

const tree = "mysql-debian-unstable";

/** @throws with the reason where it cannot be had */
export async function debianBuild(): Promise<Build> {
  const root = await unpacked();
  const libraries = folderWith(join(root, "usr/lib"), "libc.so.6");
  const command = loader(root);
  const program = join(root, "usr/sbin/mysqld");
  const args = ["--library-path", libraries, program, "--no-defaults", ...places(root)];
  const data = await installOnce(`${tree}-data`, async (folder) => {
    const fresh = [`--datadir=${join(folder, "data")}`, "--user=root", "--initialize-insecure"];
    await run(command, [...args, "--innodb-redo-log-capacity=8388608", ...fresh]);
  });
  return {
    engine: "mysql",
    origin: "Debian unstable package mysql-server-core",
    command,
    args,
    data: join(data, "data"),
    settings: { mysqlx: "OFF", "disable-log-bin": "1", "innodb-redo-log-capacity": "8388608" },
  };
}

const places = (root: string): readonly string[] => [
  `--basedir=${join(root, "usr")}`,
  `--plugin-dir=${join(root, "usr/lib/mysql/plugin")}`,
  `--lc-messages-dir=${join(root, "usr/share/mysql")}`,
  `--character-sets-dir=${join(root, "usr/share/mysql/charsets")}`,
];

async function unpacked(): Promise<string> {
  const there = existsSync(join(cacheRoot(), tree));
  if (!there && !(await aptUsable())) {
    throw new Error("only root on Debian can have its packages unpacked");
  }
  return installOnce(tree, async (folder) => {
    if (!(await works("mmdebstrap", ["--version"]))) await aptInstall(["mmdebstrap"]);
    // The suite's release file may be past its date; signatures are still checked.
    const options = ['Acquire::Check-Valid-Until "false"', 'APT::Install-Recommends "false"'];
    const chosen = ["--variant=extract", "--include=mysql-server-core"];
    const apt = options.map((option) => `--aptopt=${option}`);
    await run("mmdebstrap", [...chosen, ...apt, "sid", folder, mirror()]);
  });
}

/** Where this machine gets its own packages. */
function mirror(): string {
  const lists = "/etc/apt/sources.list.d";
  const files = [
    ...readdirSync(lists).map((name) => join(lists, name)),
    "/etc/apt/sources.list",
  ].filter((file) => existsSync(file) && /\.(?:list|sources)$/.test(file));
  for (const file of files) {
    const found = /^(?:URIs:|deb(?: \[[^\]]*\])?) *(\S*\/debian)\/?(?:\s|$)/m.exec(
      readFileSync(file, "utf8"),
    )?.[1];
    if (found !== undefined) return found;
  }
  throw new Error("this machine's package sources name no Debian archive");
}

function loader(root: string): string {
  for (const folder of ["usr/lib64", "lib64", "usr/lib", "lib"]) {
    const place = join(root, folder);
    const name = existsSync(place)
      ? readdirSync(place).find((each) => each.startsWith("ld-linux"))
      : undefined;
    if (name !== undefined) return join(place, name);
  }
  throw new Error("the unpacked packages hold no loader");
}

function folderWith(parent: string, file: string): string {
  const found = readdirSync(parent).find((name) => existsSync(join(parent, name, file)));
  if (found === undefined) throw new Error(`the unpacked packages hold no ${file}`);
  return join(parent, found);
}
