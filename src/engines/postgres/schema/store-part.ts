import type { ChangeContext } from "../../../migrate/step.ts";
import { matchColumns } from "../../families/sql/match.ts";
import type { ColumnChange, TableChange } from "./change.ts";
import { columnDrafts } from "./columns.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { keyDrafts } from "./key.ts";
import { functionDrafts } from "./named.ts";
import { objectDrafts } from "./object-steps.ts";
import { objectChanges } from "./objects.ts";
import { rank } from "./rank.ts";
import { securityDrafts } from "./security.ts";
import type { RoleShape, StorePart, TableShape } from "./shape.ts";
import { storePartName } from "./snapshot.ts";
import type { TemporaryNames } from "./temporary.ts";
import { createExtension, storeSteps } from "./whole.ts";
import { commentDrafts, grantDrafts } from "./words.ts";

const touches = [storePartName];

/** What belongs to no table: extensions, functions, the role, and the table of the operation ids. */
export function storeDrafts(
  from: StorePart | undefined,
  to: StorePart | undefined,
  mode: ChangeContext["mode"],
  temporary: TemporaryNames = (base) => base,
): readonly Draft[] {
  if (to === undefined) return [];
  // A schema that was adopted has none of it.
  if (from === undefined) return storeSteps(to);
  const added = to.extensions.filter((name) => !from.extensions.includes(name));
  return [
    ...added.map((name) =>
      draft({
        rank: rank.extension,
        stem: `extension-${name}`,
        title: `extension ${name}`,
        up: [createExtension(name)],
        down: [],
        touches,
      }),
    ),
    ...functionDrafts(from.functions, to.functions, { part: storePartName, mode }),
    ...roleDrafts(from.role, to.role, mode),
    ...operationDrafts(from.operation, to.operation, mode, temporary),
  ];
}

function roleDrafts(
  from: RoleShape | undefined,
  to: RoleShape | undefined,
  mode: ChangeContext["mode"],
): readonly Draft[] {
  if (from?.create === to?.create && from?.drop === to?.drop) return [];
  const made = (role: RoleShape): Draft =>
    draft({
      rank: rank.role,
      stem: "application-role",
      title: `role ${role.name} of the application`,
      up: [role.create],
      down: [role.drop],
      touches,
    });
  const gone = (role: RoleShape): Draft =>
    draft({
      rank: rank.closeAccess,
      phase: mode === "split" ? "contract" : "expand",
      stem: "drop-application-role",
      title: `role ${role.name} of the application goes`,
      up: [role.drop],
      down: [role.create],
      touches,
    });
  return [
    ...(to === undefined ? [] : [made(to)]),
    ...(from === undefined || from.name === to?.name ? [] : [gone(from)]),
  ];
}

/** Its columns are the same for every spec: only who sees its rows changes. */
function operationDrafts(
  from: TableShape,
  to: TableShape,
  mode: ChangeContext["mode"],
  temporary: TemporaryNames,
): readonly Draft[] {
  const { kept, added, dropped } = matchColumns(from.columns, to.columns, undefined);
  const fill = { kind: "none" } as const;
  const columns: readonly ColumnChange[] = [
    ...kept.map((each) => ({ kind: "kept", ...each, fill }) as const),
    ...added.map((each) => ({ kind: "added", to: each, fill }) as const),
    ...dropped.map((each) => ({ kind: "dropped", from: each }) as const),
  ];
  const change: TableChange = {
    part: storePartName,
    was: from.name,
    from,
    to,
    columns,
    mode,
    temporary,
    recorded: false,
    rekeyed: new Set(),
    torn: new Set(),
  };
  return [
    ...keyDrafts(change),
    ...columnDrafts(change),
    ...objectDrafts(change, objectChanges(change, new Set())),
    ...securityDrafts(change),
    ...grantDrafts(change),
    ...commentDrafts(change),
  ];
}
