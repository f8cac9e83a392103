/** One changed region: lines aStart..aEnd (exclusive) of the one text became bStart..bEnd. */
export interface Edit {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

/**
 * The changed regions between two lists of lines, in order, with at least one common line between
 * any two. Shortest for ordinary changes; where two texts have next to nothing in common the search
 * is cut short, so the cost stays near-linear and the result is right but not the shortest.
 *
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), linear-space refinement, with
 * the cost limit of GNU diffutils; lines are compared as numbers.
 */
export function diffLines(a: readonly string[], b: readonly string[]): Edit[] {
  const numbers = new Map<string, number>();
  const sequence = new Comparison(intern(a, numbers), intern(b, numbers));
  sequence.run();
  return sequence.edits();
}

/** Steps of the search from both ends before it settles for a split that may not be the best. */
const costLimit = 1024;

interface Box {
  readonly aLo: number;
  readonly aHi: number;
  readonly bLo: number;
  readonly bHi: number;
}

class Comparison {
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #aChanged: Uint8Array;
  readonly #bChanged: Uint8Array;
  /** Furthest x on each diagonal x - y, from the start and from the end; shifted by #shift. */
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;
  readonly #shift: number;

  constructor(a: Int32Array, b: Int32Array) {
    this.#a = a;
    this.#b = b;
    this.#aChanged = new Uint8Array(a.length);
    this.#bChanged = new Uint8Array(b.length);
    this.#shift = b.length + 1;
    this.#forward = new Int32Array(a.length + b.length + 3);
    this.#backward = new Int32Array(a.length + b.length + 3);
  }

