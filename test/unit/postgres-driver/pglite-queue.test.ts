import { expect, it } from "vitest";
import { classify } from "../../../templates/engines/postgres/errors.ts";
import type { PgliteHost } from "../../../templates/engines/postgres/pglite-host.ts";
import { PgliteSource } from "../../../templates/engines/postgres/pglite-source.ts";
import type { Connection, Exchange, Waiter } from "../../../templates/engines/postgres/wire.ts";

/** Lent to a transaction, so that everything after it waits. */
const busySource = async () => {
  const source = new PgliteSource(() => new Promise(() => {}));
  const lent = await new Promise<Connection>((granted, refused) =>
    source.acquire({ settled: false, granted, refused }),
  );
  return { source, lent };
};

const refusals: unknown[] = [];
const exchange = (calls: { settled: boolean }): Exchange => ({
  prepared: { name: "", text: "select 1" },
  values: [],
  binding: undefined,
  get settled() {
    return calls.settled;
  },
  flight: undefined,
  sending: () => {},
  answered: () => {},
  failed: (error) => void refusals.push(error),
});
const waiter = (): Waiter => ({
  settled: false,
  granted: () => {},
  refused: (error) => void refusals.push(error),
});

it("10,000 calls may wait, the next one is overloaded, and calls that were given up take no place", async () => {
  const { source } = await busySource();
  const calls = { settled: false };
  for (let call = 0; call < 10_000; call += 1) source.submit(exchange(calls));
  expect(refusals.splice(0)).toEqual([]);
  source.submit(exchange({ settled: false }));
  source.acquire(waiter());
  expect(refusals.splice(0).map((error) => classify(error))).toEqual([
    expect.objectContaining({ kind: "overload", outcome: "not-applied" }),
    expect.objectContaining({ kind: "overload", outcome: "not-applied" }),
  ]);
  calls.settled = true;
  source.submit(exchange({ settled: false }));
  source.acquire(waiter());
  expect(refusals).toEqual([]);
  expect(source.state.pending).toBe(2);
});

it("is started before its first call for whoever asks, once, and not after it was closed", async () => {
  let starts = 0;
  const host: PgliteHost = {
    run: async () => ({ rows: [["f"]], tag: "SELECT 1" }),
    close: async () => {},
    terminate: () => {},
  };
  const source = new PgliteSource(async () => {
    starts += 1;
    return host;
  });
  expect(source.opened).toBe(false);
  await Promise.all([source.load(), source.load()]);
  expect([source.opened, starts]).toEqual([true, 1]);
  const closed = new PgliteSource(() => Promise.reject(new Error("started")));
  await expect(closed.load()).rejects.toMatchObject({ fault: { outcome: "not-applied" } });
  await closed.close();
  await closed.load();
});
