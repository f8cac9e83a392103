/** Inside a transaction, what follows would run outside of it and of any tenant; on the root, the next user of the connection would be inside. */
const frame =
  /^[\s;]*(?:commit|end|abort|begin|start\s+transaction|prepare\s+transaction|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b))\b/i;

/**
 * What changes the session for whoever has the connection next: its role, its tenant, its limits. `set local` and `set transaction` end with the
 * transaction. Source: PostgreSQL documentation, "SET", "RESET", "DISCARD".
 */
const lasting =
  /^[\s;]*(?:set\s+(?!(?:local|constraints|transaction)\b)|set\s*"|reset\b|discard\b|deallocate\b)/i;

/** Characters of a text that decide: the longest frame has fewer. */
const enough = 60;

/** Whether a text begins or ends a transaction. */
export const isFrame = (text: string): boolean => frame.test(opening(text));

/** Whether a text changes its connection beyond the transaction it runs in. */
export const isLasting = (text: string): boolean => lasting.test(opening(text));

/** What a text begins with for the server, to which a comment is a blank. Comments between `/*` and its end nest. */
function opening(text: string): string {
  let bare = "";
  let depth = 0;
  let isLine = false;
  for (const [part] of text.matchAll(/\/\*|\*\/|--|\n|\s+|[^\s/*-]+|[\s\S]/g)) {
    if (isLine) isLine = part !== "\n";
    else if (part === "/*") depth += 1;
    else if (depth > 0) depth -= part === "*/" ? 1 : 0;
    else if (part === "--") isLine = true;
    else {
      bare += part;
      continue;
    }
    bare += " ";
    if (bare.trimStart().length > enough) break;
  }
  return bare;
}
