import type { Statement } from "../parse.ts";
import { alone } from "../recipe.ts";
import type { Hit, Rule } from "../rule.ts";
import { alterCommands } from "../alter.ts";

/** What PostgreSQL refuses in a transaction, as its message would name it. */
function refusedInTransaction({ node, ...statement }: Statement): string | undefined {
  if ("IndexStmt" in node && node.IndexStmt.concurrent === true) return "create index concurrently";
  if ("DropStmt" in node && node.DropStmt.concurrent === true) return "drop index concurrently";
  if ("ReindexStmt" in node && isConcurrentReindex(node.ReindexStmt)) return "reindex concurrently";
  if ("VacuumStmt" in node && node.VacuumStmt.is_vacuumcmd === true) return "vacuum";
  if ("ClusterStmt" in node && node.ClusterStmt.relation === undefined) return "cluster";
  if ("CreatedbStmt" in node) return "create database";
  if ("DropdbStmt" in node) return "drop database";
  if ("CreateTableSpaceStmt" in node) return "create tablespace";
  if ("DropTableSpaceStmt" in node) return "drop tablespace";
  if ("AlterSystemStmt" in node) return "alter system";
  const detached = alterCommands({ node, ...statement }).some(
    ({ command }) =>
      command.def !== undefined &&
      "PartitionCmd" in command.def &&
      command.def.PartitionCmd.concurrent === true,
  );
  return detached ? "detach partition concurrently" : undefined;
}

const isConcurrentReindex = ({ params = [] }: { readonly params?: readonly object[] }): boolean =>
  JSON.stringify(params).includes('"concurrently"');

const statementText = ({ source, from, to }: Statement): string => `${source.slice(from, to)};`;

export const concurrentlyInTransaction: Rule = {
  id: "concurrently-in-transaction",
  severity: "error",
  covers: ["squawk:ban-concurrent-index-creation-in-transaction"],
  down: true,
  judge: (statement, scene): readonly Hit[] => {
    const what = refusedInTransaction(statement);
    if (what === undefined || statement.transaction === undefined) return [];
    return [
      {
        message: `PostgreSQL refuses ${what} in a transaction, and the step it stands in runs in one`,
        recipe: [alone(statementText(statement), scene.phase ?? "expand")],
      },
    ];
  },
};

export const statementsOutside: Rule = {
  id: "several-statements-outside-transaction",
  severity: "error",
  covers: [],
  down: true,
  judge: (statement, scene): readonly Hit[] => {
    const first = scene.before()[0];
    if (statement.transaction !== undefined || first === undefined) return [];
    return [
      {
        message: `step ${statement.step.name} runs outside of a transaction, so a second statement in it is lost track of when the first is done and the second fails`,
        recipe: [alone(statementText(statement), scene.phase ?? "expand")],
      },
    ];
  },
};

export const transactionControl: Rule = {
  id: "transaction-control",
  severity: "error",
  covers: ["squawk:transaction-nesting", "squawk:ban-uncommitted-transaction"],
  down: true,
  judge: ({ node }) => {
    if (!("TransactionStmt" in node)) return [];
    return [
      {
        message:
          "each step has its transaction already, together with its row in the ledger: beginning or ending another one parts the two, so that a half-done migration counts as done or runs twice",
        recipe: [
          alone("-- what has to be committed on its own is a step of its own: -- step: name"),
        ],
      },
    ];
  },
};
