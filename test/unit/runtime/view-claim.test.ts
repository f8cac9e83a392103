import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  newClaim,
  silentClaim,
  whileBeating,
  type ViewClaim,
} from "../../../templates/runtime/view-claim.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

describe("the claim of a rebuild", () => {
  test("of none is none", async () => {
    expect(await silentClaim("things", () => Promise.resolve(undefined))).toBeUndefined();
  });

  test("that is given back is none", async () => {
    const told: (ViewClaim | undefined)[] = [newClaim(), undefined];
    expect(await silentClaim("things", () => Promise.resolve(told.shift()))).toBeUndefined();
  });

  test("that beats is under way, since when is told", async () => {
    const claim = newClaim();
    let beat = 0;
    const read = () => Promise.resolve({ ...claim, beat: (beat += 1) });
    await expect(silentClaim("things", read)).rejects.toMatchObject({
      kind: "conflict",
      message: `a rebuild of things is under way since ${claim.since}`,
      hint: expect.stringContaining("--fresh"),
    });
  });

  test("that falls silent is handed over", async () => {
    const claim = newClaim();
    expect(await silentClaim("things", () => Promise.resolve(claim))).toEqual(claim);
  }, 30_000);
});

describe("work that beats", () => {
  test("beats until it is done, one after the other, and no more", async () => {
    let [beats, under] = [0, 0];
    const done = await whileBeating(
      async () => {
        expect((under += 1)).toBe(1);
        await Promise.resolve();
        under -= 1;
        beats += 1;
      },
      async () => {
        await vi.advanceTimersByTimeAsync(10_000);
        return "done";
      },
    );
    expect([done, beats > 1]).toEqual(["done", true]);
    const before = beats;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(beats).toBe(before);
  });

  test("tells that it was taken over; a beat that was lost before is nothing", async () => {
    const work = () => vi.advanceTimersByTimeAsync(5_000);
    const lost = () => Promise.reject(new Error("taken over"));
    await expect(whileBeating(lost, work)).rejects.toThrow("taken over");
    let beats = 0;
    const once = () => ((beats += 1) === 1 ? lost() : Promise.resolve());
    await whileBeating(once, work);
    expect(beats).toBe(2);
  });
});
