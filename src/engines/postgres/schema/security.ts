import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { switchPartitions } from "./partition-security.ts";
import { rank } from "./rank.ts";
import { alterPolicy, dropPolicy, secureAlone, switchSecurity } from "./render.ts";
import type { PolicyShape, TableShape } from "./shape.ts";

/** Row-level security: policies and the switches that make them hold. */
export function securityDrafts(change: TableChange): readonly Draft[] {
  const { from, to, mode } = change;
  if (sameSecurity(from, to)) return renamedPolicies(change);
  const beside = mode === "split" && (from.security === "none" || to.security === "none");
  if (beside) return from.security === "none" ? closedInPhases(change) : openedInPhases(change);
  return [
    ...(from.security === "none" ? [] : [openDraft(change)]),
    ...(to.security === "none" ? [] : [closeDraft(change, to)]),
  ];
}

/** Code of before binds no tenant; once none runs any more, who is bound to none sees none. */
function closedInPhases(change: TableChange): readonly Draft[] {
  const { to } = change;
  if (to.security === "enabled") return [closeDraft(change, to)];
  const lenient = { ...to, policies: to.policies.map(openToUnbound) };
  return [
    closeDraft(change, lenient),
    altered(change, to.policies, lenient.policies, "contract", "sees the rows of its tenant only"),
  ];
}

/** Code of before stays within its tenant, while code of after binds none and sees all. */
function openedInPhases(change: TableChange): readonly Draft[] {
  const { from } = change;
  const lenient = from.policies.map(openToUnbound);
  return [
    ...(from.security === "forced"
      ? [altered(change, lenient, from.policies, "expand", "that is bound to no tenant sees all")]
      : []),
    openDraft(change, from.security === "forced" ? lenient : from.policies),
  ];
}

const sameSecurity = (from: TableShape, to: TableShape): boolean =>
  from.security === to.security &&
  from.policies.length === to.policies.length &&
  from.policies.every((policy, at) => conditions(policy) === conditions(to.policies[at]));

const conditions = (policy: PolicyShape | undefined): string =>
  JSON.stringify([policy?.command, policy?.using, policy?.check]);

const closed = (table: TableShape): readonly string[] => [
  ...secureAlone(table),
  ...(table.partition === undefined ? [] : [switchPartitions(table.name, "enable")]),
];

const opened = (table: TableShape): readonly string[] => [
  ...table.policies.map((policy) => dropPolicy(table.name, policy)),
  ...(table.security === "forced" ? [switchSecurity(table.name, "no force")] : []),
  switchSecurity(table.name, "disable"),
  ...(table.partition === undefined ? [] : [switchPartitions(table.name, "disable")]),
];

function openDraft(change: TableChange, policies = change.from.policies): Draft {
  const { from, to, mode } = change;
  const table = { ...from, name: to.name, policies };
  return draft({
    rank: rank.dropPolicy,
    phase: mode === "split" && to.security === "none" ? "contract" : "expand",
    stem: `${to.name}-open`,
    title: `${to.name}: rows are seen by whoever may read the table`,
    up: opened(table),
    down: closed(table),
    risks: ["locks"],
    touches: [change.part],
  });
}

const closeDraft = (change: TableChange, table: TableShape): Draft =>
  draft({
    rank: rank.security,
    stem: `${table.name}-policies`,
    title: `${table.name}: a session sees the rows of its tenant`,
    up: closed(table),
    down: opened(table),
    risks: ["locks"],
    touches: [change.part],
  });

function altered(
  { to: { name }, part }: TableChange,
  policies: readonly PolicyShape[],
  before: readonly PolicyShape[],
  phase: Draft["phase"],
  about: string,
): Draft {
  return draft({
    rank: rank.security,
    phase,
    stem: `${name}-policies`,
    title: `${name}: a session ${about}`,
    up: policies.map((policy) => alterPolicy(name, policy)),
    down: before.map((policy) => alterPolicy(name, policy)),
    risks: ["locks"],
    touches: [part],
  });
}

/** Holds for a session that is bound to no tenant. */
export const unboundSees = "coalesce(current_setting('app.current_tenant', true), '') = ''";

const openToUnbound = (policy: PolicyShape): PolicyShape => ({
  ...policy,
  using: `${unboundSees} or ${policy.using}`,
  ...(policy.check !== undefined && { check: `${unboundSees} or ${policy.check}` }),
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
