/**
 * M5: chains of random changes of a spec on a real server. What the migrations make is what the spec makes afresh, and no row that is kept
 * changes. `FULL=1` runs all of them, `CHAIN_SEED=n` one; `CHAIN_KEEP=1` leaves its files behind.
 */
import { afterEach, describe, it } from "vitest";
import { cell } from "../../support/closing-table.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { type ChainSize, runChain } from "./chain-run.ts";

const full = process.env["FULL"] === "1";
const size: ChainSize = full
  ? { changes: 50, rows: 10_000, compareEvery: 10 }
  : { changes: 6, rows: 200, compareEvery: 6 };
const wanted = process.env["CHAIN_SEED"];
const seeds =
  wanted === undefined ? Array.from({ length: full ? 300 : 6 }, (_, n) => n + 1) : [Number(wanted)];

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "chains of changes" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

describe.skipIf(isMissing(server))("chains of changes", () => {
  afterEach(({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
  });

  it.each(seeds)(
    "chain %i",
    async (seed) => {
      if (!isMissing(server)) await runChain(seed, server, size);
    },
    full ? 600_000 : 60_000,
  );
});
