/** A statement in MySQL's own form: `?` for each value, and where those come from. */
export interface Prepared {
  readonly text: string;
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
  const own = text.replaceAll(token, (whole: string, value: string | undefined) => {
    if (value === undefined) return whole;
    places.push(value === "tenant" ? tenantPlace : Number(value) - 1);
    return "?";
  });
  const named = places.includes(tenantPlace);
  if (scoped === true && !named) {
    throw new TypeError(`a statement of an entity with tenants that lacks $tenant: ${text}`);
  }
  return {
    text: own,
    places,
    scoped: named,
    ...(fullText.test(text) ? { searches: true } : {}),
  };
};
