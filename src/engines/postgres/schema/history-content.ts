import { batchDrafts } from "./batch.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { contentBackDrafts } from "./history-content-back.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { childNamesDrafts } from "./recorded-names.ts";
import { withoutFormer } from "./recorded-former.ts";
import { namesOf, type RecordedRows, updateOf, updateOfRows } from "./recorded-rows.ts";
import { type Property, type RecordedColumn, recordedColumn } from "./recorded-values.ts";

/** The steps that keep what a history recorded readable to the code of each moment. */
export function contentDrafts(recorded: RecordedRows): readonly Draft[] {
  const { rows } = recorded;
  const columns = rows.columns.map((column) => recordedColumn(rows, column));
  return [
    ...withoutFormer(recorded),
    ...childNamesDrafts(recorded),
    ...(rows.mode === "split"
      ? [...forwards(recorded, columns), ...settled(recorded, columns)]
      : changedAtOnce(recorded, columns)),
    ...contentBackDrafts(recorded, columns),
  ];
}

/** After the rows themselves, which code of before may have written meanwhile. */
function forwards(recorded: RecordedRows, columns: readonly RecordedColumn[]): readonly Draft[] {
  const properties = columns.flatMap((column) => column.forwards);
  const { history, column } = recorded;
  const update = updateOf(recorded, namesOf(recorded.rows).forwards, { properties });
  if (update === undefined) return [];
  return batchDrafts(history, { column, ...update }).map((each) =>
    each.batch === undefined
      ? each
      : { ...each, rank: rank.batch + 1, ...told(recorded, { properties }) },
  );
}

/** After the exchange of columns, and the last of those that go: nobody records them any more. */
function settled(recorded: RecordedRows, columns: readonly RecordedColumn[]): readonly Draft[] {
  const properties = columns.flatMap((column) => column.settled);
  const gone = columns.flatMap((column) => column.gone);
  const { rows, history, column } = recorded;
  const names = namesOf(rows).settled;
  const update = updateOf(recorded, names, { properties, gone });
  if (update === undefined) return [];
  const leaves = gone.length > 0 || (column === "children" && names.drop.length > 0);
  return batchDrafts(history, { column, ...update }, "contract").map((each) =>
    each.batch === undefined
      ? each
      : {
          ...each,
          rank: rank.settle,
          stem: `${history.to.name}-settle-${column}`,
          ...(leaves && {
            title: `${history.to.name}: what was recorded of ${rows.to.name} loses its former names`,
          }),
          ...told(recorded, { properties, columns }),
        },
  );
}

function changedAtOnce(
  recorded: RecordedRows,
  columns: readonly RecordedColumn[],
): readonly Draft[] {
  const properties = columns.flatMap((column) => [...column.forwards, ...column.settled]);
  const gone = columns.flatMap((column) => column.gone);
  const { rows, history, column } = recorded;
  const update = updateOf(recorded, namesOf(rows).forwards, { properties, gone });
  if (update === undefined) return [];
  return [
    draft({
      rank: rank.fill,
      stem: `${history.to.name}-${column}-of-${rows.to.name}`,
      title: `${history.to.name}: what was recorded of ${rows.to.name} is read with its new columns`,
      ...told(recorded, { properties, columns }),
      up: asOwner(history, "from", [updateOfRows(history, { column, ...update })]),
      down: [],
      risks: ["rewrites"],
      touches: [history.part],
    }),
  ];
}

interface Telling {
  readonly properties: readonly Property[];
  /** Those whose values of before go. */
  readonly columns?: readonly RecordedColumn[];
}

/** What is lost of what was recorded. A null cannot be told from a value that stands for none any more. */
function told(
  { rows, history, column }: RecordedRows,
  { properties, columns = [] }: Telling,
): Partial<Pick<Draft, "title" | "reversibility" | "destroys">> {
  const standIns = properties.flatMap(({ standIn }) => standIn ?? []);
  const changed = columns.some(({ loss }) => loss === "changed");
  const gone = columns.flatMap(({ loss, gone: names }) => (loss === "gone" ? names : []));
  const what = [
    ...(gone.length === 0 ? [] : [`loses ${gone.join(", ")}`]),
    ...(changed ? ["is rounded, cut or emptied as its columns are"] : []),
    ...(standIns.length === 0
      ? []
      : [
          `as null gets what its type has for nothing, since no --set and no default says more: ${standIns.join(", ")}`,
        ]),
  ];
  if (what.length === 0) return {};
  return {
    title: `${history.to.name}: what was recorded of ${rows.to.name} ${what.join("; ")}`,
    reversibility: "loses-data",
    ...((changed || gone.length > 0) && { destroys: `${history.to.name}.${column}` }),
  };
}
