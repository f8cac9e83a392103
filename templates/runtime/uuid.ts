import { randomFillSync } from "node:crypto";

const pool = Buffer.allocUnsafe(8_192);
let used = pool.length;
let lastMs = 0;
let counter = 0;

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * A version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, a 12-bit counter seeded at random each millisecond (method 1 of
 * section 6.2), 62 random bits. Strictly increasing within a process, also when the clock steps back.
 */
export function uuidV7(): string {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += 10;
  advance(((byte(at) << 8) | byte(at + 1)) & 0x7ff);
  const time = lastMs.toString(16).padStart(12, "0");
  const low = (0x7000 | counter).toString(16);
  const variant = hexOf((byte(at + 2) & 0x3f) | 0x80);
  let random = "";
  for (let index = at + 4; index < at + 10; index++) random += hexOf(byte(index));
  return `${time.slice(0, 8)}-${time.slice(8)}-${low}-${variant}${hexOf(byte(at + 3))}-${random}`;
}

/** The seed leaves the counter's top bit free, so that 2,048 ids fit in a millisecond before the time is run ahead of the clock. */
function advance(seed: number): void {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = seed;
  } else if (counter < 0xfff) {
    counter += 1;
  } else {
    lastMs += 1;
    counter = seed;
  }
}

function byte(index: number): number {
  return pool[index] ?? 0;
}

function hexOf(value: number): string {
  return hex[value] ?? "00";
}
