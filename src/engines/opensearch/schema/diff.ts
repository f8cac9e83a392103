import { isDeepStrictEqual } from "node:util";
import { part } from "../../../../templates/engines/opensearch/answer.ts";
import type { MigrationCommand } from "../../../../templates/engines/opensearch/migration-step.ts";
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
    return [stepOf(alias, changed(alias, was, view, entities.get(view.entity)))];
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

function changed(
  alias: string,
  before: ViewState,
  after: ViewState,
  entity: EntityIr | undefined,
): Draft {
  const change = itemChange(before, after, entity);
  const base = {
    phase: "expand",
    verify: { view: alias, definition: after.fingerprint },
  } as const;
  if (!change.touchesItems && sameMapping(before, after))
    return {
      ...base,
      act: "define",
      title: "index definition follows the items",
      up: [{ defineView: alias, definition: after.definition }],
      down: [{ defineView: alias, definition: before.definition }],
      verify: { ...base.verify, definedOnly: true },
      note: `${lackingNote(change, after)}The generation that answers stays, as outdated: ${rebuild(after)} brings the new items.`,
    };
  const copy = (
    renamed: Readonly<Record<string, string>>,
    lacking: readonly string[],
  ): MigrationCommand => ({
    copyView: alias,
    ...(Object.keys(renamed).length === 0 ? {} : { renamed }),
    ...(change.removed.length === 0 ? {} : { removed: change.removed }),
    ...(lacking.length === 0 ? {} : { lacking }),
  });
  const back = Object.fromEntries(Object.entries(change.renamed).map(([old, name]) => [name, old]));
  return {
    ...base,
    act: "copy",
    title: "copied into an index of the new definition, the alias swapped",
    up: [{ defineView: alias, definition: after.definition }, copy(change.renamed, change.lacking)],
    down: [{ defineView: alias, definition: before.definition }, copy(back, change.gone)],
    repair: [{ discardCopy: alias }],
    risks: Object.keys(change.renamed).length === 0 ? ["none"] : ["breaks-old-code"],
    note: `${lackingNote(change, after)}Reads go on while it copies; writes of that time come with a second pass.`,
  };
}

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
  readonly touchesItems: boolean;
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
    else if (!isDeepStrictEqual(withoutNull(kindBefore), withoutNull(kind))) {
      removed.push(old);
      lacking.push(name);
    } else if (old !== name) renamed[old] = name;
  }
  const stays = Object.keys(after.item).filter((name) => !lacking.includes(name));
  const kept = new Set([...stays, ...Object.keys(renamed)]);
  return {
    renamed,
    removed,
    touchesItems: removed.length > 0 || Object.keys(renamed).length > 0,
    lacking,
    gone: Object.keys(before.item).filter((name) => !kept.has(name)),
  };
}

const withoutNull = (kind: ViewState["item"][string]): unknown =>
  typeof kind === "string" ? kind.replace(/\?$/, "") : kind;
