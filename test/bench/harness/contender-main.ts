/** The process behind `ContenderProcess`: opens one contender and measures what it is told to. */
import type { Calls, Load, Measured, OpenCalls } from "./contender-process.ts";

const [module = "", given = "{}"] = process.argv.slice(2);
const { open } = (await import(module)) as { readonly open: OpenCalls };
const opened = await answered(() => open(JSON.parse(given)));

process.on("message", (load) => void answered(() => measure(opened, load as Load)));
process.on("disconnect", () => {
  const patience = setTimeout(() => process.exit(1), 3_000);
  void opened.close().finally(() => {
    clearTimeout(patience);
    process.exit(0);
  });
});

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    process.send?.({ result: isMeasured(result) ? result : undefined });
    return result;
  } catch (error) {
    process.send?.({
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    throw error;
  }
}

function isMeasured(result: unknown): result is Measured {
  return typeof result === "object" && result !== null && "perSecond" in result;
}

async function measure({ calls }: Calls, { call: name, callers, ms }: Load): Promise<Measured> {
  const call = calls[name];
  if (call === undefined) throw new Error(`no call ${name}`);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + ms;
  const times: number[] = [];
  const caller = async (): Promise<void> => {
    for (let begun = start; begun < end;) {
      await call();
      const now = performance.now();
      times.push(now - begun);
      begun = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const done = times.length;
  const swift = times.toSorted((a, b) => a - b)[Math.floor(done / 10)] ?? Number.NaN;
  return {
    perSecond: (done / elapsedMs) * 1_000,
    cpuUs: (user + system) / done,
    swiftUs: swift * 1_000,
  };
}
