import { identifier } from "../../sql/quote.ts";
import type { ColumnSpec } from "../column.ts";
import { backfill, contract, expand, type RecipePart } from "../recipe.ts";
import { type Hit, onAction, type Rule, saysCopy, type Scene } from "../rule.ts";
import type { Statement } from "../file.ts";
import type { Reading } from "../statement.ts";
import { asCopy } from "./online.ts";

type Of<K extends Reading["kind"]> = Extract<Reading, { readonly kind: K }>;

const on =
  <K extends Reading["kind"]>(
    kind: K,
    judge: (reading: Of<K>, scene: Scene, statement: Statement) => readonly Hit[],
  ): Rule["judge"] =>
  (statement, scene) => {
    const { reading } = statement;
    const isKind = (each: Reading): each is Of<K> => each.kind === kind;
    return isKind(reading) ? judge(reading, scene, statement) : [];
  };

export const dropTable: Rule = {
  id: "drop-table",
  severity: "error",
  covers: ["strong:create_table"],
  judge: on("drop-table", ({ tables }, scene) =>
    scene.phase === "contract"
      ? []
      : tables
          .filter((table) => !scene.isFresh(table))
          .map((table) => ({
            message: `${table} goes with all its rows while code of before reads and writes it; the drop commits by itself and no rollback brings it back`,
            recipe: [contract(`drop table ${identifier(table)};`)],
          })),
  ),
};

export const dropObject: Rule = {
  id: "drop-object",
  severity: "error",
  covers: [],
  judge: on("drop-object", ({ what, name }, { phase }) => {
    if (!["view", "procedure", "function", "event"].includes(what) || phase === "contract")
      return [];
    return [
      {
        message: `code of before may use ${what} ${name} until it is replaced`,
        recipe: [contract(`drop ${what} if exists ${identifier(name)};`)],
      },
    ];
  }),
};

export const dropDatabase: Rule = {
  id: "drop-database",
  severity: "error",
  covers: [],
  down: true,
  judge: on("drop-object", ({ what }) =>
    what === "database" || what === "schema"
      ? [
          {
            message: "more goes than the migrations have made, and no down brings it back",
            recipe: [contract("-- by hand, with a backup, by whoever owns the server")],
          },
        ]
      : [],
  ),
};

/** A view bears the new name until the table takes it. */
const renamed = (from: string, to: string): readonly RecipePart[] => {
  const [before, after, aside] = [from, to, `${to}_view`].map(identifier);
  return [
    expand(`create or replace view ${after} as select * from ${before};`),
    contract(`rename table ${after} to ${aside}, ${before} to ${after};`),
    contract(`drop view if exists ${aside};`),
  ];
};

export const renameTable: Rule = {
  id: "rename-table",
  severity: "error",
  covers: ["strong:rename_table"],
  judge: (statement, scene) => {
    const hit = (from: string, to: string): readonly Hit[] =>
      scene.phase === "contract" || scene.isFresh(from)
        ? []
        : [
            {
              message: `code of before asks for ${from} and code of after for ${to}: one of them fails until all run the same`,
              recipe: renamed(from, to),
            },
          ];
    return [
      ...on("rename-table", ({ pairs }) => pairs.flatMap(([from, to]) => hit(from, to)))(
        statement,
        scene,
      ),
      ...onAction("rename-table", ({ to }, { table }) => hit(table, to))(statement, scene),
    ];
  },
};

export const truncate: Rule = {
  id: "truncate",
  severity: "error",
  covers: [],
  judge: on("truncate", ({ table }, { isFresh }) =>
    isFresh(table)
      ? []
      : [
          {
            message: `${table} is dropped and made again under a lock on its metadata: its rows are gone, no trigger fires, and no rollback brings them back`,
            recipe: [
              contract(
                "-- rows that may go are deleted in a batch step; a table that may go is dropped: drop table",
              ),
            ],
          },
        ],
  ),
};

export const createTableSelect: Rule = {
  id: "create-table-select",
  severity: "error",
  covers: [],
  judge: on("create-table", ({ selects, temporary, table }) =>
    selects && !temporary
      ? [
          {
            message: `${table} gets neither keys nor checks, and every row that the query reads stays locked until the last one is written`,
            recipe: [
              expand(`create table ${identifier(table)} (\n  id bigint not null primary key\n);`),
            ],
          },
        ]
      : [],
  ),
};

export const noPrimaryKey: Rule = {
  id: "no-primary-key",
  severity: "warning",
  covers: [],
  judge: on("create-table", ({ table, columns, elements, selects, temporary }) => {
    const keyed =
      columns.some(({ key }) => key === "primary") ||
      elements.some(({ kind }) => kind === "add-primary");
    if (keyed || selects || temporary || columns.length === 0) return [];
    return [
      {
        message: `a replica looks through all of ${table} for each row that changes, and Group Replication takes no such table`,
        recipe: [
          expand(`create table ${identifier(table)} (\n  id bigint not null primary key\n);`),
        ],
      },
    ];
  }),
};

export const otherStorage: Rule = {
  id: "storage-without-transactions",
  severity: "error",
  covers: [],
  judge: (statement, scene) => {
    const found = [
      ...on("create-table", ({ table, options }) => storageHit(table, options.get("engine")))(
        statement,
        scene,
      ),
      ...onAction("option", ({ name, value }, { table }) =>
        name === "engine" ? storageHit(table, value) : [],
      )(statement, scene),
    ];
    return found;
  },
};

