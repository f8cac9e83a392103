import { reservedWords } from "../../../src/engines/mysql/sql/reserved.ts";
import { tokens } from "../../../src/engines/mysql/sql/tokens.ts";

/** What a text of this dialect is made of, names and texts apart: comments say nothing to the server. */
export function sqlShape(text: string): readonly string[] {
  return tokens(text)
    .filter(({ kind }) => kind !== "comment")
    .map(({ kind, text: own }) => {
      // A name is quoted where it has to be; one that is reserved always is.
      if (kind === "quoted-name" || (kind === "word" && !reservedWords.has(own.toLowerCase())))
        return "name";
      return kind === "string" ? kind : `${kind} ${own}`;
    });
}
