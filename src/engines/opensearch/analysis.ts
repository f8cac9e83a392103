/**
 * Analyzers of the server by the language of a view. Source: `opensearch-project/documentation-website:
 * _analyzers/language-analyzers/index.md`; `simple` splits into words and folds case, nothing else.
 */
const builtIn: ReadonlySet<string> = new Set(
  (
    "arabic armenian basque bengali brazilian bulgarian catalan cjk czech danish dutch english estonian finnish french galician " +
    "german greek hindi hungarian indonesian irish italian latvian lithuanian norwegian persian portuguese romanian russian sorani " +
    "spanish swedish thai turkish"
  ).split(" "),
);

/** Languages that a view may have here. */
export const languages: readonly string[] = ["simple", ...builtIn];

/** The settings that make the analyzer of a view's text. */
export const analysisOf = (language: string): Readonly<Record<string, unknown>> => ({
  analyzer: {
    searched: builtIn.has(language)
      ? { type: language }
      : { type: "custom", tokenizer: "standard", filter: ["lowercase"] },
  },
});
