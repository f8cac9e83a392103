import {
  collectionName,
  columnName,
  idTypeName,
  keyTypeName,
  newTypeName,
  repositoryTypeName,
  reservedTypeName,
  tableName,
} from "../../ir/names.ts";
import { prototypeKeys, reservedProperties } from "../../ir/reserved.ts";
import { languageWords } from "../../spec/rules/language-words.ts";
import { camelCase, pascalCase, pluralWord, words } from "../../ir/words.ts";

/** Gives out names; one that is taken, in whatever case, gets a number. */
export class Names {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set([...taken].map((name) => name.toLowerCase()));
  }

  /** @param derived names that are made of it, which must be free as well */
  give(name: string, derived: (name: string) => readonly string[] = () => []): string {
    for (let at = 1; ; at += 1) {
      const candidate = at === 1 ? name : `${name}${at}`;
      const all = [candidate, ...derived(candidate)].map((each) => each.toLowerCase());
      if (all.some((each) => this.#taken.has(each))) continue;
      for (const each of all) this.#taken.add(each);
      return candidate;
    }
  }
}

/** Types that come with an entity, and its property on the data layer. */
const ofEntity = (entity: string): readonly string[] => [
  idTypeName(entity),
  keyTypeName(entity),
  newTypeName(entity),
  repositoryTypeName(entity),
  `property ${collectionName(entity)}`,
];

/** A name for a table's entity: singular, in PascalCase: `order_lines` → `OrderLine`. What no letter begins gets one. */
export function entityNameOf(table: string, names: Names): string {
  const all = words(ascii(table));
  const last = all.at(-1);
  const singular = last === undefined ? ["table"] : [...all.slice(0, -1), singularWord(last)];
  const made = pascalCase(singular.join("-"));
  const name = /^[A-Z]/.test(made) ? made : `T${made}`;
  const free = !reservedTypeName(name) && !reservedProperties.has(collectionName(name));
  return names.give(free ? name : `${name}Row`, ofEntity);
}

/** The mapping that an entity needs: none when its table would be called that anyway. */
export const tableMapping = (entity: string, table: string): string | undefined =>
  tableName(entity) === table ? undefined : table;

/** A name for a column's field in camelCase: `created_at` → `createdAt`. */
export function fieldNameOf(column: string, names: Names): string {
  const made = camelCase(words(ascii(column)).join("-"));
  const name = /^[a-z]/.test(made) ? made : `f${made}`;
  return names.give(prototypeKeys.has(name) || languageWords.has(name) ? `${name}Field` : name);
}

export const columnMapping = (field: string, column: string): string | undefined =>
  columnName(field) === column ? undefined : column;

/** The word that has this plural; itself when it is no plural. */
function singularWord(word: string): string {
  const candidates = [
    ...(word.endsWith("ies") ? [`${word.slice(0, -3)}y`] : []),
    ...(word.endsWith("ves") ? [`${word.slice(0, -3)}f`, `${word.slice(0, -3)}fe`] : []),
    ...(/(?:s|x|z|ch|sh|o)es$/.test(word) ? [word.slice(0, -2)] : []),
    ...(word.endsWith("s") && !/(?:ss|us|is)$/.test(word) ? [word.slice(0, -1)] : []),
    ...irregular(word),
  ];
  return candidates.find((candidate) => pluralWord(candidate) === word) ?? word;
}

const irregular = (word: string): readonly string[] =>
  ["person", "child", "man", "woman", "foot", "tooth", "goose", "mouse", "quiz", "vertex"].filter(
    (singular) => pluralWord(singular) === word,
  );

/** Letters without their marks; everything else becomes a border between words. */
const ascii = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9]+/g, "_");
