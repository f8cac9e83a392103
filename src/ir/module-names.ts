import { variableName } from "./names.ts";

/** The names of one emitted module: a declaration takes none that an import, a parameter within or another declaration has. */
export class ModuleNames {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** A variable for a declaration; one that is taken, or a word of the language, gets the suffix. */
  declare(name: string, suffix: string): string {
    const made = variableName(name);
    const free =
      this.#taken.has(made) || made.endsWith("_") ? `${made.replace(/_$/, "")}${suffix}` : made;
    this.#taken.add(free);
    return free;
  }
}
