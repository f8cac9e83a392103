/** What a signal closes. */
export interface Closable {
  close(): Promise<void>;
}

const signals = ["SIGTERM", "SIGINT"] as const;
const open = new Set<Closable>();
let ending = false;

/** One handler for all data layers of the process, so that the first one closed does not end the others. */
export function listenToSignals(layer: Closable): void {
  if (open.size === 0 && !ending) for (const signal of signals) process.on(signal, onSignal);
  open.add(layer);
}

export function forgetSignals(layer: Closable): void {
  if (open.delete(layer) && open.size === 0 && !ending) stopListening();
}

/** Closes every data layer. The handler stays until that is done: libraries end the process at once when they find themselves the only listeners. */
function onSignal(signal: NodeJS.Signals): void {
  if (ending) return end(signal);
  ending = true;
  const closing = [...open].map((layer) => layer.close());
  void Promise.allSettled(closing).then(() => end(signal));
}

/** Lets the signal do what it would have done, unless the application listens too and so decides itself. A second signal comes here at once. */
function end(signal: NodeJS.Signals): void {
  if (!ending) return;
  ending = false;
  stopListening();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, onSignal);
}
