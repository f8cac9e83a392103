import { expect } from "vitest";

/** The call is refused with a `DataError`, whose stack names the function of the test and its file. @param call a named async function */
export async function expectCaller(call: () => Promise<unknown>): Promise<void> {
  const error: unknown = await call().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "DataError" });
  const frames = (error as Error).stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  expect(frames.find((frame) => frame.includes(call.name))).toMatch(/suite\.ts:\d+:\d+\)?$/);
}
