/** The generated adapters of MySQL and MariaDB beside the bare driver on the same server. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import mysql from "mysql2/promise";
import { isMissing, privateServer } from "../../engines/servers.ts";
import { casesOf, type Contest, contest, cpuGroup, swiftGroup } from "../harness/contest.ts";
import { benchRoot, emptyWorkFolder, program, versionsOf } from "../harness/places.ts";
import { runNode } from "../harness/processes.ts";
import type { Case, Group, Suite, Target } from "../harness/result.ts";
import { ratio } from "../harness/statistics.ts";
import { itemRow, stored } from "../peers/mysql/items.ts";

const bare = "mysql2";
const ours = "async-db-starter";
const keyed = ["get", "page", "insert"] as const;
const calls = [...keyed, "search", "bulk"] as const;

const titles = {
  get: "Find by uuid key",
  page: "Keyset page of 20 by (status, placed_at, id)",
  insert: "Insert of one row",
  search: "Full text search for a word of one row among 5,000",
  bulk: "Insert of 500 rows",
} as const;

const comments = [
  "Server and contenders on the same machine over loopback. Both hold 10 connections, use prepared statements, and give rows with dates as dates; the bare driver with its own pool, without deadline, acquire time-out, retry or metrics.",
  "An insert gives the row as stored, with what the server filled in: `returning` on MariaDB, a second statement on MySQL, in both contenders. So does a bulk insert, in the order given; the driver sends its rows in the text of one statement.",
  "MariaDB may answer a search wrongly that is run again as one prepared statement (MA-06), so both contenders send it as text there; what the driver would save with a prepared one, right or wrong, is shown beside them.",
];

const moduleOf = (name: string): string =>
  fileURLToPath(new URL(`../peers/mysql/${name}.ts`, import.meta.url));

const modules: Contest["contenders"] = new Map([
  [bare, { module: moduleOf("driver") }],
  [ours, { module: moduleOf("ours") }],
]);

const searching = (engine: "mysql" | "mariadb"): Contest["contenders"] =>
  engine === "mysql"
    ? modules
    : new Map([...modules, ["mysql2, prepared", { module: moduleOf("driver"), name: "prepared" }]]);

/** A suite of one of the two. */
export const suiteOf =
  (engine: "mysql" | "mariadb", title: string): Suite =>
  async (options) => {
    const folder = emptyWorkFolder(engine, "ours");
    const spec = readFileSync(join(benchRoot, "specs", "mysql.yaml"), "utf8");
    writeFileSync(join(folder, "workloads.yaml"), spec.replace("ENGINE", engine));
    runNode({ args: [program, "plan"], cwd: folder });
    runNode({ args: [program, "generate"], cwd: folder });
    const server = await privateServer(engine);
    if (isMissing(server)) throw new Error(server.reason);
    const { dsn } = await server.namespace();
    try {
      runNode({
        args: [join(folder, "src", "data", "cli.ts"), "migrate", "up"],
        cwd: folder,
        env: { MAIN_URL: dsn },
      });
      await fill(dsn);
      const contenders = { contenders: modules, given: { dsn, engine } };
      // Many and short: where others use the cores too, 18 of 100 ms gave medians between 0.70 and 1.22 for one and the same code.
      const rounds = { ...contenders, callers: [1, 32, 128], rounds: 72, ms: 40 };
      const outcomes = [
        ...(await contest({ ...rounds, calls: keyed }, options)),
        ...(await contest(
          { ...rounds, contenders: searching(engine), calls: ["search"] },
          options,
        )),
        ...(await contest(
          { ...contenders, calls: ["bulk"], callers: [1, 8], rounds: 20, ms: 250 },
          options,
        )),
      ];
      const cases = (call: string): readonly Case[] =>
        casesOf(outcomes, call, ({ perSecond }) => perSecond);
      return {
        suite: engine,
        title,
        quick: options.quick,
        versions: { [title]: server.version, ...versionsOf("mysql2") },
        groups: [
          ...calls.map((call): Group => ({
            title: titles[call],
            unit: "calls/s",
            reference: bare,
            cases: cases(call),
          })),
          swiftGroup(outcomes, bare),
          cpuGroup(outcomes, bare),
        ],
        targets: calls.flatMap((call) =>
          cases(call).map((one): Target => ({
            what: `${call}, ${one.name}: ÷ driver`,
            bound: "at least",
            limit: 0.9,
            unit: " ×",
            measured: ratio(one, ours, bare),
          })),
        ),
        comments,
      };
    } finally {
      await server.stop();
    }
  };

/** The rows that are found and listed. */
async function fill(dsn: string): Promise<void> {
  const connection = await mysql.createConnection(dsn.replace(/^mariadb/, "mysql"));
  try {
    for (let from = 0; from < stored; from += 500) {
      const rows = Array.from({ length: 500 }, (_, at) => itemRow(from + at));
      await connection.query(
        "insert into items (id, customer_id, status, placed_at, total_cents, note) values ?",
        [
          rows.map((row) => [
            row.id,
            row.customerId,
            row.status,
            row.placedAt.toISOString().slice(0, 23).replace("T", " "),
            row.totalCents,
            row.note,
          ]),
        ],
      );
    }
    await connection.query("analyze table items");
  } finally {
    await connection.end();
  }
}
