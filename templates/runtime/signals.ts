/** What a signal closes. */
export interface Closable {
  close(): Promise<void>;
}

const signals = ["SIGTERM", "SIGINT"] as const;
const open = new Set<Closable>();

/** One handler for all data layers of the process, so that the first one closed does not end the others. */
export function listenToSignals(layer: Closable): void {
  if (open.size === 0) for (const signal of signals) process.on(signal, onSignal);
  open.add(layer);
}

export function forgetSignals(layer: Closable): void {
  if (open.delete(layer) && open.size === 0)
    for (const signal of signals) process.off(signal, onSignal);
}

/**
 * Closes every data layer; then, unless the application listens too and so decides itself, lets the signal do what it
 * would have done. A second signal during the drain finds no handler of ours and ends the process at once.
 */
function onSignal(signal: NodeJS.Signals): void {
  const closing = [...open].map((layer) => layer.close());
  for (const layer of open) forgetSignals(layer);
  void Promise.allSettled(closing).then(() => {
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}
