import { isDeepStrictEqual } from "node:util";
import { part } from "../../../../templates/engines/opensearch/answer.ts";
import type { MigrationCommand } from "../../../../templates/engines/opensearch/migration-step.ts";
import {
  isSameKind,
  lackingOf,
  mappedIn,
} from "../../../../templates/engines/opensearch/view-shape.ts";
import type { EntityIr } from "../../../ir/types.ts";
import type { ChangeContext, PlannedChange, Snapshot } from "../../../migrate/step.ts";
import { heldViews } from "../store-file.ts";
import { type Draft, stepOf } from "./steps.ts";
import { viewsOf, type ViewState } from "./state.ts";

/** The steps from one snapshot to another. Views are independent of each other. */
export function diff(from: Snapshot, to: Snapshot, { store }: ChangeContext): PlannedChange {
  const [before, after] = [viewsOf(from), viewsOf(to)];
  const entities = new Map(heldViews(store).map(({ entity }) => [entity.name, entity]));
  const made = [...after].flatMap(([alias, view]) => {
    const was = before.get(alias);
    if (was === undefined) return [stepOf(alias, created(alias, view))];
    if (was.fingerprint === view.fingerprint) return [];
    return changed(alias, was, view, entities.get(view.entity)).map((each) => stepOf(alias, each));
  });
  const gone = [...before].flatMap(([alias, view]) =>
    after.has(alias) ? [] : [stepOf(alias, dropped(alias, view))],
  );
  return { steps: [...made, ...gone], questions: [] };
}

const created = (alias: string, view: ViewState): Draft => ({
  act: "define",
  title: `index definition of the copies of ${view.entity}`,
  phase: "expand",
  up: [{ defineView: alias, definition: view.definition }],
  down: [{ dropView: alias }],
  verify: { view: alias, definition: view.fingerprint, definedOnly: true },
  note: `The view answers once it is built: ${rebuild(view)}`,
});

/** Every definition of ours names its view. */
const rebuild = ({ definition: { mappings } }: ViewState): string =>
  `npm run db -- views rebuild ${String(part(mappings, "_meta", "view"))}`;

const dropped = (alias: string, { definition }: ViewState): Draft => ({
  act: "drop",
  title: "definition and copies are dropped",
  phase: "contract",
  up: [{ dropView: alias }],
  down: [{ defineView: alias, definition }],
  risks: ["breaks-old-code"],
  note: "What it held is in its authority: a rebuild brings it back.",
});

/** What a change of a view takes. Whatever code of before asks by or gives back stays until a contract. */
function changed(
  alias: string,
  before: ViewState,
  after: ViewState,
  entity: EntityIr | undefined,
): readonly Draft[] {
  const change = itemChange(before, after, entity);
  const keepsItems = Object.keys(change.renamed).length === 0 && change.removed.length === 0;
  if (keepsItems && sameMapping(before, after)) return [redefined(alias, before, after, change)];
  const [was, is] = [before, after].map(({ definition }) => definition.mappings);
  if (keepsItems && lackingOf(served(was), served(is)) === undefined)
    return [copied(alias, before, after, change)];
  const defined = redefined(alias, before, after, change);
  // Copies of before belong to no tenant: only a rebuild knows whose they are.
  if (served(was).tenantScoped !== served(is).tenantScoped) return [defined];
  return [defined, copiedLast(alias, before, after, change)];
}

/** What an index serves, whatever its items are. */
const served = (mappings: unknown) => ({
  item: {},
  mapped: mappedIn(mappings),
  tenantScoped: part(mappings, "properties", "tenant") !== undefined,
});

const redefined = (
  alias: string,
  before: ViewState,
  after: ViewState,
  change: ItemChange,
): Draft => ({
  phase: "expand",
  act: "define",
  title: "index definition follows the items",
  up: [{ defineView: alias, definition: after.definition }],
  down: [{ defineView: alias, definition: before.definition }],
  verify: { view: alias, definition: after.fingerprint, definedOnly: true },
  note: `${lackingNote(change, after)}The generation that answers stays, as outdated: ${rebuild(after)} brings the new items.`,
});

