import { pathProblem } from "../../reconcile/paths.ts";
import { storeVariable } from "../../ir/names.ts";
import type { Path, Problem } from "../issues.ts";
import { nearest } from "../nearest.ts";
import { otherProducts } from "../other-products.ts";
import { quoted } from "../shown-text.ts";
import { error, warning, type Context } from "./context.ts";

/** `stores:` and `output:`. */
export function preferences({ spec, engines }: Context): readonly Problem[] {
  return [
    ...stores(spec.stores),
    ...(engines === undefined ? [] : engineNames(spec.stores, engines)),
    ...output(spec.output),
  ];
}

/**
 * A name close to an engine's is a slip, unless a product bears it; any other may be a system that runs beside, which nothing here can
 * choose.
 */
function engineNames(given: Context["spec"]["stores"], engines: readonly string[]): Problem[] {
  const named: readonly (readonly [Path, string])[] = [
    ...(given?.running ?? []).map((name, at) => [["stores", "running", at], name] as const),
    ...(given?.never ?? []).map((name, at) => [["stores", "never", at], name] as const),
    ...Object.entries(given?.names ?? {}).map(
      ([store, name]) => [["stores", "names", store], name] as const,
    ),
  ];
  return named.flatMap(([path, name]) => {
    if (engines.includes(name)) return [];
    const known = otherProducts.has(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ""));
    const near = known ? undefined : nearest(name, engines);
    return near === undefined
      ? [
          warning(
            path,
            `no engine of this release is called ${quoted(name)}: it changes no decision`,
            `engines: ${engines.join(", ")}`,
          ),
        ]
      : [error(path, `unknown engine ${quoted(name)}`, `did you mean ${quoted(near)}?`)];
  });
}

function stores(given: Context["spec"]["stores"]): readonly Problem[] {
  if (given === undefined) return [];
  const never = given.never ?? [];
  const problems = (given.running ?? []).flatMap((engine, at) =>
    never.includes(engine)
      ? [
          error(
            ["stores", "running", at],
            `${quoted(engine)} is both running and never`,
            "remove one of the two",
          ),
        ]
      : [],
  );
  const variables = new Map<string, string>();
  for (const [name, engine] of Object.entries(given.names ?? {})) {
    const path = ["stores", "names", name];
    if (never.includes(engine))
      problems.push(
        error(
          path,
          `store ${quoted(name)} is to be ${engine}, which is in never`,
          "remove one of the two",
        ),
      );
    const variable = storeVariable(name);
    const other = variables.get(variable);
    if (other !== undefined)
      problems.push(
        error(
          path,
          `stores ${quoted(other)} and ${quoted(name)} both read ${variable}`,
          "rename one",
          "key",
        ),
      );
    variables.set(variable, name);
  }
  return problems;
}

function output(given: Context["spec"]["output"]): readonly Problem[] {
  return (["dir", "package"] as const).flatMap((key) => {
    const path = given?.[key];
    if (path === undefined || path === "." || path === "./") return [];
    const problem = pathProblem(path.replace(/^\.\//, "").replace(/\/$/, ""));
    if (problem === undefined) return [];
    return [
      error(
        ["output", key],
        `${quoted(path)} cannot be the output's ${key}: ${problem}`,
        "write a folder below the spec's, such as src/data",
      ),
    ];
  });
}
