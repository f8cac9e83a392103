import type { EntityIr } from "../../../ir/types.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { columns } from "../ddl/naming.ts";
import { identifier } from "../sql/quote.ts";
import { askText } from "./ask-text.ts";
import { only, type TableChange } from "./change.ts";
import { isForced } from "./owner.ts";
import { rank } from "./rank.ts";

/** A child's history that gets a tenant, with the tables that tell it. */
export interface TenantOfHistory {
  readonly entity: EntityIr;
  readonly history: TableChange;
  readonly owner: EntityIr;
  readonly root: TableChange;
  readonly rootHistory: TableChange | undefined;
  /** Values that the user gave. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What was recorded of a child has the tenant of its root, which may be gone and was recorded then. Where neither is there, nothing tells the
 * tenant: that is asked before anything changes.
 */
export function tenantlessDrafts(asked: TenantOfHistory): readonly Draft[] {
  const { entity, history, owner, root, rootHistory, values } = asked;
  const added = only(history, "added").find(({ to }) => to.role === "tenant");
  const child = owner.children.find((each) => each.entity.name === entity.name);
  if (added === undefined || child === undefined) return [];
  const about = `${history.part}.${added.to.name}`;
  if (values[about] !== undefined) return [];
  const pairs = owner.key.map(
    (field, at) => [field.column, child.ownerKey[at]?.column ?? field.column] as const,
  );
  const missing = (from: TableChange): string => {
    const same = pairs.map(
      ([key, own]) =>
        `known.${identifier(nameBefore(from, key))} = ${identifier(history.was)}.${identifier(nameBefore(history, own))}`,
    );
    return `not exists (select from ${identifier(from.was)} as known where ${same.join(" and ")})`;
  };
  const known = rootHistory === undefined ? [root] : [root, rootHistory];
  const reason = `nothing tells ${added.to.name} of what ${history.was} recorded, since its row of ${root.was} is gone and was not recorded (make this migration again with --set ${about}=..., which those get)`;
  const past = [history, ...known].filter((each) => isForced(each, "from")).map(({ was }) => was);
  return [
    draft({
      rank: rank.ask,
      stem: `${history.was}-ask-${added.to.name}`,
      title: `${history.was}: stops where nothing tells ${added.to.name} of what was recorded`,
      up: [
        askText({
          table: history.was,
          key: ["revision"],
          shown: columns(child.ownerKey).map((name) => nameBefore(history, name)),
          where: known.map(missing).join(" and "),
          reason,
          past,
        }),
      ],
      down: [],
      risks: ["depends-on-data"],
      ...(past.length > 0 && { transactional: false }),
      touches: [history.part],
    }),
  ];
}

const nameBefore = (change: TableChange, name: string): string =>
  only(change, "kept").find(({ to }) => to.name === name)?.from.name ?? name;
