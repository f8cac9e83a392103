/** What the folder holds that the steps after `init` depend on. */
export interface Initialised {
  /** Path from here to the package; empty when it is here. */
  readonly folder: string;
  /** The user's package manager. */
  readonly manager: string;
  /** Its packages are installed. */
  readonly installed: boolean;
  /** Files of the user's into which printed entries have to be merged first. */
  readonly merge: readonly string[];
  /** Scripts that the package.json of a fresh project has. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Scripts that the package.json has which was there before. */
  readonly own: Readonly<Record<string, string>>;
  /** Variables of the stores that are servers. */
  readonly servers: readonly string[];
}

/** What to type after `init`, line by line. Pure. */
export function nextSteps(made: Initialised): readonly string[] {
  const { folder, manager, installed, merge, servers } = made;
  return [
    ...(folder === "" ? [] : [`cd ${/[\s'"$&]/.test(folder) ? JSON.stringify(folder) : folder}`]),
    ...(merge.length === 0 ? [] : [`# merge what is listed above into ${merge.join(" and ")}`]),
    ...(installed ? [] : [`${manager} install`]),
    ...(servers.length === 0
      ? []
      : [
          `docker compose up -d --wait   # or servers of your own; then set ${servers.join(", ")} in .env, where they are comments`,
        ]),
    ...["start", "test"].map((name) => scriptStep(name, made)),
  ];
}

/** The script by its name, or what it would run where the package has another one of that name. */
function scriptStep(name: string, { manager, scripts, own }: Initialised): string {
  const [wanted = "", there] = [scripts[name], own[name]];
  if (there === undefined || there === wanted)
    return manager === "bun" ? `bun run ${name}` : `${manager} ${name}`;
  return `${wanted}   # "${name}" of package.json is a script of your own`;
}
