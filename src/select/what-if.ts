import type { CacheWorkload, Model, Sla, StorePreferences } from "../spec/model.ts";
import { meant } from "../spec/nearest.ts";
import {
  bytes,
  durationPattern,
  factorPattern,
  milliseconds,
  quantity,
  quantityPattern,
  sizePattern,
} from "../spec/quantities.ts";
import { requirementWords } from "../spec/vocabulary.ts";
import type { Unit } from "./criteria.ts";
import { quantitiesOf, withWorkload } from "./quantity.ts";

export type WhatIf =
  | { readonly model: Model; readonly problem?: undefined }
  | { readonly model?: undefined; readonly problem: string };

/** A place of the spec that `--what-if` can set. */
interface Setting {
  readonly path: string;
  readonly set: (text: string) => WhatIf;
}

/**
 * Applies `PATH=VALUE` to a model: `workloads.orders.scale.rows=10M`, `stores.hosting=aws`, `stores.never=[a,b]`. Values are written as
 * in the spec. Nothing but what selection weighs can be set.
 */
export function whatIf(model: Model, assignment: string): WhatIf {
  const at = assignment.indexOf("=");
  if (at < 1) return { problem: `--what-if ${assignment}: expected PATH=VALUE` };
  const path = assignment.slice(0, at).trim();
  const text = assignment.slice(at + 1).trim();
  const settings = settingsOf(model);
  const setting = settings.find((candidate) => candidate.path === path);
  if (!setting) {
    const paths = settings.map((candidate) => candidate.path);
    return { problem: `--what-if ${path}: unknown path; ${meant(path, paths, "paths")}` };
  }
  const result = setting.set(text);
  return result.model ? result : { problem: `--what-if ${path}: ${result.problem}` };
}

/** Every path that `--what-if` takes for this model, e.g. for completion. */
export const whatIfPaths = (model: Model): readonly string[] =>
  settingsOf(model).map(({ path }) => path);

function settingsOf(model: Model): readonly Setting[] {
  return [
    ...storeSettings(model),
    ...model.workloads.flatMap(({ name }) => workloadSettings(model, name)),
  ];
}

function storeSettings(model: Model): readonly Setting[] {
  const with_ = (change: Partial<StorePreferences>): WhatIf => ({
    model: { ...model, stores: { ...model.stores, ...change } },
  });
  return [
    {
      path: "stores.hosting",
      set: (text) =>
        oneOf(text, ["embedded", "self-managed", "aws", "gcp", "azure"] as const, (hosting) =>
          with_({ hosting }),
        ),
    },
    { path: "stores.running", set: (text) => with_({ running: list(text) }) },
    { path: "stores.never", set: (text) => with_({ never: list(text) }) },
    {
      path: "stores.budget.engines",
      set: (text) =>
        /^[1-9]\d{0,3}$/.test(text)
          ? with_({ maxEngines: Number(text) })
          : { problem: `${JSON.stringify(text)} is not a whole number from 1` },
    },
  ];
}

function workloadSettings(model: Model, name: string): readonly Setting[] {
  const workload = model.workloads.find((candidate) => candidate.name === name);
  if (!workload) return [];
  const at = `workloads.${name}`;
  const quantities = quantitiesOf(model, workload).map((known): Setting => ({
    path: known.path,
    set: (text) => {
      const value = numberOf(text, known.unit);
      if (value === undefined)
        return { problem: `${JSON.stringify(text)} is not ${wanted(known.unit)}` };
      return value < known.min || value > known.max
        ? { problem: `${text} is outside ${known.min} to ${known.max}` }
        : { model: known.set(model, value) };
    },
  }));
  const eviction = workload.kind === "cache" ? [evictionSetting(model, name)] : [];
  return [
    ...quantities,
    ...eviction,
    { path: `${at}.sla.consistency`, set: (text) => withConsistency(model, name, text) },
    { path: `${at}.requires`, set: (text) => withRequires(model, name, list(text)) },
  ];
}

function evictionSetting(model: Model, name: string): Setting {
  const policies: readonly CacheWorkload["eviction"][] = [
    "allkeys-lru",
    "allkeys-lfu",
    "volatile-lru",
    "volatile-ttl",
    "noeviction",
  ];
  return {
    path: `workloads.${name}.eviction`,
    set: (text) =>
      oneOf(text, policies, (eviction) => ({
        model: withWorkload(model, name, (w) => (w.kind === "cache" ? { ...w, eviction } : w)),
      })),
  };
}

function withConsistency(model: Model, name: string, text: string): WhatIf {
  const levels: readonly NonNullable<Sla["consistency"]>[] = ["strong", "session", "eventual"];
  return oneOf(text, levels, (consistency) => ({
    model: withWorkload(model, name, (w) => ({ ...w, sla: { ...w.sla, consistency } })),
  }));
}

function withRequires(model: Model, name: string, requires: readonly string[]): WhatIf {
  const known: readonly string[] = requirementWords;
  const wrong = requires.find((word) => !known.includes(word));
  if (wrong !== undefined) {
    return {
      problem: `unknown requirement ${JSON.stringify(wrong)}; ${meant(wrong, known, "requirements")}`,
    };
  }
  return { model: withWorkload(model, name, (w) => ({ ...w, requires })) };
}

function oneOf<T extends string>(
  text: string,
  known: readonly T[],
  use: (value: T) => WhatIf,
): WhatIf {
  const value = known.find((candidate) => candidate === text);
  return value === undefined
    ? { problem: `${JSON.stringify(text)} is none of ${known.join(", ")}` }
    : use(value);
}

/** `[a, b]` or `a,b`; empty for `[]`. */
function list(text: string): readonly string[] {
  const inner = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  return inner
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function numberOf(text: string, unit: Unit): number | undefined {
  if (unit === "bytes" || unit === "memory") {
    if (sizePattern.test(text)) return bytes(text);
  } else if (unit === "duration" || unit === "ms" || unit === "seconds") {
    if (durationPattern.test(text))
      return unit === "seconds" ? milliseconds(text) / 1_000 : milliseconds(text);
  } else if (unit === "factor" && factorPattern.test(text)) {
    return quantity(text);
  }
  return quantityPattern.test(text) ? quantity(text) : undefined;
}

function wanted(unit: Unit): string {
  switch (unit) {
    case "bytes":
    case "memory":
      return "a size such as 256MiB or 2G";
    case "duration":
    case "ms":
    case "seconds":
      return "a duration such as 50ms or 15m, or a number";
    case "factor":
      return "a factor such as 10x";
    default:
      return "a number such as 50, 3k or 2M";
  }
}
