import { programmingError } from "../../runtime/errors.ts";

/** A statement in MySQL's own form: `?` for each value, and where those come from. */
export interface Prepared {
  readonly text: string;
  /** What stands before, between and behind the values. */
  readonly pieces: readonly string[];
  /** Per `?` the position of its value, from 0; -1 is the tenant of the session. */
  readonly places: readonly number[];
  /** It names the tenant: only a session of one may send it. */
  readonly scoped: boolean;
  /** Text of a user, who may run what no server prepares (SAVEPOINT, SET GLOBAL): without values it goes as text. */
  readonly plain?: boolean;
  /** A search of full text, which a server may not run twice as one prepared statement: see `MysqlConnection`. */
  readonly searches?: true;
}

/** What stands for the tenant in `Prepared.places`. */
export const tenantPlace = -1;

// Literals, quoted names and comments are passed over: a `$1` in one is text.
const token =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|\/\*[\s\S]*?\*\/|--\s[^\n]*|#[^\n]*|\$(\d+|tenant\b)/g;

const fullText = /\bagainst\s*\(/i;

/**
 * Turns `$1…$n` and `$tenant` into `?`. @throws TypeError for a statement of a scoped entity that does not name the tenant: without
 * row-level security nothing else would keep tenants apart
 */
export const prepared = (text: string, scoped?: boolean): Prepared => {
  const places: number[] = [];
  const pieces: string[] = [];
  let from = 0;
  for (const { 0: whole, 1: value, index } of text.matchAll(token)) {
    if (value === undefined) continue;
    places.push(value === "tenant" ? tenantPlace : Number(value) - 1);
    pieces.push(text.slice(from, index));
    from = index + whole.length;
  }
  pieces.push(text.slice(from));
  const named = places.includes(tenantPlace);
  if (scoped === true && !named) {
    throw new TypeError(`a statement of an entity with tenants that lacks $tenant: ${text}`);
  }
  return {
    text: pieces.join("?"),
    pieces,
    places,
    scoped: named,
    ...(fullText.test(text) ? { searches: true } : {}),
  };
};

export const tenantMissing = (): Error =>
  programmingError("the entity has tenants, and this session is bound to none", {
    hint: "call it on data.forTenant(id)",
  });