  run(): void {
    const open: Box[] = [{ aLo: 0, aHi: this.#a.length, bLo: 0, bHi: this.#b.length }];
    for (let box = open.pop(); box !== undefined; box = open.pop()) {
      const { aLo, aHi, bLo, bHi } = this.#trim(box);
      if (aLo === aHi) this.#bChanged.fill(1, bLo, bHi);
      else if (bLo === bHi) this.#aChanged.fill(1, aLo, aHi);
      else {
        const [x, y] = this.#split({ aLo, aHi, bLo, bHi });
        open.push({ aLo: x, aHi, bLo: y, bHi }, { aLo, aHi: x, bLo, bHi: y });
      }
    }
  }

  edits(): Edit[] {
    const edits: Edit[] = [];
    let [x, y] = [0, 0];
    while (x < this.#a.length || y < this.#b.length) {
      const [aStart, bStart] = [x, y];
      while (this.#aChanged[x] === 1) x += 1;
      while (this.#bChanged[y] === 1) y += 1;
      if (x > aStart || y > bStart) edits.push({ aStart, aEnd: x, bStart, bEnd: y });
      x += 1;
      y += 1;
    }
    return edits;
  }

  #trim({ aLo, aHi, bLo, bHi }: Box): Box {
    let [aStart, bStart, aEnd, bEnd] = [aLo, bLo, aHi, bHi];
    while (aStart < aEnd && bStart < bEnd && this.#a[aStart] === this.#b[bStart]) {
      aStart += 1;
      bStart += 1;
    }
    while (aStart < aEnd && bStart < bEnd && this.#a[aEnd - 1] === this.#b[bEnd - 1]) {
      aEnd -= 1;
      bEnd -= 1;
    }
    return { aLo: aStart, aHi: aEnd, bLo: bStart, bHi: bEnd };
  }

  /** A point on a short path through the box, strictly inside it or on its border but no corner. */
  #split(box: Box): readonly [number, number] {
    const start = box.aLo - box.bLo;
    const end = box.aHi - box.bHi;
    const odd = ((start - end) & 1) !== 0;
    const ahead: Band = { min: start, max: start };
    const behind: Band = { min: end, max: end };
    this.#forward[start + this.#shift] = box.aLo;
    this.#backward[end + this.#shift] = box.aHi;
    for (let cost = 1; ; cost += 1) {
      widen(ahead, box, this.#forward, this.#shift, -1);
      const met = this.#advance(box, ahead, odd ? behind : undefined);
      if (met !== undefined) return met;
      widen(behind, box, this.#backward, this.#shift, 0x7fffffff);
      const joined = this.#retreat(box, behind, odd ? undefined : ahead);
      if (joined !== undefined) return joined;
      if (cost >= costLimit) return this.#furthest(box, ahead, behind);
    }
  }

  #advance(box: Box, band: Band, other: Band | undefined): readonly [number, number] | undefined {
    const [reach, shift, a, b] = [this.#forward, this.#shift, this.#a, this.#b];
    for (let d = band.max; d >= band.min; d -= 2) {
      const below = at(reach, d - 1 + shift);
      const above = at(reach, d + 1 + shift);
      let x = below < above ? above : below + 1;
      while (x < box.aHi && x - d < box.bHi && a[x] === b[x - d]) x += 1;
      reach[d + shift] = x;
      if (isIn(other, d) && at(this.#backward, d + shift) <= x) return [x, x - d];
    }
    return undefined;
  }

  #retreat(box: Box, band: Band, other: Band | undefined): readonly [number, number] | undefined {
    const [reach, shift, a, b] = [this.#backward, this.#shift, this.#a, this.#b];
    for (let d = band.max; d >= band.min; d -= 2) {
      const below = at(reach, d - 1 + shift);
      const above = at(reach, d + 1 + shift);
      let x = below < above ? below : above - 1;
      while (x > box.aLo && x - d > box.bLo && a[x - 1] === b[x - d - 1]) x -= 1;
      reach[d + shift] = x;
      if (isIn(other, d) && x <= at(this.#forward, d + shift)) return [x, x - d];
    }
    return undefined;
  }

  /** Where the search from either end has come furthest. */
  #furthest(box: Box, ahead: Band, behind: Band): readonly [number, number] {
    let [aheadSum, aheadX] = [-1, box.aLo];
    for (let d = ahead.max; d >= ahead.min; d -= 2) {
      const x = Math.min(at(this.#forward, d + this.#shift), box.aHi, box.bHi + d);
      if (x + x - d > aheadSum) [aheadSum, aheadX] = [x + x - d, x];
    }
    let [behindSum, behindX] = [Number.MAX_SAFE_INTEGER, box.aHi];
    for (let d = behind.max; d >= behind.min; d -= 2) {
      const x = Math.max(at(this.#backward, d + this.#shift), box.aLo, box.bLo + d);
      if (x + x - d < behindSum) [behindSum, behindX] = [x + x - d, x];
    }
    return box.aHi + box.bHi - behindSum < aheadSum - (box.aLo + box.bLo)
      ? [aheadX, aheadSum - aheadX]
      : [behindX, behindSum - behindX];
  }
}

/** The diagonals that a search has reached. */
interface Band {
  min: number;
  max: number;
}

/** One diagonal more on either side, or one less where the box ends. */
function widen(band: Band, box: Box, reach: Int32Array, shift: number, unreached: number): void {
  if (band.min > box.aLo - box.bHi) {
    band.min -= 1;
    reach[band.min - 1 + shift] = unreached;
  } else band.min += 1;
  if (band.max < box.aHi - box.bLo) {
    band.max += 1;
    reach[band.max + 1 + shift] = unreached;
  } else band.max -= 1;
}

function isIn(band: Band | undefined, diagonal: number): boolean {
  return band !== undefined && band.min <= diagonal && diagonal <= band.max;
}

function at(values: Int32Array, index: number): number {
  return values[index] ?? 0;
}

function intern(lines: readonly string[], numbers: Map<string, number>): Int32Array {
  return Int32Array.from(lines, (line) => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    numbers.set(line, numbers.size);
    return numbers.size - 1;
  });
}
