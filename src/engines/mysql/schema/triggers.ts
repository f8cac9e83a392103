import { type Draft, draft } from "../../families/sql/draft.ts";
import type { EntityIr } from "../../../ir/types.ts";
import { gatheringTrigger, recordingOf, recordingTriggers } from "../ddl/recording.ts";
import type { Dialect } from "../dialect.ts";
import { identifier } from "../sql/quote.ts";
import { rank } from "./rank.ts";
import type { Together } from "./recorded-together.ts";
import { createTrigger, dropTrigger } from "./render.ts";
import { alone } from "./required.ts";
import type { TablePart, TriggerShape } from "./shape.ts";
import { noTrigger, triggerIs } from "./verify.ts";

/** When triggers that record otherwise take the place of those of before. */
export type Exchange =
  /** Once every new column is there. */
  | "at-once"
  /** The same; until then columns have taken their names on the spot, and the triggers of before, which miss theirs, let nobody write. */
  | "after-columns";

interface Pair {
  readonly from: TablePart;
  readonly to: TablePart;
  /** Of `to`. */
  readonly entity: EntityIr | undefined;
  /** Names of tables before, by those after. */
  readonly former: ReadonlyMap<string, string>;
}

/**
 * The triggers of a table that differ before and after. No change goes unrecorded: writers wait under a lock, or are refused by a trigger
 * that names what is not there.
 *
 * @param together what both read, where code of before runs beside code of after: until the contract that is recorded
 */
export function triggerDrafts(
  pair: Pair,
  exchange: Exchange,
  dialect: Dialect,
  together?: Together,
): readonly Draft[] {
  const { from, to } = pair;
  const last = untilRenamed(pair);
  const first = untilContract(from.triggers, last, together);
  return [
    ...exchanged(from.triggers, first, to, exchange, dialect),
    ...exchanged(first, last, to, "at-once", dialect).map((each) => ({
      ...each,
      phase: "contract" as const,
      rank: rank.exchangeTrigger,
    })),
    ...(together === undefined ? [] : gathered(together, to)),
    ...moved(last, to, dialect),
  ];
}

/** What they record while code of before runs. */
function untilContract(
  before: readonly TriggerShape[],
  last: readonly TriggerShape[],
  together: Together | undefined,
): readonly TriggerShape[] {
  if (together === undefined || !together.former) return last;
  return together.latter ? recordingTriggers(together.recording) : before;
}

/** Code of one schema corrects the children of a new root as it knows them. */
function gathered({ recording, ofChildren }: Together, { table }: TablePart): readonly Draft[] {
  const trigger = ofChildren ? gatheringTrigger(recording) : undefined;
  if (trigger === undefined) return [];
  const touches = [table.name];
  return [
    created(trigger, touches, rank.createTrigger),
    { ...dropped(trigger, touches, rank.exchangeTrigger), phase: "contract" },
  ];
}

/**
 * What they record in the end, while the tables have the names of before. A view that has the new one already is none for them: MariaDB runs a
 * trigger that gathers rows of a view once and refuses it from then on (MA-10).
 */
function untilRenamed({ from, to, entity, former }: Pair): readonly TriggerShape[] {
  if (entity === undefined || to.triggers.length === 0) return to.triggers;
  const history = from.history?.name ?? to.history?.name;
  const recording = recordingOf({
    ...entity,
    table: from.table.name,
    ...(history !== undefined && { historyTable: history }),
  });
  const children = recording.children?.map((child) => ({
    ...child,
    table: former.get(child.table) ?? child.table,
  }));
  const isRenamed =
    from.table.name !== to.table.name ||
    to.history?.name !== history ||
    children?.some(({ table, names }) => !names.includes(table)) === true;
  if (!isRenamed) return to.triggers;
  return recordingTriggers({ ...recording, ...(children !== undefined && { children }) });
}

const same = (a: TriggerShape, b: TriggerShape): boolean =>
  a.name === b.name && a.definition === b.definition;

