/** What the fault proxy must know of a protocol to lose exactly one reply. Each engine's own framer is in its folder. */

/** Bytes from the server, cut where a reply ends. */
export interface Piece {
  readonly bytes: Buffer;
  /** Number of the request that this answers, from 0; -1 for greetings and messages that answer nothing. */
  readonly reply: number;
  /** True when the reply ends with these bytes. */
  readonly last: boolean;
}

/** Follows one connection. Bytes arrive cut anywhere; none may be held back. */
export interface Framer {
  /** Texts of the requests that these client bytes complete: for people and predicates, not for replay. */
  requests(chunk: Buffer): readonly string[];
  pieces(chunk: Buffer): readonly Piece[];
}

/** A request as predicates see it. */
export interface Request {
  /** From 0, per connection. */
  readonly index: number;
  readonly text: string;
}
