/**
 * Whether Node itself broke off, by what is left of a process. V8 does so now and then where WebAssembly databases come and go: a check of
 * its own fails (`jit_page_->allocations_.erase`), or it ends with SIGSEGV. Source: nodejs/node issue 64500, open for Node 22 to 26.
 */
export const brokeOff = (
  output: string,
  { signal, status }: { readonly signal?: string | null; readonly status?: number | null } = {},
): boolean =>
  /^# Fatal error in |SIGSEGV|SIGTRAP/m.test(output) ||
  ["SIGSEGV", "SIGTRAP", "SIGILL"].includes(signal ?? "") ||
  [132, 133, 139].includes(status ?? 0);

/** More would say that it is no accident. */
export const mostRuns = 3;