/** The index of the new definition serves code of before too. */
const copied = (alias: string, before: ViewState, after: ViewState, change: ItemChange): Draft => ({
  phase: "expand",
  act: "copy",
  title: "copied into an index of the new definition, the alias swapped",
  up: [{ defineView: alias, definition: after.definition }, copyForth(alias, change)],
  down: [{ defineView: alias, definition: before.definition }, copyBack(alias, change)],
  verify: { view: alias, definition: after.fingerprint },
  repair: [{ discardCopy: alias }],
  note: `${lackingNote(change, after)}Reads go on while it copies; writes of that time come with a second pass.`,
});

/** Where code of before finds no more what it asks by, the index that it reads stays until it is gone; or until a rebuild. */
const copiedLast = (
  alias: string,
  before: ViewState,
  after: ViewState,
  change: ItemChange,
): Draft => ({
  ...copied(alias, before, after, change),
  phase: "contract",
  up: [copyForth(alias, change)],
  // Between the phases the definition is the new one, and the index that answers the old one's.
  down: [
    { defineView: alias, definition: before.definition },
    copyBack(alias, change),
    { defineView: alias, definition: after.definition },
  ],
  risks: ["breaks-old-code"],
  note: `Code of before finds the view unavailable from here on, or from a rebuild on if that comes first: ${rebuild(after)}. Code of after finds what it needs from then on.`,
});

const copyForth = (alias: string, { renamed, removed, lacking }: ItemChange): MigrationCommand =>
  copy(alias, renamed, removed, lacking);

const copyBack = (alias: string, { renamed, removed, gone }: ItemChange): MigrationCommand => {
  const back = Object.entries(renamed).map(([old, name]) => [name, old]);
  return copy(alias, Object.fromEntries(back) as Readonly<Record<string, string>>, removed, gone);
};

const copy = (
  alias: string,
  renamed: Readonly<Record<string, string>>,
  removed: readonly string[],
  lacking: readonly string[],
): MigrationCommand => ({
  copyView: alias,
  ...(Object.keys(renamed).length === 0 ? {} : { renamed }),
  ...(removed.length === 0 ? {} : { removed }),
  ...(lacking.length === 0 ? {} : { lacking }),
});

const sameMapping = (a: ViewState, b: ViewState): boolean => isDeepStrictEqual(bare(a), bare(b));

/** Without what only tells where it comes from. */
const bare = ({ definition: { settings, mappings } }: ViewState): unknown => ({
  settings,
  mappings: { ...mappings, _meta: undefined },
});

interface ItemChange {
  readonly renamed: Readonly<Record<string, string>>;
  /** Properties whose values are of another kind now. */
  readonly removed: readonly string[];
  /** Properties of new items that only a rebuild brings. */
  readonly lacking: readonly string[];
  /** Properties of old items that new ones do not have, or with other values. */
  readonly gone: readonly string[];
}

const lackingNote = ({ lacking }: ItemChange, after: ViewState): string =>
  lacking.length === 0
    ? ""
    : `Items have no ${lacking.join(", ")} before a rebuild: ${rebuild(after)}. `;

function itemChange(before: ViewState, after: ViewState, entity: EntityIr | undefined): ItemChange {
  const was = new Map((entity?.fields ?? []).map((field) => [field.name, field.source.was]));
  const renamed: Record<string, string> = {};
  const removed: string[] = [];
  const lacking: string[] = [];
  for (const [name, kind] of Object.entries(after.item)) {
    const old = name in before.item ? name : was.get(name);
    const kindBefore = old === undefined ? undefined : before.item[old];
    if (old === undefined || kindBefore === undefined) lacking.push(name);
    else if (!isSameKind(kindBefore, kind)) {
      removed.push(old);
      lacking.push(name);
    } else if (old !== name) renamed[old] = name;
  }
  const stays = Object.keys(after.item).filter((name) => !lacking.includes(name));
  const kept = new Set([...stays, ...Object.keys(renamed)]);
  return {
    renamed,
    removed,
    lacking,
    gone: Object.keys(before.item).filter((name) => !kept.has(name)),
  };
}
