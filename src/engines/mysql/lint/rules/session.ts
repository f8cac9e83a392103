import { contract, expand } from "../recipe.ts";
import type { Rule } from "../rule.ts";
import type { Statement } from "../file.ts";
import { Reader } from "../reader.ts";
import { tokens } from "../../sql/tokens.ts";
import { bare } from "../reader.ts";

export const transactionControl: Rule = {
  id: "transaction-control",
  severity: "error",
  covers: [],
  down: true,
  judge: ({ reading }) =>
    reading.kind === "transaction"
      ? [
          {
            message: `${reading.word} promises what is not kept: DDL commits by itself, with all that came before it, and a batch has its transaction already`,
            recipe: [expand("-- what belongs together is one statement, or a batch step")],
          },
        ]
      : [],
};

const ddl: readonly string[] = [
  "create-table",
  "alter-table",
  "drop-table",
  "rename-table",
  "truncate",
  "create-object",
  "drop-object",
  "table-service",
];

const isDdl = ({ reading }: Statement): boolean => ddl.includes(reading.kind);

/** Run again it does no harm: it looks, or says itself what to do when it was done. */
function isRepeatable({ reading, text }: Statement): boolean {
  if (reading.kind === "select" || reading.kind === "set") return true;
  if (reading.kind === "write") return reading.word !== "insert" && reading.where !== undefined;
  const reader = new Reader(text);
  while (!reader.ended) {
    if (reader.accept("if", "exists") || reader.accept("if", "not", "exists")) return true;
    if (reader.accept("or", "replace")) return true;
    if (reader.brackets() === undefined) reader.take();
  }
  return false;
}

export const implicitCommit: Rule = {
  id: "implicit-commit",
  severity: "error",
  covers: [],
  down: true,
  judge: (statement) =>
    isDdl(statement) && statement.step.batch !== undefined
      ? [
          {
            message: `it commits the transaction of its batch: the rows count as done before the ledger says so, and each batch runs it again`,
            recipe: [expand(`${statement.text};`)],
          },
        ]
      : [],
};

export const severalStatements: Rule = {
  id: "several-statements-in-step",
  severity: "error",
  covers: [],
  judge: (statement, { before, phase }) => {
    const first = before.find((each) => !isRepeatable(each));
    if (first === undefined || statement.step.batch !== undefined) return [];
    return [
      {
        message: `each statement commits by itself: when this one fails, what stands in line ${first.line} is done already and runs again with the step`,
        recipe: [(phase === "contract" ? contract : expand)(`${statement.text};`)],
      },
    ];
  },
};

export const sessionSetting: Rule = {
  id: "session-setting",
  severity: "error",
  covers: [],
  down: true,
  judge: ({ reading }) => {
    if (reading.kind !== "set") return [];
    const found = reading.variables.find((name) => !name.startsWith("@"));
    if (found === undefined) return [];
    const unchecked = found === "foreign_key_checks" || found === "unique_checks";
    return [
      {
        message: unchecked
          ? `rows that refer to nothing or stand there twice are never looked for again, and the connection keeps ${found} off`
          : `${found} stays set for whatever the connection does next; mode, time zone and lock waits are set by whoever runs the migration`,
        recipe: [expand("-- without it")],
      },
    ];
  },
};

export const explicitLock: Rule = {
  id: "explicit-lock",
  severity: "error",
  covers: [],
  down: true,
  judge: ({ reading }) =>
    reading.kind === "lock"
      ? [
          {
            message: `${reading.word}: everybody waits until it is given back, which a broken connection leaves to a timeout; it commits what came before`,
            recipe: [expand("-- without it: each statement takes the locks that it needs")],
          },
        ]
      : [],
};

export const uncheckedCode: Rule = {
  id: "unchecked-code",
  severity: "warning",
  covers: ["strong:execute"],
  judge: ({ reading, text }) => {
    const hidden = tokens(text).some(
      (token) => token.kind === "comment" && /^\/\*M?!/.test(token.text),
    );
    if (reading.kind !== "code" && !hidden) return [];
    return [
      {
        message: `what ${hidden ? "a comment that the server runs" : reading.kind === "code" ? reading.word : "it"} does stands in no statement that could be judged`,
        recipe: [expand("-- the statements themselves")],
      },
    ];
  },
};

/** Characters of a name: MySQL manual, Identifier Length Limits. */
const longest = 64;

export const longIdentifier: Rule = {
  id: "long-identifier",
  severity: "error",
  covers: [],
  down: true,
  judge: ({ text }) => {
    const found = tokens(text)
      .filter(({ kind }) => kind === "word" || kind === "quoted-name")
      .map((token) => bare(token.text))
      .find((name) => [...name].length > longest);
    if (found === undefined) return [];
    return [
      {
        message: `${found} has ${[...found].length} characters and a name ends at ${longest}: the server refuses it`,
        recipe: [expand(`-- ${found.slice(0, 50)}`)],
      },
    ];
  },
};
