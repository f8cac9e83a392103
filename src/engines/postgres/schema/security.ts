import type { TableChange } from "./change.ts";
import { type Draft, draft } from "./draft.ts";
import { identifier } from "../sql/quote.ts";
import { rank } from "./rank.ts";
import { alterPolicy, dropPolicy, secure, switchSecurity } from "./render.ts";
import type { PolicyShape, TableShape } from "./shape.ts";

/** Row-level security: policies and the switches that make them hold. */
export function securityDrafts(change: TableChange): readonly Draft[] {
  const { from, to } = change;
  if (sameSecurity(from, to)) return renamedPolicies(change);
  const table = { ...from, name: to.name };
  const off = draft({
    rank: rank.dropPolicy,
    stem: `${to.name}-open`,
    title: `${to.name}: rows are seen by whoever may read the table`,
    up: opened(table),
    down: secure(table),
    risks: ["locks"],
    touches: [change.part],
  });
  const forEarlier =
    change.mode === "split" && from.security === "none" && to.security === "forced";
  return [
    ...(from.security === "none" ? [] : [off]),
    ...(to.security === "none" ? [] : [closed(change, forEarlier)]),
    ...(forEarlier ? [strict(change)] : []),
  ];
}

const sameSecurity = (from: TableShape, to: TableShape): boolean =>
  from.security === to.security &&
  from.policies.length === to.policies.length &&
  from.policies.every((policy, at) => conditions(policy) === conditions(to.policies[at]));

const conditions = (policy: PolicyShape | undefined): string =>
  JSON.stringify([policy?.command, policy?.using, policy?.check]);

const opened = (table: TableShape): readonly string[] => [
  ...table.policies.map((policy) => dropPolicy(table.name, policy)),
  ...(table.security === "forced" ? [switchSecurity(table.name, "no force")] : []),
  switchSecurity(table.name, "disable"),
];

function closed(change: TableChange, forEarlier: boolean): Draft {
  const { to } = change;
  const table = forEarlier ? { ...to, policies: to.policies.map(openToUnbound) } : to;
  return draft({
    rank: rank.security,
    stem: `${to.name}-policies`,
    title: `${to.name}: a session sees the rows of its tenant${forEarlier ? "; one that is bound to none, as in code of before, sees all" : " only"}`,
    up: secure(table),
    down: opened(table),
    risks: ["locks"],
    touches: [change.part],
  });
}

/** Code of before binds no tenant. */
const unbound = "coalesce(current_setting('app.current_tenant', true), '') = ''";

const openToUnbound = (policy: PolicyShape): PolicyShape => ({
  ...policy,
  using: `${unbound} or ${policy.using}`,
  ...(policy.check !== undefined && { check: `${unbound} or ${policy.check}` }),
});

const strict = (change: TableChange): Draft =>
  draft({
    rank: rank.security,
    phase: "contract",
    stem: `${change.to.name}-policies`,
    title: `${change.to.name}: a session sees the rows of its tenant only`,
    up: change.to.policies.map((policy) => alterPolicy(change.to.name, policy)),
    down: change.to.policies.map((policy) => alterPolicy(change.to.name, openToUnbound(policy))),
    risks: ["locks"],
    touches: [change.part],
  });

/** A policy is called after its table. */
function renamedPolicies({ from, to, part }: TableChange): readonly Draft[] {
  const table = identifier(to.name);
  const pairs = from.policies.flatMap((policy, at) => {
    const after = to.policies[at];
    return after === undefined || after.name === policy.name
      ? []
      : [[policy.name, after.name] as const];
  });
  const rename = (own: string, other: string): string =>
    `alter policy ${identifier(own)} on ${table} rename to ${identifier(other)};`;
  if (pairs.length === 0) return [];
  return [
    draft({
      rank: rank.renameObject,
      stem: `${to.name}-rename-policies`,
      title: `${to.name}: policies are called after the table`,
      up: pairs.map(([own, other]) => rename(own, other)),
      down: pairs.map(([own, other]) => rename(other, own)),
      touches: [part],
    }),
  ];
}
