/** The word that was probably meant: the one with the fewest edits, if they are few for its length. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  if (word.length > 80) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = edits(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best ?? abbreviated(word, words);
}

/** `maximum` for `max`, `p99` for `p99Ms`. */
function abbreviated(word: string, words: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  for (const candidate of words) {
    const other = candidate.toLowerCase();
    if (
      lower.length > 2 &&
      other.length > 2 &&
      (lower.startsWith(other) || other.startsWith(lower))
    )
      return candidate;
  }
  return undefined;
}

/** Hint for a wrong word: the nearest one, or else all that are known. */
export function meant(word: string, words: readonly string[], title: string): string {
  const near = nearest(word, words);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  return words.length === 0 ? `there are no ${title}` : `${title}: ${listed(words)}`;
}

const listed = (words: readonly string[]): string =>
  words.length > 24 ? `${words.slice(0, 24).join(", ")}, …` : words.join(", ");

/** Edit distance in which exchanging two neighbours is one edit (optimal string alignment). */
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        cell(last, j) + 1,
        cell(row, j - 1) + 1,
        cell(last, j - 1) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, cell(beforeLast, j - 2) + 1);
      }
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return cell(last, b.length);
}

const cell = (row: readonly number[], at: number): number => row[at] ?? Number.POSITIVE_INFINITY;
