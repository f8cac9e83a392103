import { identifier, identifiers, literal } from "../sql/quote.ts";
import { switchSecurity } from "./render.ts";

/** What the rows of a table are asked before a change that they may hinder. */
export interface RowQuestion {
  readonly table: string;
  /** Columns that tell a row: its key. */
  readonly key: readonly string[];
  /** Further columns that the query for the rows shows. */
  readonly shown: readonly string[];
  /** Condition of the rows that hinder. */
  readonly where: string;
  /** `visits of authors does not fit integer` */
  readonly reason: string;
  /** Tables whose own policies would keep their owner from seeing rows that matter. */
  readonly past: readonly string[];
  /** What whoever migrates can do, where that is more than to change or delete the rows. */
  readonly mend?: string;
}

const tag = "$ask$";

/** A block that fails when a row hinders: how many do, the key of one, and the query that finds them. Values are the users', and are not told. */
export function askText(question: RowQuestion): string {
  const { table, key, shown, where, mend } = question;
  const name = identifier(table);
  const place = key.length === 0 ? ["ctid"] : key;
  const list = identifiers([...new Set([...place, ...shown])]);
  const message = [
    literal(`${question.reason}; rows: `),
    "amount",
    literal(`, one of them with ${identifiers(place)} `),
    "coalesce(sample, 'null')",
    literal(
      `; this finds them: select ${list} from ${name} where ${where}${mend === undefined ? "" : `; ${mend}`}`,
    ),
  ].join(" || ");
  const told = `concat_ws(', ', ${identifiers(place)})`;
  const counted = [
    `select count(*), min(${told}) into amount, sample from ${name} where ${where};`,
  ];
  const { past } = question;
  const asked = past.length > 0 ? pastPolicies(past, counted) : counted;
  const lines = [
    ...asked,
    "if amount > 0 then",
    `  raise exception using errcode = 'check_violation', message = ${message};`,
    "end if;",
  ];
  return `do ${tag}
#variable_conflict use_column
declare
  amount bigint;
  sample text;
  failure text;
begin
${lines.map((line) => `  ${line}`).join("\n")}
end
${tag};`;
}

/** The owner sees every row for as long as it asks; no lock is held while it does, and the policies bind it again whatever happens. */
const pastPolicies = (tables: readonly string[], lines: readonly string[]): readonly string[] => [
  ...switched(tables, "no force"),
  "begin",
  ...lines.map((line) => `  ${line}`),
  "exception when others then",
  "  failure := sqlerrm;",
  "end;",
  ...switched(tables, "force"),
  "if failure is not null then",
  "  raise exception using message = failure;",
  "end if;",
];

const switched = (tables: readonly string[], how: "force" | "no force"): readonly string[] => [
  "perform set_config('lock_timeout', '4s', true);",
  ...tables.map((table) => switchSecurity(table, how)),
  "commit;",
];

/** Whether a block is one of these: it counts, and does nothing else. */
export function isAskText(text: string): boolean {
  const [, body] = block.exec(text.replaceAll(/'(?:[^']|'')*'/g, "''")) ?? [];
  return body?.split("\n").every((line) => line !== "" && known.test(line)) === true;
}

const block =
  /^do \$ask\$\n#variable_conflict use_column\ndeclare\n {2}amount bigint;\n {2}sample text;\n {2}failure text;\nbegin\n([\s\S]*)\nend\n\$ask\$;?$/;

const known = new RegExp(
  `^ *(?:${[
    "begin",
    "select count\\(\\*\\), min\\(concat_ws\\([^;]*\\)\\) into amount, sample from [^;]*;",
    "alter table [^;]* (?:no )?force row level security;",
    "commit;",
    "perform set_config\\('', '', true\\);",
    "exception when others then",
    "failure := sqlerrm;",
    "if (?:amount > 0|failure is not null) then",
    "raise exception using [^;]*;",
    "end(?: if)?;",
  ].join("|")})$`,
);
