/** The faults that the proxy can do, with toxiproxy's names where it has them. */
import type { Request } from "./frames.ts";

/** `up` is from client to server. */
export type Direction = "up" | "down";

export type Toxic =
  /** Each chunk arrives `ms` ± `jitterMs` later; order is kept. */
  | { readonly kind: "latency"; readonly ms: number; readonly jitterMs?: number }
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  /** Chunks arrive cut into at most `bytes`, `delayMs` apart. */
  | { readonly kind: "slicer"; readonly bytes: number; readonly delayMs?: number }
  /** Nothing arrives, and after `ms` the connection is closed; 0: it stays open. */
  | { readonly kind: "timeout"; readonly ms: number }
  /** Cut by RST after `ms`. */
  | { readonly kind: "reset_peer"; readonly ms: number }
  /** Closed after so many bytes of a connection. */
  | { readonly kind: "limit_data"; readonly bytes: number }
  /** The end of a stream arrives `ms` late. */
  | { readonly kind: "slow_close"; readonly ms: number }
  /** Open connections are cut, new ones refused by RST. */
  | { readonly kind: "down" }
  /** Half open: both directions are swallowed, and neither side learns of the other's end. */
  | { readonly kind: "blackhole" }
  /**
   * The reply to each request that `when` picks is lost, complete as it is: the server did the work. `after` says what
   * becomes of the connection; with "continue" the client takes the next reply for this one. At most `times` (1).
   */
  | {
      readonly kind: "drop_reply";
      readonly when: (request: Request) => boolean;
      readonly after: "cut" | "blackhole" | "continue";
      readonly times?: number;
    };

export interface ToxicOptions {
  /** Both when not given. Of no meaning for `down`, `reset_peer`, `blackhole` (both) and `drop_reply` (down). */
  readonly direction?: Direction;
  /** Share of connections that it strikes, decided once per connection by the seed. */
  readonly probability?: number;
  /** False: added, but asleep until toggled. */
  readonly on?: boolean;
}

/** A fault in force, or ready to be. */
export interface ToxicHandle {
  /** Without an argument: the other state. */
  toggle(on?: boolean): void;
  remove(): void;
  /** Replies lost (`drop_reply`) or connections closed by it. */
  hits(): number;
}

/** A toxic with its state, shared by all connections. */
export interface ActiveToxic {
  readonly toxic: Toxic;
  readonly direction: Direction | undefined;
  readonly probability: number;
  on: boolean;
  hits: number;
}

/** Those of one kind. */
export type Of<K extends Toxic["kind"]> = Extract<Toxic, { readonly kind: K }>;

/** A toxic of one kind, with its state. */
export interface Strike<K extends Toxic["kind"]> {
  readonly toxic: Of<K>;
  readonly active: ActiveToxic;
}

/** Which toxics strike one connection: the dice are thrown once per connection and toxic. */
export class ToxicSelection {
  readonly #all: () => readonly ActiveToxic[];
  readonly #random: () => number;
  readonly #chosen = new Map<ActiveToxic, boolean>();

  constructor(all: () => readonly ActiveToxic[], random: () => number) {
    this.#all = all;
    this.#random = random;
  }

  /** Those in force now, in the order of their adding. */
  current(): readonly ActiveToxic[] {
    return this.#all().filter((one) => {
      if (!this.#chosen.has(one)) this.#chosen.set(one, this.#random() < one.probability);
      return one.on && this.#chosen.get(one) === true;
    });
  }

  /** All of a kind that act in this direction. */
  every<K extends Toxic["kind"]>(kind: K, direction?: Direction): readonly Strike<K>[] {
    return this.current()
      .filter((one) => (one.direction ?? direction) === direction || direction === undefined)
      .flatMap((active) => {
        const { toxic } = active;
        return isKind(toxic, kind) ? [{ toxic, active }] : [];
      });
  }

  first<K extends Toxic["kind"]>(kind: K, direction?: Direction): Strike<K> | undefined {
    return this.every(kind, direction)[0];
  }
}

function isKind<K extends Toxic["kind"]>(toxic: Toxic, kind: K): toxic is Of<K> {
  return toxic.kind === kind;
}
