import { isRoleText } from "../../ddl/role.ts";
import { isAskText } from "../../schema/ask-text.ts";
import { isHangingText } from "../../schema/hanging.ts";
import { isOthersText } from "../../schema/partition-others.ts";
import { isPartitionsText } from "../../schema/partition-security.ts";
import { isSequenceGrant } from "../../schema/render.ts";
import { identifier } from "../../sql/quote.ts";
import { contract, expand } from "../recipe.ts";
import type { Rule } from "../rule.ts";
import { tokensBetween } from "../sql-text.ts";

/** Settings that a step may not change for the session, which a pool hands on. */
export const sessionSetting: Rule = {
  id: "session-setting",
  severity: "error",
  covers: ["squawk:require-timeout-settings"],
  down: true,
  judge: ({ node, source, from, to }) => {
    if (!("VariableSetStmt" in node)) return [];
    const { kind, name = "all", is_local: local } = node.VariableSetStmt;
    const timeout = /^(lock|statement|transaction|idle_in_transaction_session)_timeout$/.test(name);
    const replica = name === "session_replication_role";
    if (local === true && !timeout && !replica) return [];
    const text = source.slice(from, to);
    const isSet = kind === "VAR_SET_VALUE" || kind === "VAR_SET_MULTI";
    return [
      {
        message: replica
          ? "triggers and foreign keys are off for what follows: rows that refer to nothing stay unnoticed"
          : timeout
            ? `${name} is set by whoever runs the migration (npm run db -- migrate up), which tries again when a lock does not come in time`
            : "it stays set for whatever the connection does next",
        recipe: [
          expand(
            !replica && !timeout && isSet
              ? `${text.replace(/^set\s+(?:session\s+)?/i, "set local ")};`
              : `-- without it: ${text.replaceAll(/\s+/g, " ")}`,
          ),
        ],
        severity: timeout && local === true ? "warning" : "error",
      },
    ];
  },
};

export const dropDatabase: Rule = {
  id: "drop-database",
  severity: "error",
  covers: ["squawk:ban-drop-database"],
  down: true,
  judge: ({ node }) => {
    if (!("DropdbStmt" in node || "DropOwnedStmt" in node)) return [];
    return [
      {
        message: "more goes than the migrations have made, and no down brings it back",
        recipe: [
          contract(
            "-- by hand, with a backup, by whoever owns the server; a migration drops what a migration made",
          ),
        ],
      },
    ];
  },
};

/** Of the planner, to the last letter but the names. */
const isOwn = (text: string): boolean =>
  isRoleText(text) ||
  isSequenceGrant(text) ||
  isHangingText(text) ||
  isOthersText(text) ||
  isPartitionsText(text) ||
  isAskText(text);

export const uncheckedCode: Rule = {
  id: "unchecked-code",
  severity: "warning",
  covers: ["strong:execute", "strong:change_table"],
  judge: ({ node, source, from, to }) => {
    if (!("DoStmt" in node) || isOwn(source.slice(from, to))) return [];
    return [
      {
        message: "what a do block runs is not judged: it may be put together while it runs",
        recipe: [
          expand("-- the statements themselves, as far as they are known when the file is written"),
        ],
      },
    ];
  },
};

const longest = 63;

export const longIdentifier: Rule = {
  id: "identifier-too-long",
  severity: "warning",
  covers: ["squawk:identifier-too-long"],
  judge: ({ source, from, to }) =>
    tokensBetween(source, from, to)
      .filter(({ isName }) => isName)
      .filter(
        ({ start, end }) =>
          end - start > longest + (source.slice(start, start + 1) === '"' ? 2 : 0),
      )
      .map(({ start, end }) => {
        const name = source.slice(start, end);
        return {
          message: `PostgreSQL keeps ${longest} bytes of a name and cuts off the rest without an error: ${name}`,
          recipe: [
            expand(
              `-- a name of at most ${longest} bytes: ${identifier(name.replaceAll('"', "").slice(0, longest))}`,
            ),
          ],
          at: start,
        };
      }),
};
