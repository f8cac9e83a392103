import type { CreateTrigStmt } from "libpg-query";
import { unboundSees } from "../../schema/security.ts";
import { alterCommands } from "../alter.ts";
import type { Statement } from "../parse.ts";
import { contract, expand } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { nameKey, strings, tableKey, tableName } from "../tree.ts";

/** Policies that come into force for sessions that know nothing of them. */
export const enabledSecurity: Rule = {
  id: "enable-row-security",
  severity: "error",
  covers: [],
  judge: (statement, scene) =>
    alterCommands(statement).flatMap(({ kind, table, relation, from }): readonly Hit[] => {
      if (kind !== "AT_EnableRowSecurity" || scene.phase === "contract" || scene.isFresh(table))
        return [];
      const policies = scene.all.filter((one) => policyTable(one) === table);
      if (policies.some(isLenient)) return [];
      const who =
        policies.length === 0 && !scene.catalogue.policies.has(table)
          ? "there is no policy, so all but the owner see no row"
          : "code of before meets none of the policies, and sees no row";
      return [
        {
          message: `${table}: ${who}, without an error`,
          recipe: [
            expand(
              `create policy ${tableName(relation)}_meanwhile on ${tableName(relation)} using (${unboundSees} or false);`,
              `alter table ${tableName(relation)} enable row level security;`,
            ),
            contract(
              "-- the policy without its first half, when no code runs any more that binds no tenant",
            ),
          ],
          at: from,
        },
      ];
    }),
};

const policyTable = ({ node }: Statement): string | undefined =>
  "CreatePolicyStmt" in node && node.CreatePolicyStmt.table !== undefined
    ? tableKey(node.CreatePolicyStmt.table)
    : undefined;

/** Being bound to no tenant, as code of before is, counts as a tenant of its own, or as all. One such policy is enough: they are joined by or. */
const isLenient = ({ source, from, to }: Statement): boolean =>
  source.slice(from, to).includes("coalesce(current_setting('app.current_tenant', true), '')");

/** Who was let in by a policy is kept out without it, and sees fewer rows instead of an error; a restrictive one gone lets others in. */
export const droppedPolicy: Rule = {
  id: "drop-policy",
  severity: "error",
  covers: [],
  judge: (statement, scene) => {
    const { node, source, from, to } = statement;
    if (!("DropStmt" in node) || node.DropStmt.removeType !== "OBJECT_POLICY") return [];
    if (scene.phase === "contract") return [];
    return (node.DropStmt.objects ?? []).flatMap((object): readonly Hit[] => {
      const names = strings([object]);
      const table = nameKey(names.slice(0, -1));
      if (scene.isFresh(table) || scene.together.some((other) => standsIn(other, table))) return [];
      return [
        {
          message: `${table} loses policy ${names.at(-1)}: code of before that it let in sees no row any more, without an error; if it was restrictive, rows are seen that it kept away`,
          recipe: [contract(`${source.slice(from, to)};`)],
        },
      ];
    });
  },
};

/** In the same transaction another policy of the table comes, or nothing is asked of sessions any more. */
const standsIn = (other: Statement, table: string): boolean =>
  policyTable(other) === table ||
  alterCommands(other).some((one) => one.kind === "AT_DisableRowSecurity" && one.table === table);

/** The owner is bound as well, and it is the owner who fills, repairs and dumps. */
export const forcedSecurity: Rule = {
  id: "force-row-security",
  severity: "warning",
  covers: [],
  judge: (statement, scene) =>
    alterCommands(statement).flatMap(({ kind, table, relation, from }): readonly Hit[] => {
      if (kind !== "AT_ForceRowSecurity" || scene.phase === "contract" || scene.isFresh(table))
        return [];
      if (scene.catalogue.forced.has(table) || wasForced(statement, table, scene)) return [];
      const policies = scene.all.filter((one) => policyTable(one) === table);
      if (policies.some(isLenient)) return [];
      return [
        {
          message: `${table}: its owner is bound by the policies too: an update of all rows finds none, and a dump by the owner holds none, without an error`,
          recipe: [contract(`alter table ${tableName(relation)} force row level security;`)],
          at: from,
        },
      ];
    }),
};

/** It was taken off earlier in the file, for the owner's batches. */
const wasForced = ({ from }: Statement, table: string, { all }: Scene): boolean =>
  all.some(
    (earlier) =>
      earlier.from < from &&
      alterCommands(earlier).some(
        (one) => one.kind === "AT_NoForceRowSecurity" && one.table === table,
      ),
  );

export const createdTrigger: Rule = {
  id: "create-trigger",
  severity: "warning",
  covers: [],
  judge: (statement, scene) => {
    const { node } = statement;
    if (!("CreateTrigStmt" in node) || node.CreateTrigStmt.relation === undefined) return [];
    const table = tableKey(node.CreateTrigStmt.relation);
    if (scene.isFresh(table) || scene.phase === "contract") return [];
    if (isOwn(node.CreateTrigStmt, scene)) return [];
    return [
      {
        message: `from this moment every write to ${table} runs the trigger, those of code of before as well; it waits for all writers, and all later ones wait for it`,
        recipe: [contract(`${statement.source.slice(statement.from, statement.to)};`)],
      },
    ];
  },
};

/** Functions of the planner: they record, or keep the columns of two codes in step. */
const isOwn = ({ funcname }: CreateTrigStmt, { all }: Scene): boolean => {
  const name = strings(funcname).at(-1);
  return all.some(({ node, source, from, to }) => {
    if (!("CreateFunctionStmt" in node)) return false;
    if (strings(node.CreateFunctionStmt.funcname).at(-1) !== name) return false;
    return /\$(?:sync|history)\$/.test(source.slice(from, to));
  });
};
