/** One client connection of the fault proxy and its twin to the server. */
import { createConnection, type Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { type Arrival, arrivals, writeAll } from "./arrivals.ts";
import type { Framer } from "./frames.ts";
import { type ActiveToxic, type Direction, type Strike, ToxicSelection } from "./toxics.ts";

/** What connections share with their proxy. */
export interface Context {
  readonly target: { readonly host: string; readonly port: number };
  readonly toxics: () => readonly ActiveToxic[];
  readonly random: () => number;
  readonly tally: Tally;
  readonly framer: Framer | undefined;
  readonly closed: (connection: FaultConnection) => void;
}

export interface Tally {
  bytesUp: number;
  bytesDown: number;
  requests: number;
  repliesLost: number;
}

export class FaultConnection {
  readonly #context: Context;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #selection: ToxicSelection;
  readonly #timers = new Map<ActiveToxic, NodeJS.Timeout>();
  readonly #requests: string[] = [];
  readonly #sent = { up: 0, down: 0 };
  /** Bytes were swallowed: what came after them would make no sense, so nothing ever comes. */
  #dead = false;
  #over = false;

  constructor(client: Socket, context: Context) {
    this.#context = context;
    this.#client = client;
    this.#server = createConnection({ ...context.target, allowHalfOpen: true, noDelay: true });
    this.#selection = new ToxicSelection(context.toxics, context.random);
    this.#watch();
    void this.#pump("up", client, this.#server);
    void this.#pump("down", this.#server, client);
  }

  /** RST to both sides. */
  cut(): void {
    this.#finish("reset");
  }

  /** Faults that strike without any traffic: those of the clock, and `down`. */
  toxicsChanged(): void {
    const current = this.#selection.current();
    for (const [active, timer] of this.#timers) {
      if (current.includes(active)) continue;
      clearTimeout(timer);
      this.#timers.delete(active);
    }
    for (const active of current) this.#arm(active);
  }

  #arm(active: ActiveToxic): void {
    const { toxic } = active;
    if (toxic.kind === "down") return this.#strike(active, "reset");
    if (toxic.kind !== "reset_peer" && toxic.kind !== "timeout") return;
    if (this.#timers.has(active) || (toxic.kind === "timeout" && toxic.ms === 0)) return;
    const how = toxic.kind === "reset_peer" ? "reset" : "close";
    this.#timers.set(
      active,
      setTimeout(() => this.#strike(active, how), toxic.ms),
    );
  }

  /** A broken socket is passed on as a cut, unless the fault is that nobody learns of anything. */
  #watch(): void {
    let open = 2;
    for (const socket of [this.#client, this.#server]) {
      socket.on("error", () => {
        if (!this.#silent("up") && !this.#silent("down")) this.#finish("reset");
      });
      socket.once("close", () => {
        open -= 1;
        if (open === 0) this.#finish("close");
      });
    }
  }

  async #pump(direction: Direction, source: Socket, sink: Socket): Promise<void> {
    for await (const arrival of arrivals(source)) {
      if (arrival === "end") {
        await sleep(this.#selection.first("slow_close", direction)?.toxic.ms ?? 0);
        if (!this.#silent(direction)) sink.end();
        return;
      }
      await this.#latency(direction, arrival);
      if (direction === "up") await this.#request(arrival.bytes);
      else await this.#reply(arrival.bytes);
    }
  }

  async #latency(direction: Direction, arrival: Arrival): Promise<void> {
    const toxic = this.#selection.first("latency", direction)?.toxic;
    if (!toxic) return;
    const swing = (this.#context.random() * 2 - 1) * (toxic.jitterMs ?? 0);
    const wait = arrival.at + toxic.ms + swing - performance.now();
    if (wait > 0) await sleep(wait);
  }

  async #request(bytes: Buffer): Promise<void> {
    const seen = this.#context.framer?.requests(bytes) ?? [];
    this.#requests.push(...seen);
    this.#context.tally.requests += seen.length;
    await this.#forward("up", bytes, this.#server);
  }

  async #reply(bytes: Buffer): Promise<void> {
    const whole = [{ bytes, reply: -1, last: false }];
    for (const piece of this.#context.framer?.pieces(bytes) ?? whole) {
      const loss = piece.reply < 0 ? undefined : this.#lossOf(piece.reply);
      if (!loss) await this.#forward("down", piece.bytes, this.#client);
      else if (piece.last) this.#lose(loss);
    }
  }

  #lossOf(reply: number): Strike<"drop_reply"> | undefined {
    const request = { index: reply, text: this.#requests[reply] ?? "" };
    return this.#selection
      .every("drop_reply")
      .find(({ toxic, active }) => active.hits < (toxic.times ?? 1) && toxic.when(request));
  }

  #lose({ toxic, active }: Strike<"drop_reply">): void {
    this.#context.tally.repliesLost += 1;
    if (toxic.after === "cut") return this.#strike(active, "reset");
    active.hits += 1;
    this.#dead ||= toxic.after === "blackhole";
  }

  async #forward(direction: Direction, bytes: Buffer, sink: Socket): Promise<void> {
    const slicer = this.#selection.first("slicer", direction)?.toxic;
    const size = slicer?.bytes ?? bytes.length;
    for (let at = 0; at < bytes.length && !this.#over; at += size) {
      if (at > 0) await (slicer?.delayMs ? sleep(slicer.delayMs) : nextTurn());
      await this.#slice(direction, bytes.subarray(at, at + size), sink);
    }
  }

  async #slice(direction: Direction, slice: Buffer, sink: Socket): Promise<void> {
    const rate = this.#selection.first("bandwidth", direction)?.toxic.bytesPerSecond;
    if (rate) await sleep((slice.length / rate) * 1000);
    if (this.#silent(direction)) {
      this.#dead = true;
      return;
    }
    const limit = this.#selection.first("limit_data", direction);
    const room = limit ? limit.toxic.bytes - this.#sent[direction] : slice.length;
    const allowed = slice.subarray(0, Math.max(0, room));
    await writeAll(sink, allowed);
    this.#sent[direction] += allowed.length;
    this.#context.tally[direction === "up" ? "bytesUp" : "bytesDown"] += allowed.length;
    if (limit && room <= slice.length) this.#strike(limit.active, "close");
  }

  /** Whether bytes of this direction vanish. */
  #silent(direction: Direction): boolean {
    return (
      this.#dead ||
      this.#selection.first("blackhole") !== undefined ||
      this.#selection.first("timeout", direction) !== undefined
    );
  }

  #strike(active: ActiveToxic, how: "reset" | "close"): void {
    if (this.#over) return;
    active.hits += 1;
    this.#finish(how);
  }

  #finish(how: "reset" | "close"): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const socket of [this.#client, this.#server])
      if (how === "reset") socket.resetAndDestroy();
      else closeSoon(socket);
    this.#context.closed(this);
  }
}

/** In order, but not waiting for ever for a peer that does not read. */
function closeSoon(socket: Socket): void {
  const patience = setTimeout(() => socket.destroy(), 1000).unref();
  socket.end(() => {
    clearTimeout(patience);
    socket.destroy();
  });
}
