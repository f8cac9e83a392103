import { type Draft, draft } from "../../families/sql/draft.ts";
import { switchSecurity } from "./render.ts";

/**
 * Whoever owns tables without being a superuser is bound by their policies while they are forced. Then the server's own look at a foreign key
 * finds no row that a reference leads to, or none that refers, and a value of another table is not there. So the policies let the owner pass
 * for as long as a statement looks: within its transaction, or, where that would keep all others waiting, by steps around it.
 *
 * @param drafts in the order in which they run
 * @param forced tables whose policies bind their owner before the first of them
 */
export function withOwnerReads(
  drafts: readonly Draft[],
  forced: readonly string[],
): readonly Draft[] {
  const walk = new Walk(forced);
  const up = drafts.map((each) => {
    const reads = walk.reads(each.up);
    return each.transactional
      ? { each: { ...each, ...placed(each), up: passed(each.up, reads) }, around: [] }
      : { each, around: distinct(reads.flat()) };
  });
  const whole = up.flatMap((step, at) => stepsAround(step, up[at - 1], up[at + 1]));
  const down = whole
    .toReversed()
    .map((each) => ({ ...each, down: passed(each.down, walk.reads(each.down)) }));
  return down.toReversed();
}

/** What a rule is told to let pass stays with its statement, whatever comes before that. */
const placed = ({ accepts, up: [first = ""] }: Draft): Pick<Draft, "accepts"> =>
  accepts === undefined ? {} : { accepts: { before: first, ...accepts } };

interface Planned {
  readonly each: Draft;
  /** Tables whose policies step aside while it runs. */
  readonly around: readonly string[];
}

/** Neighbours share what is opened for both of them. */
function stepsAround(
  { each, around }: Planned,
  before: Planned | undefined,
  after: Planned | undefined,
): readonly Draft[] {
  const without = (other: Planned | undefined): readonly string[] =>
    other?.each.phase === each.phase
      ? around.filter((table) => !other.around.includes(table))
      : around;
  return [
    ...without(before).map((table) => switched(each, table, "no force")),
    each,
    ...without(after).map((table) => switched(each, table, "force")),
  ];
}

function switched(
  { phase, rank: at, touches }: Draft,
  table: string,
  how: "force" | "no force",
): Draft {
  const opens = how === "no force";
  return draft({
    phase,
    rank: at,
    stem: opens ? `${table}-open-to-owner` : `${table}-close-to-owner`,
    title: opens
      ? `${table}: its owner sees every row while another step looks at them`
      : `${table}: its owner is bound by the policies again`,
    up: [switchSecurity(table, how)],
    down: [switchSecurity(table, opens ? "force" : "no force")],
    risks: ["locks"],
    touches,
  });
}

const passed = (
  statements: readonly string[],
  reads: readonly (readonly string[])[],
): readonly string[] =>
  statements.flatMap((statement, at) => {
    const tables = reads[at] ?? [];
    return [
      ...tables.map((table) => switchSecurity(table, "no force")),
      statement,
      ...tables.map((table) => switchSecurity(table, "force")),
    ];
  });

/** What is known of the tables while statements run one after the other. */
class Walk {
  readonly #forced: Set<string>;
  /** What a reference leads to, by its table and name, before it is checked. */
  readonly #targets = new Map<string, string>();

  constructor(forced: readonly string[]) {
    this.#forced = new Set(forced);
  }

  /** For each statement, the tables it looks at whose policies bind the owner. */
  reads(statements: readonly string[]): readonly (readonly string[])[] {
    return statements.map((statement) => {
      const tables = distinct(this.#readBy(statement)).filter((table) => this.#forced.has(table));
      this.#follow(statement);
      return tables;
    });
  }

  #follow(statement: string): void {
    const [, table = "", off] = matched(switching, statement);
    if (table !== "" && off === undefined) this.#forced.add(table);
    if (table !== "" && off !== undefined) this.#forced.delete(table);
    const [, was = "", name = ""] = matched(renaming, statement);
    if (this.#forced.delete(was)) this.#forced.add(name);
  }

  #readBy(statement: string): readonly string[] {
    const [, table = "", name = "", target = "", unchecked] = matched(referring, statement);
    if (table !== "") {
      this.#targets.set(JSON.stringify([table, name]), target);
      return unchecked === undefined ? [table, target] : [];
    }
    const [, checked = "", reference = ""] = matched(validating, statement);
    const held = this.#targets.get(JSON.stringify([checked, reference]));
    if (held !== undefined) return [checked, held];
    return rewriting.test(statement)
      ? [...statement.matchAll(reading)].map(([, read = ""]) => plainName(read))
      : [];
  }
}

const word = String.raw`("(?:[^"]|"")*"|[a-z_][a-z0-9_]*)`;
const switching = new RegExp(`^alter table ${word} (no )?force row level security;$`);
const renaming = new RegExp(`^alter table ${word} rename to ${word};$`);
const referring = new RegExp(
  `^alter table ${word} add constraint ${word} foreign key .*? references ${word} .*?(not valid)?;$`,
  "s",
);
const validating = new RegExp(`^alter table ${word} validate constraint ${word};$`);
const rewriting = /^(?:update|with picked as) /;
const reading = new RegExp(String.raw`\b(?:from|join|update) ${word}`, "gi");

/** Groups of a match, names as they are called; none without a match. */
const matched = (pattern: RegExp, statement: string): readonly (string | undefined)[] =>
  (pattern.exec(statement) ?? []).map((group: string | undefined) =>
    group === undefined ? undefined : plainName(group),
  );

const plainName = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;

const distinct = (tables: readonly string[]): readonly string[] => [...new Set(tables)];
