/**
 * Words that JavaScript and TypeScript reserve in strict code (ECMA-262, 12.7.2). They cannot be field names, since generated code
 * takes fields apart into variables. SQL's reserved words are no matter: identifiers are quoted there.
 */
export const languageWords: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if " +
    "implements import in instanceof interface let new null package private protected public return static super switch this throw true " +
    "try typeof undefined var void while with yield then toJSON"
  ).split(" "),
);
