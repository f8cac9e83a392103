/** How a name of the spec is cut into words and put together again; the rules behind {@link file://./names.ts}. */

/** `orderLine`, `OrderLine`, `order-line`, `order_line` → `["order", "line"]`; a digit belongs to the word before it. */
export function words(name: string): readonly string[] {
  const before = known.get(name);
  if (before !== undefined) return before;
  const cut = cutInto(name);
  known.set(name, cut);
  return cut;
}

/** A name of the spec is asked for dozens of times. */
const known = new Map<string, readonly string[]>();

function cutInto(name: string): readonly string[] {
  if (/^[a-z0-9]+$/.test(name)) return [name];
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `order-line` → `OrderLine`; what is one identifier already keeps its own capitals: `HTTPServer`, `userID` → `UserID`. */
export const pascalCase = (name: string): string =>
  /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? capitalised(name) : words(name).map(capitalised).join("");

/** `order-line`, `OrderLine` → `orderLine`; `HTTPServer` → `httpServer`. */
export function camelCase(name: string): string {
  if (/^[a-z][A-Za-z0-9]*$/.test(name)) return name;
  const [first = "", ...rest] = words(name);
  return first + rest.map(capitalised).join("");
}

export const kebabCase = (name: string): string => words(name).join("-");
export const snakeCase = (name: string): string => words(name).join("_");

const irregular = new Map([
  ["person", "people"],
  ["child", "children"],
  ["man", "men"],
  ["woman", "women"],
  ["foot", "feet"],
  ["tooth", "teeth"],
  ["goose", "geese"],
  ["mouse", "mice"],
  ["quiz", "quizzes"],
  ["vertex", "vertices"],
  ["matrix", "matrices"],
  ["criterion", "criteria"],
  ["leaf", "leaves"],
  ["shelf", "shelves"],
  ["half", "halves"],
  ["knife", "knives"],
  ["life", "lives"],
  ["wife", "wives"],
  ["wolf", "wolves"],
  ["hero", "heroes"],
  ["echo", "echoes"],
  ["veto", "vetoes"],
  ["potato", "potatoes"],
  ["tomato", "tomatoes"],
]);

/** Words that are their own plural, or plural already. */
const unchanged = new Set([
  "analytics",
  "data",
  "equipment",
  "fish",
  "information",
  "metadata",
  "metrics",
  "news",
  "people",
  "preferences",
  "series",
  "settings",
  "sheep",
  "species",
  "statistics",
]);

/** The English plural of one lower-case word: `category` → `categories`, `status` → `statuses`, `person` → `people`. */
export function pluralWord(word: string): string {
  if (unchanged.has(word)) return word;
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/[^aeiou]sis$/.test(word) || /[aeiou]ysis$/.test(word)) return `${word.slice(0, -2)}es`;
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return `${word}s`;
}

/** Plural of the last word: `OrderLine` → `order lines`, as words. */
export function pluralWords(name: string): readonly string[] {
  const all = words(name);
  const last = all.at(-1);
  return last === undefined ? all : [...all.slice(0, -1), pluralWord(last)];
}
