import type { TableChange } from "./change.ts";
import { only } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { rank } from "./rank.ts";
import { commentOnColumn, commentOnIndex, commentOnTable, grant, revoke } from "./render.ts";
import type { GrantShape, TableShape } from "./shape.ts";

/** Comments of what stays; whatever is made brings its own. */
export function commentDrafts(change: TableChange): readonly Draft[] {
  const { from, to } = change;
  const changed = [
    ...(from.comment === to.comment
      ? []
      : [[commentOnTable(to), commentOnTable({ ...to, comment: from.comment })] as const]),
    ...partComments(change),
    ...only(change, "kept").flatMap((column) =>
      column.from.comment === column.to.comment
        ? []
        : [
            [
              commentOnColumn(to.name, column.to),
              commentOnColumn(to.name, { ...column.to, comment: column.from.comment }),
            ] as const,
          ],
    ),
    ...to.indexes.flatMap((index) => {
      const before = from.indexes.find(
        ({ body, unique }) => body === index.body && unique === index.unique,
      );
      return before === undefined || before.comment === index.comment
        ? []
        : [
            [
              commentOnIndex(index.name, index.comment),
              commentOnIndex(index.name, before.comment),
            ] as const,
          ];
    }),
  ];
  if (changed.length === 0) return [];
  return [
    draft({
      rank: rank.comment,
      stem: `${to.name}-comments`,
      title: `${to.name}: comments`,
      up: changed.map(([up]) => up),
      down: changed.map(([, down]) => down),
      touches: [change.part],
    }),
  ];
}

/** A period that is longer or shorter from now on is a matter of the partitions to come. */
const partComments = ({ from, to }: TableChange): readonly (readonly [string, string])[] =>
  (to.partition?.parts ?? []).flatMap((part, at) => {
    const before = from.partition?.parts[at];
    return before === undefined || before.comment === part.comment
      ? []
      : [[commentOnTable(part), commentOnTable({ ...part, comment: before.comment })] as const];
  });

/** What the application role may do. What code of before may, it keeps until it is gone. */
export function grantDrafts(change: TableChange): readonly Draft[] {
  const { from, to, mode } = change;
  const text = (each: GrantShape): string => JSON.stringify(each);
  const gone = from.grants.filter((each) => !to.grants.some((other) => other.role === each.role));
  const changed = to.grants.filter(
    (each) => !from.grants.some((other) => text(other) === text(each)),
  );
  const before = from.grants.filter((each) => changed.some(({ role }) => role === each.role));
  const revoked = (table: TableShape, grants: readonly GrantShape[]): readonly string[] =>
    grants.flatMap((each) => revoke(table.name, each));
  const granted = (grants: readonly GrantShape[]): readonly string[] =>
    grants.flatMap((each) => grant(to.name, each));
  return [
    ...(changed.length === 0
      ? []
      : [
          draft({
            rank: rank.grant,
            stem: `${to.name}-grants`,
            title: `${to.name}: what the application may do`,
            up: [...revoked(to, before), ...granted(changed)],
            down: [...revoked(to, changed), ...granted(before)],
            touches: [change.part],
          }),
        ]),
    ...(gone.length === 0
      ? []
      : [
          draft({
            rank: mode === "split" ? rank.dropRest : rank.grant,
            phase: mode === "split" ? "contract" : "expand",
            stem: `${to.name}-revoke`,
            title: `${to.name}: the role of the application may do nothing any more`,
            up: revoked(to, gone),
            down: granted(gone),
            touches: [change.part],
          }),
        ]),
  ];
}
