import { FrameWriter } from "./frames.ts";
import type { Prepared } from "./statement.ts";
import type { Bound, Exchange } from "./wire.ts";

/** Prepared statements kept per session; the rest go unnamed. */
const maxPrepared = 500;

/** `stale`: to be closed before the name is given again. */
type NameState = "sent" | "known" | "stale";

/** Turns exchanges into frames for one session, and remembers which statements that session knows by name. */
export class ExchangeEncoder {
  readonly #named: boolean;
  readonly #frames = new FrameWriter();
  readonly #names = new Map<string, NameState>();

  constructor(named: boolean) {
    this.#named = named;
  }

  /** The frames of one exchange. @throws TypeError, RangeError for values that are no text; nothing of them is kept */
  encode(exchange: Exchange): Buffer {
    try {
      this.#write(exchange);
      return this.#frames.take();
    } catch (error) {
      this.#frames.drop();
      this.distrust(exchange, false);
      throw error;
    }
  }

  #write(exchange: Exchange): void {
    if (exchange.script === true) return this.#frames.query(exchange.prepared.text);
    if (exchange.binding !== undefined) this.#add(exchange.binding);
    this.#add(exchange);
    this.#frames.sync();
  }

  /** The server has run it, so it knows the names. */
  confirm({ prepared, binding }: Exchange): void {
    if (this.#names.get(prepared.name) === "sent") this.#names.set(prepared.name, "known");
    const bound = binding?.prepared.name;
    if (bound !== undefined && this.#names.get(bound) === "sent") this.#names.set(bound, "known");
  }

  /** It failed: a name that was only sent may not have been taken, and with `stalePlan` a known one is of no more use. */
  distrust({ prepared, binding }: Exchange, stalePlan: boolean): void {
    for (const name of [prepared.name, binding?.prepared.name ?? ""]) {
      const state = this.#names.get(name);
      if (state === "sent" || (stalePlan && state === "known")) this.#names.set(name, "stale");
    }
  }

  #add({ prepared, values }: Bound): void {
    this.#frames.bind(this.#parsed(prepared), values);
    this.#frames.execute();
  }

  /**
   * The name to bind to, after naming the statement where this session does not know it. Until the server has confirmed a name, others go
   * without: if its Parse failed, they would fail with it.
   */
  #parsed(prepared: Prepared): string {
    const { name } = prepared;
    const state = this.#names.get(name);
    if (state === "known") return name;
    const full = state === undefined && this.#names.size >= maxPrepared;
    if (!this.#named || name === "" || state === "sent" || full) {
      this.#frames.parse(prepared, "");
      return "";
    }
    if (state === "stale") this.#frames.closeStatement(name);
    this.#frames.parse(prepared, name);
    this.#names.set(name, "sent");
    return name;
  }
}
