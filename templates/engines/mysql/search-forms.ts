/** Languages whose words are found in their forms; in any other a word is found as it is written. */
export type SearchLanguage = "simple" | "english";

/**
 * The regular forms of a word: plural, -ed, -ing. The full text of MySQL and MariaDB keeps words as they are written and knows no stems, so a
 * query asks for all forms of its words. What is no word of the language finds nothing and does no harm; irregular forms are not found.
 *
 * @param word in lower case
 */
export function formsOf(word: string, language: SearchLanguage): readonly string[] {
  if (language === "simple" || !/^[a-z]{3,}$/.test(word)) return [word];
  const forms = new Set([word]);
  for (const base of basesOf(word)) for (const form of inflected(base)) forms.add(form);
  return [...forms].filter((form) => form.length > 2).slice(0, 24);
}

const vowel = /[aeiouy]/;
const doubled = /([bdfgklmnprtvz])\1$/;

/** What the word may be a form of, itself first. */
function basesOf(word: string): readonly string[] {
  const bases = [word];
  const without = (ending: string): string => word.slice(0, -ending.length);
  if (/(?:ies|ied)$/.test(word) && word.length > 4) bases.push(`${without("ies")}y`);
  if (/(?:s|x|z|ch|sh)es$/.test(word)) bases.push(without("es"));
  if (/[^su]s$/.test(word) && word.length > 3) bases.push(without("s"));
  for (const ending of ["ing", "ed"]) {
    const stem = without(ending);
    if (!word.endsWith(ending) || stem.length < 2 || !vowel.test(stem)) continue;
    bases.push(stem, `${stem}e`);
    if (doubled.test(stem)) bases.push(stem.slice(0, -1));
  }
  return bases.filter((base) => base.length > 1);
}

function inflected(base: string): readonly string[] {
  if (/[^aeiou]y$/.test(base)) {
    const stem = base.slice(0, -1);
    return [base, `${stem}ies`, `${stem}ied`, `${base}ing`];
  }
  if (base.endsWith("e")) return [base, `${base}s`, `${base}d`, `${base.slice(0, -1)}ing`];
  const plural = /(?:s|x|z|ch|sh)$/.test(base) ? `${base}es` : `${base}s`;
  // One vowel before one consonant: stop, stopped, stopping.
  const twice = /^[^aeiou]*[aeiou][bdfgklmnprtvz]$/.test(base) ? `${base}${base.at(-1)}` : base;
  return [base, plural, `${twice}ed`, `${twice}ing`];
}
