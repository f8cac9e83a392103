import { FrameWriter } from "./frames.ts";
import type { Prepared } from "./statement.ts";
import type { Bound, Exchange } from "./wire.ts";

/** Prepared statements kept per session; the rest go unnamed. */
const maxPrepared = 500;

/** Turns exchanges into frames for one session, and remembers which statements that session knows by name. */
export class ExchangeEncoder {
  readonly #named: boolean;
  readonly #frames = new FrameWriter();
  /** Names that were sent; false: to be closed before it is named again. */
  readonly #names = new Map<string, boolean>();

  constructor(named: boolean) {
    this.#named = named;
  }

  encode(exchange: Exchange): Buffer {
    const frames = this.#frames;
    if (exchange.script === true) {
      frames.query(exchange.prepared.text);
      return frames.take();
    }
    if (exchange.binding !== undefined) this.#add(exchange.binding);
    this.#add(exchange);
    frames.sync();
    return frames.take();
  }

  /** After an error it is not known which Parse succeeded, or whether a plan went stale: naming them anew is always right. */
  distrust({ prepared, binding }: Exchange): void {
    this.#distrust(prepared.name);
    if (binding !== undefined) this.#distrust(binding.prepared.name);
  }

  #distrust(name: string): void {
    if (this.#names.has(name)) this.#names.set(name, false);
  }

  #add({ prepared, values }: Bound): void {
    this.#frames.bind(this.#parsed(prepared), values);
    this.#frames.execute();
  }

  /** The name to bind to, after naming the statement where this session does not know it. */
  #parsed(prepared: Prepared): string {
    const { name } = prepared;
    const known = this.#names.get(name);
    if (known === true) return name;
    const full = known === undefined && this.#names.size >= maxPrepared;
    if (!this.#named || name === "" || full) {
      this.#frames.parse(prepared, "");
      return "";
    }
    if (known === false) this.#frames.closeStatement(name);
    this.#frames.parse(prepared, name);
    this.#names.set(name, true);
    return name;
  }
}