const storageHit = (table: string, engine: string | undefined): readonly Hit[] =>
  engine === undefined || engine.toLowerCase() === "innodb"
    ? []
    : [
        {
          message: `${engine} keeps no foreign key and rolls nothing back: a write that fails half-way stays half done`,
          recipe: [expand(`-- ${identifier(table)}: engine = innodb, which is the default`)],
        },
      ];

/** Character sets that do not hold every character. */
const narrow = /^(?:utf8(?:mb3)?|latin\d|ucs2|cp\d+)(?:_|$)/;

function charsetsOf({ reading }: Statement): readonly string[] {
  const ofColumn = ({ charset }: ColumnSpec): readonly string[] =>
    charset === undefined ? [] : [charset];
  if (reading.kind === "create-table") {
    const own = [reading.options.get("charset"), reading.options.get("collate")];
    return [...own.filter((each) => each !== undefined), ...reading.columns.flatMap(ofColumn)];
  }
  if (reading.kind !== "alter-table") return [];
  return reading.actions.flatMap((action) => {
    if (action.kind === "add-column" || action.kind === "modify-column")
      return ofColumn(action.column);
    if (action.kind === "convert") return [action.charset];
    if (action.kind === "option" && ["charset", "collate"].includes(action.name))
      return [action.value.toLowerCase()];
    return [];
  });
}

export const narrowCharset: Rule = {
  id: "narrow-charset",
  severity: "error",
  covers: [],
  judge: (statement) => {
    const found = charsetsOf(statement).find((charset) => narrow.test(charset));
    if (found === undefined) return [];
    return [
      {
        message: `${found} does not hold every character: an emoji is refused, or lost where the server is not strict, and a join with a column of utf8mb4 uses no index`,
        recipe: [expand("-- character set utf8mb4, which is the default")],
      },
    ];
  },
};

export const convertCharset: Rule = {
  id: "convert-charset",
  severity: "error",
  covers: [],
  judge: onAction("convert", ({ charset }, alter) => {
    if (saysCopy(alter) || narrow.test(charset)) return [];
    return [
      {
        message: `every text of ${alter.table} is written again while writers wait, and comparisons follow other rules: a unique index may find two values equal`,
        recipe: [asCopy(alter.table, `convert to character set ${charset}`)],
      },
    ];
  }),
};

export const rewriteTable: Rule = {
  id: "rewrite-table",
  severity: "error",
  covers: [],
  judge: (statement, scene) => [
    ...on("table-service", ({ word, table }) =>
      scene.isFresh(table)
        ? []
        : [
            {
              message: `${word} table writes all of ${table} again, and each replica stands still as long`,
              recipe: [
                contract(`alter table ${identifier(table)} force, algorithm=inplace, lock=none;`),
              ],
            },
          ],
    )(statement, scene),
    ...onAction("partition", ({ verb }, { table }) =>
      ["add", "drop", "truncate"].includes(verb)
        ? []
        : [
            {
              message: `${verb} lays the rows of ${table} out anew while its writers wait`,
              recipe: [
                contract(
                  "-- a new table of that layout, filled in batches, and rename table at the end",
                ),
              ],
            },
          ],
    )(statement, scene),
  ],
};

export const dropPartition: Rule = {
  id: "drop-partition",
  severity: "error",
  covers: [],
  judge: onAction("partition", ({ verb }, { table }, { phase }, { text }) =>
    (verb !== "drop" && verb !== "truncate") || phase === "contract"
      ? []
      : [
          {
            message: `the rows of a partition of ${table} go at once, and no rollback brings them back`,
            recipe: [contract(`${text};`)],
          },
        ],
  ),
};

export const unbatchedWrite: Rule = {
  id: "unbatched-write",
  severity: "error",
  covers: ["strong:backfill"],
  judge: on("write", (write, scene, statement) => {
    const { table, word, where, limited, selects, sets } = write;
    if (statement.step.batch !== undefined || scene.isFresh(table) || limited) return [];
    if (word === "insert" ? !selects || where !== undefined : narrows(where)) return [];
    if (isSweep(write, scene)) return [];
    const [column = "column"] = sets;
    const facts = scene.facts(table);
    const fill = backfill(table, facts, column, "''");
    const key = facts === undefined || facts.key.length === 0 ? "id" : (facts.key[0] ?? "id");
    return [
      {
        message: `one ${word} over all of ${table}: each row stays locked until the last one is done, the undo log grows, replicas fall behind, and a failure at the end takes as long again to roll back`,
        recipe: [
          word === "update"
            ? fill
            : {
                phase: "backfill",
                batch: true,
                sql: `select count(*) over () as done, ${identifier(key)} from (select ${identifier(key)} from ${identifier(table)} where ($1 is null or ${identifier(key)} > $1) order by ${identifier(key)} limit $2) part order by ${identifier(key)} desc limit 1;\n-- then the ${word}, of the rows up to $3 and after $1`,
              },
        ],
      },
    ];
  }),
};

/** A condition on nulls and truth alone is the mark of a backfill: it leaves hardly a row out. */
const narrows = (where: string | undefined): boolean =>
  where !== undefined &&
  /[=<>]|\b(?:in|like|between|exists|regexp|rlike|match)\b/i.test(
    where.replaceAll(/'[^']*'/g, ""),
  ) &&
  !/^\(?\s*(?:1\s*=\s*1|true)\s*\)?$/i.test(where);

/** The last rows before a column is required: batches have filled it before, so few are written. */
const isSweep = ({ table, sets, word }: Of<"write">, { phase, catalogue }: Scene): boolean =>
  phase === "contract" &&
  word === "update" &&
  sets.length > 0 &&
  sets.every((column) => catalogue.filled.has(`${table}.${column}`));
