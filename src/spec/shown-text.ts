/** Quotes text of the spec for a message: one line, no control characters, not longer than a line can hold. */
export function quoted(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 59).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
  return JSON.stringify(cut).replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    escaped,
  );
}

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A value of the spec in a message: scalars as they are, collections by their kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value === null) return "nothing";
  if (typeof value === "object") return "a mapping";
  return String(value);
}

/** `a, b or c` */
export function choice(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