function exchanged(
  before: readonly TriggerShape[],
  after: readonly TriggerShape[],
  { table }: TablePart,
  exchange: Exchange,
  dialect: Dialect,
): readonly Draft[] {
  const gone = before.filter((each) => !after.some((other) => same(each, other)));
  const come = after.filter((each) => !before.some((other) => same(each, other)));
  const touches = [table.name];
  return [
    ...come.flatMap((made): readonly Draft[] => {
      const was = gone.find(({ name }) => name === made.name);
      if (was === undefined) return [created(made, touches, rank.createTrigger)];
      const common = { ...alone, risks: ["locks"] as const, touches };
      const title = `${made.table}: trigger ${made.name} records what it has now`;
      const stem = `exchange-${made.name}`;
      const [up, down] = [replaced(made, dialect, "up"), replaced(was, dialect, "down")];
      if (exchange === "at-once")
        return [draft({ ...common, rank: rank.createTrigger, stem, title, up, down })];
      // On the way back it comes when the columns have their names again.
      return [
        draft({
          ...common,
          risks: ["breaks-old-code"],
          note: "From here until its triggers are exchanged nobody writes to the table: they name columns that are called otherwise.",
          rank: rank.dropTrigger,
          stem: `restore-${made.name}`,
          title: `${made.table}: trigger ${made.name} refuses what it cannot record`,
          up: [],
          down,
        }),
        draft({ ...common, rank: rank.createTrigger, stem, title, up, down: [] }),
      ];
    }),
    ...gone
      .filter(({ name }) => !come.some((made) => made.name === name))
      .map((each) => dropped(each, touches, rank.dropTrigger)),
  ];
}

/**
 * Once the tables have their names: until then those of before name what is called otherwise, and let nobody write. A trigger never names a view
 * that gives way to a table: a session that ran it would take the server with it (MY-30).
 */
function moved(
  meanwhile: readonly TriggerShape[],
  to: TablePart,
  dialect: Dialect,
): readonly Draft[] {
  const touches = [to.table.name];
  const inContract = { phase: "contract", risks: ["breaks-old-code"] } as const;
  return to.triggers.flatMap((made, at): readonly Draft[] => {
    const was = meanwhile[at];
    if (was === undefined || same(was, made)) return [];
    if (was.name === made.name)
      return exchanged([was], [made], to, "at-once", dialect).map((each) => ({
        ...each,
        phase: "contract",
        rank: rank.moveTrigger,
      }));
    const taken = {
      ...was,
      table: made.table,
      definition: was.definition.replace(
        ` on ${identifier(was.table)} for each row`,
        ` on ${identifier(made.table)} for each row`,
      ),
    };
    return [
      { ...created(made, touches, rank.moveTrigger), ...inContract },
      { ...dropped(taken, touches, rank.moveTrigger + 1), ...inContract },
    ];
  });
}

const created = (trigger: TriggerShape, touches: readonly string[], at: number): Draft =>
  draft({
    ...alone,
    rank: at,
    stem: `create-${trigger.name}`,
    title: `${trigger.table}: trigger ${trigger.name} records its changes`,
    up: [createTrigger(trigger)],
    down: [dropTrigger(trigger.name)],
    verify: triggerIs(trigger.table, trigger.name),
    touches,
  });

const dropped = (trigger: TriggerShape, touches: readonly string[], at: number): Draft =>
  draft({
    ...alone,
    rank: at,
    stem: `drop-${trigger.name}`,
    title: `${trigger.table}: trigger ${trigger.name} is dropped`,
    up: [dropTrigger(trigger.name)],
    down: [createTrigger(trigger)],
    verify: noTrigger(trigger.name),
    touches,
  });

/**
 * Both have one name. Where the server cannot replace it, writers wait between its end and its successor. The linter asks no down whether
 * it can run again, so that an exception there would be left behind.
 */
function replaced(
  trigger: TriggerShape,
  { replacesTriggers }: Dialect,
  direction: "up" | "down",
): readonly string[] {
  if (replacesTriggers) return [createTrigger(trigger).replace(/^create /, "create or replace ")];
  const again = direction === "up" ? [together] : [];
  return [
    lock,
    `lock tables ${identifier(trigger.table)} write;`,
    ...again,
    dropTrigger(trigger.name),
    ...again,
    createTrigger(trigger),
    ...again,
    "unlock tables;",
  ];
}

const allowed = (rule: string, reason: string): string =>
  `-- lint: allow ${rule} because ${reason}`;
const lock = allowed("explicit-lock", "no change may go unrecorded between two triggers");
const together = allowed("several-statements-in-step", "it can run again as a whole");
