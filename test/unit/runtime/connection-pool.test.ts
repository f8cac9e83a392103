import { describe, expect, it } from "vitest";
import { Pool, type Poolable } from "../../../templates/runtime/connection-pool.ts";
import { FaultError } from "../../../templates/runtime/fault-error.ts";
import type { Fault } from "../../../templates/runtime/fault.ts";

class Line implements Poolable {
  lost = false;
  cancelling: Promise<void> | undefined = undefined;
  ended = false;
  readonly #listeners: ((error: unknown) => void)[] = [];

  onLost(listener: (error: unknown) => void): void {
    this.#listeners.push(listener);
  }
  async end(): Promise<void> {
    this.ended = true;
  }
  destroy(error: unknown): void {
    this.lost = true;
    for (const listener of this.#listeners) listener(error);
  }
}

const fault = (kind: Fault["kind"]): FaultError =>
  new FaultError(kind, { kind, outcome: "not-applied", transient: true, fatal: true });
const classify = (error: unknown): Fault => (error as FaultError).fault;

interface Opening {
  readonly open: (line: Line) => void;
  readonly fail: (error: unknown) => void;
}

const poolOf = (max: number, acquireTimeoutMs = 200) => {
  const openings: Opening[] = [];
  const stray: unknown[] = [];
  const pool = new Pool<Line>({
    connect: () => new Promise((open, fail) => openings.push({ open, fail })),
    classify,
    limits: { max, maxWaiting: 3, acquireTimeoutMs, idleTimeoutMs: 50 },
    onError: (error) => stray.push(error),
  });
  const acquire = (): Promise<Line> =>
    new Promise((granted, refused) => pool.acquire({ settled: false, granted, refused }));
  return { pool, openings, stray, acquire };
};
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const kind = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "granted",
    (error: FaultError) => error.fault.kind,
  );

describe("a pool", () => {
  it("of which one connection is refused as overload waits for those still being opened", async () => {
    const { openings, acquire } = poolOf(3);
    const waiting = [acquire(), acquire(), acquire()];
    openings[0]?.fail(fault("overload"));
    await settle();
    openings[1]?.open(new Line());
    expect(await kind(waiting[0] as Promise<Line>)).toBe("granted");
    openings[2]?.fail(fault("overload"));
    expect(await kind(waiting[1] as Promise<Line>)).toBe("overload");
    await kind(waiting[2] as Promise<Line>);
  });

  it("that gets none at all tells all who wait, at once", async () => {
    const { openings, acquire } = poolOf(2, 10_000);
    const waiting = [acquire(), acquire(), acquire()].map(kind);
    openings[0]?.fail(fault("overload"));
    openings[1]?.fail(fault("overload"));
    expect(await Promise.all(waiting)).toEqual(["overload", "overload", "overload"]);
  });

  it("is refused a host, and says so without waiting for the rest", async () => {
    const { openings, acquire } = poolOf(2, 10_000);
    const waiting = [acquire(), acquire()].map(kind);
    openings[0]?.fail(fault("auth"));
    expect(await Promise.all(waiting)).toEqual(["auth", "auth"]);
  });

  it("lends first come, first served, refuses who comes when the queue is full, and loses no slot", async () => {
    const { pool, openings, acquire } = poolOf(1);
    const first = acquire();
    openings[0]?.open(new Line());
    const line = await first;
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (number) => {
      const lent = await acquire();
      order.push(number);
      pool.release(lent);
    });
    expect(await kind(acquire())).toBe("overload");
    pool.release(line);
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect(pool.state).toMatchObject({ used: 0, pending: 0 });
  });

  it("does not lend a connection before its cancel request has settled", async () => {
    const { pool, openings, acquire } = poolOf(1);
    const first = acquire();
    openings[0]?.open(new Line());
    const line = await first;
    let arrived: () => void = () => {};
    line.cancelling = new Promise((resolve) => (arrived = resolve));
    pool.release(line);
    const next = acquire();
    await settle();
    expect(pool.state).toMatchObject({ used: 1, pending: 1 });
    line.cancelling = undefined;
    arrived();
    expect(await next).toBe(line);
  });

  it("replaces what is lost, tells of an idle one, and closes idle ones in time", async () => {
    const { pool, openings, stray, acquire } = poolOf(1);
    const first = acquire();
    openings[0]?.open(new Line());
    const line = await first;
    pool.release(line);
    line.destroy(new Error("gone"));
    expect(stray).toHaveLength(1);
    const second = acquire();
    openings[1]?.open(new Line());
    const other = await second;
    pool.release(other);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(other.ended).toBe(true);
    expect(pool.state).toMatchObject({ idle: 0, used: 0 });
  });

  it("closes when the last one has come back", async () => {
    const { pool, openings, acquire } = poolOf(1);
    const first = acquire();
    openings[0]?.open(new Line());
    const line = await first;
    let closed = false;
    const closing = pool.close().then(() => (closed = true));
    expect(await kind(acquire())).toBe("connection");
    await settle();
    expect(closed).toBe(false);
    pool.release(line);
    await closing;
    expect(line.ended).toBe(true);
  });
});
