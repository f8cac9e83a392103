/** Frames of PostgreSQL's extended protocol (manual, chapter "Message Formats"), several in one buffer: one write per call. */
import type { Prepared, Text } from "./statement.ts";

const codes = {
  parse: 0x50,
  bind: 0x42,
  execute: 0x45,
  sync: 0x53,
  close: 0x43,
  query: 0x51,
} as const;
const statementTarget = 0x53;

/** A growing buffer; `take` hands out what was written and starts anew. */
export class FrameWriter {
  #buffer: Buffer = Buffer.allocUnsafe(16_384);
  #from = 0;
  #at = 0;

  #room(bytes: number): void {
    if (this.#buffer.length - this.#at >= bytes) return;
    const pending = this.#buffer.subarray(this.#from, this.#at);
    const grown = Buffer.allocUnsafe(Math.max(16_384, 2 * (pending.length + bytes)));
    pending.copy(grown);
    this.#buffer = grown;
    this.#from = 0;
    this.#at = pending.length;
  }

  #open(code: number, room: number): number {
    this.#room(room + 5);
    this.#buffer[this.#at] = code;
    const start = this.#at + 1 - this.#from;
    this.#at += 5;
    return start;
  }

  #close(start: number): void {
    this.#buffer.writeInt32BE(this.#at - this.#from - start, this.#from + start);
  }

  #zeroEnded(text: string): void {
    this.#at += this.#buffer.write(text, this.#at);
    this.#buffer[this.#at] = 0;
    this.#at += 1;
  }

  #int16(value: number): void {
    this.#at = this.#buffer.writeUInt16BE(value, this.#at);
  }

  parse(statement: Prepared, name: string): void {
    const start = this.#open(codes.parse, 3 * (name.length + statement.text.length) + 4);
    this.#zeroEnded(name);
    this.#zeroEnded(statement.text);
    this.#int16(0);
    this.#close(start);
  }

  /** All parameters and columns in text format; unnamed portal. */
  bind(name: string, values: readonly Text[]): void {
    const start = this.#open(codes.bind, 3 * name.length + 10);
    this.#zeroEnded("");
    this.#zeroEnded(name);
    this.#int16(0);
    this.#int16(values.length);
    for (const value of values) this.#value(value);
    this.#room(2);
    this.#int16(0);
    this.#close(start);
  }

  #value(value: Text): void {
    if (value === null) {
      this.#room(4);
      this.#at = this.#buffer.writeInt32BE(-1, this.#at);
      return;
    }
    this.#room(4 + 3 * value.length);
    const bytes = this.#buffer.write(value, this.#at + 4);
    this.#at = this.#buffer.writeInt32BE(bytes, this.#at) + bytes;
  }

  /** Runs the unnamed portal to its end. */
  execute(): void {
    const start = this.#open(codes.execute, 5);
    this.#zeroEnded("");
    this.#at = this.#buffer.writeInt32BE(0, this.#at);
    this.#close(start);
  }

  /** Forgets a prepared statement; no error when there is none. */
  closeStatement(name: string): void {
    const start = this.#open(codes.close, 3 * name.length + 2);
    this.#buffer[this.#at] = statementTarget;
    this.#at += 1;
    this.#zeroEnded(name);
    this.#close(start);
  }

  /** The simple protocol: several statements, no values, its own end. */
  query(text: string): void {
    const start = this.#open(codes.query, 3 * text.length + 1);
    this.#zeroEnded(text);
    this.#close(start);
  }

  /** Ends the implicit transaction: the server commits it or has rolled it back, and reads on. */
  sync(): void {
    this.#close(this.#open(codes.sync, 0));
  }

  /** Forgets what was written since `take`. */
  drop(): void {
    this.#at = this.#from;
  }

  take(): Buffer {
    const frames = this.#buffer.subarray(this.#from, this.#at);
    if (this.#buffer.length - this.#at < 1_024) {
      this.#buffer = Buffer.allocUnsafe(16_384);
      this.#at = 0;
    }
    this.#from = this.#at;
    return frames;
  }
}
