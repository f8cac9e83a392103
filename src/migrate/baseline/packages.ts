import { createRequire } from "node:module";
import { join } from "node:path";

/** A driver that the user's package does not have. */
export class MissingPackage extends Error {
  readonly package: string;

  constructor(name: string, cause: unknown) {
    super(`${name} is not installed`, { cause });
    this.name = "MissingPackage";
    this.package = name;
  }
}

/** Path of a package's entry as the package in `root` would find it. @throws MissingPackage */
export function packageEntry(root: string, name: string): string {
  try {
    return createRequire(join(root, "package.json")).resolve(name);
  } catch (cause) {
    throw new MissingPackage(name, cause);
  }
}
