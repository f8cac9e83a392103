import { identifier } from "../sql/quote.ts";
import { tokens } from "../sql/tokens.ts";
import type { MysqlObject } from "./catalogue.ts";
import { objectQuery } from "./queries.ts";
import type { Ask } from "./read.ts";

/** Where `show create` puts the text: after the name, or after name and `sql_mode`, or after these and the time zone. */
const places: Readonly<Record<MysqlObject["kind"], number>> = {
  view: 1,
  sequence: 1,
  procedure: 2,
  function: 2,
  event: 3,
};

const kinds = Object.keys(places) as readonly MysqlObject["kind"][];

/** What is no table, each as the server prints it, but for whoever made it. Rejects with the driver's error. */
export async function readObjects(ask: Ask): Promise<readonly MysqlObject[]> {
  const found: MysqlObject[] = [];
  for (const [word, name = ""] of await ask(objectQuery)) {
    const kind = kinds.find((known) => known === word);
    if (kind === undefined) continue;
    const [row] = await ask(`show create ${kind} ${identifier(name)}`);
    found.push({ kind, name, definition: anybodys(row?.[places[kind]] ?? "") });
  }
  return [...found.filter(({ kind }) => kind !== "view"), ...readFirst(found)];
}

/** On another server the account that made it may be missing: whoever runs the statement becomes its owner. */
const anybodys = (text: string): string =>
  text.replace(/^(CREATE (?:ALGORITHM=\w+ )?)DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*` /i, "$1");

/** Views after those that they read. */
function readFirst(objects: readonly MysqlObject[]): readonly MysqlObject[] {
  const views = new Map(
    objects.filter(({ kind }) => kind === "view").map((view) => [view.name, view]),
  );
  const ordered = new Set<MysqlObject>();
  const seen = new Set<MysqlObject>();
  const visit = (view: MysqlObject): void => {
    if (seen.has(view)) return;
    seen.add(view);
    for (const { kind, text } of tokens(view.definition)) {
      const name = kind === "quoted-name" ? text.slice(1, -1).replaceAll("``", "`") : text;
      const other = views.get(name);
      if (other !== undefined) visit(other);
    }
    ordered.add(view);
  };
  for (const view of views.values()) visit(view);
  return [...ordered];
}
