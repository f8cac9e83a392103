import type { Reply } from "../redis/op.ts";
import { slotCount } from "../redis/slot.ts";

/** Which primary holds which slot, as one node told. */
export class SlotMap {
  readonly #owners: (string | undefined)[];

  /**
   * @param reply of CLUSTER SLOTS: `[from, to, [host, port, …primary], …replicas]` each. Source: Redis documentation, "CLUSTER SLOTS"
   * @param asked host that was asked: a node that does not know its own name means it
   */
  constructor(reply: Reply, asked: string) {
    this.#owners = Array.from({ length: slotCount });
    for (const [from, to, primary] of reply as readonly (readonly [number, number, Reply])[]) {
      const [host, port] = primary as readonly [string | null, number];
      const known = host === null || host === "" || host === "?" ? asked : host;
      this.#owners.fill(addressOf(known, port), Number(from), Number(to) + 1);
    }
  }

  /** `host:port` of the slot's primary; undefined when nobody holds it. */
  owner(slot: number): string | undefined {
    return this.#owners[slot];
  }

  /** A node said where the slot is now. */
  move(slot: number, address: string): void {
    this.#owners[slot] = address;
  }

  /** Every primary that holds slots, each once. */
  primaries(): readonly string[] {
    return [...new Set(this.#owners.filter((owner) => owner !== undefined))];
  }
}

export const addressOf = (host: string, port: number | string): string => `${host}:${port}`;

export function parsedAddress(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(":");
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}

/** Where an error reply sends a command: `MOVED 3999 10.0.0.1:6381`, `ASK 3999 10.0.0.1:6381`. */
export interface Redirection {
  readonly kind: "MOVED" | "ASK";
  readonly slot: number;
  readonly address: string;
}

/** @param asked host that was asked: an address without a host means it */
export function redirectionOf(message: string, asked: string): Redirection | undefined {
  const [, kind, slot, host = "", port] = /^(MOVED|ASK) (\d+) (.*):(\d+)/.exec(message) ?? [];
  if (kind === undefined || slot === undefined || port === undefined) return undefined;
  const address = addressOf(host === "" ? asked : host, port);
  return { kind: kind === "ASK" ? "ASK" : "MOVED", slot: Number(slot), address };
}
