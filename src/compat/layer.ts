import type { EntityIr, Ir, StoreIr } from "../ir/types.ts";
import { noteOf, type SpecChange } from "./change.ts";
import type { Pairs } from "./pairs.ts";
import { pairs } from "./pairs.ts";

const api = noteOf("api");

/** Differences in where the data layer lies, which stores its configuration names, and which entities it declares. */
export function layerChanges(
  before: Ir,
  after: Ir,
  entities: Pairs<EntityIr>,
): readonly SpecChange[] {
  const stores = pairs(before.stores, after.stores, { name: ({ name }) => name });
  const roots = (list: readonly EntityIr[]): readonly EntityIr[] =>
    list.filter(({ owner }) => owner === undefined);
  return [
    ...placeChanges(before, after),
    ...stores.removed.map(({ name }) =>
      api("breaking", `data.${name}`, "removed", "the store is no member of the data layer"),
    ),
    ...stores.added.map(addedStore),
    ...stores.kept.flatMap((pair) => [
      ...configuration(pair.before, pair.after),
      ...deadline(pair.before, pair.after),
    ]),
    ...roots(entities.removed).map(({ name }) =>
      api("breaking", name, "removed", "its types are gone"),
    ),
    ...roots(entities.added).map(({ name }) => api("additive", name, "added", "types more")),
  ];
}

const addedStore = ({ name, env }: StoreIr): SpecChange =>
  env === undefined
    ? api("additive", `data.${name}`, "added", "the configuration need not name it")
    : api("breaking", `data.${name}`, "added", `openDataLayer needs its configuration (${env})`);

/** A store that left the process needs its DSN from now on; for one that came into it, a DSN is no longer taken. */
function configuration(before: StoreIr, { name, env }: StoreIr): readonly SpecChange[] {
  if ((before.env === undefined) === (env === undefined)) return [];
  return env === undefined
    ? [api("internal", `data.${name}`, "in process", `${before.env} is not read any more`)]
    : [
        api(
          "breaking",
          `data.${name}`,
          "a server",
          `openDataLayer needs its configuration (${env})`,
        ),
      ];
}

function placeChanges({ output: old }: Ir, { output: now }: Ir): readonly SpecChange[] {
  const place = ({ package: folder, dir }: Ir["output"]): string =>
    folder === "." ? dir : `${folder}/${dir}`;
  const moved = place(old) !== place(now);
  const extension = old.importExtension !== now.importExtension;
  const shown = (text: string): string => (text === "" ? "none" : text);
  return [
    ...(moved
      ? [api("breaking", "output", `${place(old)} → ${place(now)}`, "imports of it lead nowhere")]
      : []),
    ...(extension
      ? [
          api(
            "internal",
            "output.importExtension",
            `${shown(old.importExtension)} → ${shown(now.importExtension)}`,
            "only imports inside the data layer change",
          ),
        ]
      : []),
  ];
}

const deadline = (before: StoreIr, after: StoreIr): readonly SpecChange[] =>
  before.deadlineMs === after.deadlineMs
    ? []
    : [
        api(
          after.deadlineMs < before.deadlineMs ? "breaking" : "internal",
          `data.${after.name}`,
          `deadline ${before.deadlineMs} → ${after.deadlineMs} ms`,
          after.deadlineMs < before.deadlineMs
            ? "calls that took longer end with a timeout"
            : "calls may take longer before they end with a timeout",
        ),
      ];
