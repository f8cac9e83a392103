/**
 * Completes package-lock.json: `node .ci/complete-lock.ts`, after every `npm install` that changed it.
 *
 * A registry mirror may lack the optional packages of other platforms. npm then writes a lock without them, and `npm ci`
 * refuses that lock everywhere ("Missing: … from lock file"). Their names and versions are known from the packages that want
 * them, and their platforms from their names; only their checksums are not, so they are installed without one.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  cpu?: string[];
  libc?: string[];
  os?: string[];
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  packages: Record<string, Entry>;
}

const systems = new Set(
  "aix android darwin freebsd linux netbsd openbsd openharmony sunos win32".split(" "),
);
const processors = new Set(
  "arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64".split(" "),
);

/** The folder itself and those above it in which Node looks for a package. */
function* upwards(from: string): Generator<string> {
  for (let at = from; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/"))))
    yield `${at}/`;
  yield "";
}

/** Whether Node would find the package from that folder, in the version wanted, or in any when a range is wanted. */
function present(lock: Lock, from: string, name: string, wanted: string): boolean {
  for (const at of upwards(from)) {
    const found = lock.packages[`${at}node_modules/${name}`];
    if (found) return !/^\d/.test(wanted) || found.version === wanted;
  }
  return false;
}

function entryOf(name: string, version: string, dev: boolean): Entry {
  const words = (name.split("/").at(-1) ?? "").replace("windows", "win32").split("-");
  const cpu = words.filter((word) => processors.has(word));
  const os = words.filter((word) => systems.has(word));
  return {
    version: version.replace(/^[~^]/, ""),
    ...(dev && { dev }),
    optional: true,
    ...(cpu.length > 0 && { cpu }),
    ...(words.includes("musl") && { libc: ["musl"] }),
    ...(os.length > 0 && { os }),
  };
}

const file = new URL("../package-lock.json", import.meta.url);
const lock: Lock = JSON.parse(readFileSync(file, "utf8"));
let added = 0;
for (const [from, entry] of Object.entries(lock.packages))
  for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
    if (present(lock, from, name, wanted)) continue;
    const hoisted = `node_modules/${name}`;
    const place = hoisted in lock.packages ? `${from}/${hoisted}` : hoisted;
    lock.packages[place] = entryOf(name, wanted, entry.dev === true);
    added += 1;
  }
const sorted = Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
);
console.log(added === 0 ? "the lock is complete" : `added ${added} packages of other platforms`);
