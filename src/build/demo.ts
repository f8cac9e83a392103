// `npm run demo`: the whole path on this machine, with nothing but Node: preset → plan → files → migrated store → real answers.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./root.ts";

const folder = join(repositoryRoot, ".demo");
const project = join(folder, "shop");

/** Runs one command with its output shown; ends the demo when it fails. */
function step(title: string, args: readonly string[], cwd: string): void {
  process.stdout.write(`\n$ ${title}\n`);
  const { status } = spawnSync(process.execPath, ["--no-warnings", ...args], {
    cwd,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** The generated tree without the runtime, which is the same in every project. */
function tree(root: string, indent = ""): string {
  return readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => {
      if (!entry.isDirectory()) return `${indent}${entry.name}\n`;
      const inner =
        entry.name === "runtime"
          ? `${indent}  … copied as it is\n`
          : tree(join(root, entry.name), `${indent}  `);
      return `${indent}${entry.name}/\n${inner}`;
    })
    .join("");
}

rmSync(folder, { recursive: true, force: true });
const cli = join(repositoryRoot, "src/build/cli.ts");
step(
  "npx async-db-starter init .demo/shop --preset shop --yes --no-install",
  [cli, "init", ".demo/shop", "--preset", "shop", "--yes", "--no-install"],
  repositoryRoot,
);
process.stdout.write(`\n$ ls .demo/shop\n${tree(project)}`);
const env = "--env-file=.env";
step("npm run db -- migrate up", [env, "src/data/cli.ts", "migrate", "up"], project);
step("npm start", [env, "src/example.ts"], project);
process.stdout.write(
  "\nThe project lies in .demo/shop. MAIN_URL in its .env is a database in process; the DSN of a server there moves it to that server.\n",
);
