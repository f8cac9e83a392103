/** Keys and value that every Redis contender uses. */
const keys = Array.from({ length: 1_000 }, (_, index) => `bench:session:${index}`);

export const value = "v".repeat(100);

export const anyKey = (): string => keys[Math.floor(Math.random() * keys.length)] ?? "";

/** Writes every key; @throws when what was written does not come back */
export async function prove(
  get: (key: string) => Promise<unknown>,
  set: (key: string, text: string) => Promise<unknown>,
): Promise<void> {
  await Promise.all(keys.map((key) => set(key, value)));
  const found = await get(keys[7] ?? "");
  if (found !== value) throw new Error(`get gave ${String(found)}`);
}
