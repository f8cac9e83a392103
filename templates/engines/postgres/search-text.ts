import { text } from "./codec.ts";

const token = /-+\s*(?:"[^"]*"?|[^\s"-][^\s"]*)|"[^"]*"?|[^\s"]+/g;

/**
 * The text of a search without what only excludes: `-word`, alone or as a side of `or`, finds nothing on any engine, for `websearch_to_tsquery`
 * would find every row that lacks the word.
 */
export const searchText = {
  /** @throws TypeError for a text that PostgreSQL cannot hold */
  encode: (query: string): string => {
    const sides = sidesOf(text.encode(query));
    const finding = sides.filter(({ finds }) => finds);
    return finding.length === sides.length
      ? query
      : finding.map(({ tokens }) => tokens.join(" ")).join(" or ");
  },
};

interface Side {
  readonly tokens: string[];
  finds: boolean;
}

function sidesOf(query: string): readonly Side[] {
  const sides: Side[] = [{ tokens: [], finds: false }];
  for (const [found] of query.matchAll(token)) {
    const side = sides.at(-1);
    if (found.toLowerCase() === "or") sides.push({ tokens: [], finds: false });
    else {
      side?.tokens.push(found);
      if (side !== undefined && !found.startsWith("-")) side.finds = true;
    }
  }
  return sides;
}
