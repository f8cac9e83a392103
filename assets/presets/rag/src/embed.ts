/**
 * Stands in for a model: each word and its stem count into one of 768 places, so that texts that share words lie close together. Put a
 * real embedding model in its place; the data layer only sees 768 numbers.
 */
export function embed(text: string): Float32Array {
  const vector = new Float32Array(768);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    if (word.length < 3) continue;
    for (const part of [word, word.slice(0, 4)]) {
      const at = placeOf(part);
      vector[at] = (vector[at] ?? 0) + 1;
    }
  }
  return vector;
}

/** FNV-1a, 32 bits. */
function placeOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) {
    hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % 768;
}
