/**
 * Inside a transaction, what follows would run outside of it; on the root, the next user of the connection would be inside. What `execute`
 * runs is another text, which may be any of these.
 */
const frame =
  /^\s*(?:commit|begin|start\s+transaction|xa|execute|(?:un)?lock\s+(?:tables?|instance)|set\s+(?:(?:session|local)\s+|@@(?:(?:session|local)\s*\.\s*)?)?autocommit|rollback(?!\s+(?:work\s+)?to\b))\b/i;

/**
 * What commits the open transaction before it begins, on one of the servers at least. A temporary table does not. Source: MySQL manual,
 * "Statements That Cause an Implicit Commit"; tried on both servers. What a procedure commits, its call does not show.
 */
const commits =
  /^\s*(?:(?:create|drop)(?!\s+(?:or\s+replace\s+)?temporary\b)|alter|rename|truncate|grant|revoke|analyze|optimize|repair|install|uninstall|flush|check|cache\s+index|load\s+index|reset(?!\s+persist\b)|set\s+(?:password|default\s+role)|import\s+table|clone|backup|(?:start|stop)\s+(?:all\s+)?(?:replicas?|slaves?|group_replication)|change\s+(?:master|replication))\b/i;

/**
 * What changes the session for whoever has the connection next; a handler stays open on it, and reads tables without a word of the tenant. Variables of the server (`set global`, `set persist`) and of one statement
 * (MariaDB's `set statement … for`) are something else. Source: MySQL manual, "SET Syntax for Variable Assignment".
 */
const lasting =
  /^\s*(?:use\b|prepare\b|(?:deallocate|drop)\s+prepare\b|handler\b|set(?!\s+(?:(?:global|persist|persist_only|password|statement|resource)\b|default\s+role\b|@@\s*(?:global|persist|persist_only)\s*\.))\b)/i;

/** Comments, and the two ends of one whose content the server runs: `/*!80000 … *\/`, `/*M! … *\/`. */
const remarks = /\/\*(?!M?!)[\s\S]*?\*\/|\/\*M?!\d*|\*\/|--(?:[ \t][^\n]*|(?=\n|$))|#[^\n]*/g;

/** As the server reads the beginning of a text, to which a comment is a blank. */
const bare = (text: string): string => text.replaceAll(remarks, " ");

/** Whether a text begins or ends a transaction. */
export const isFrame = (text: string): boolean => frame.test(bare(text));

/** Whether a text changes its connection beyond itself. */
export const isLasting = (text: string): boolean => lasting.test(bare(text));

/** Whether a text would commit the transaction it stands in. */
export const isCommitting = (text: string): boolean => commits.test(bare(text));
