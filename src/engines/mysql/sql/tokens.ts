/** One token of SQL text as MySQL reads it. */
export interface Token {
  readonly kind: "word" | "quoted-name" | "string" | "number" | "comment" | "symbol" | "broken";
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

const forms: readonly (readonly [Token["kind"], RegExp])[] = [
  ["comment", /--(?=[\s\u0000-\u001f]|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//y],
  ["string", /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/y],
  ["quoted-name", /`(?:[^`]|``)*`/y],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_$])/uy],
  ["word", /[@\p{L}_$][@\p{L}\p{N}_$]*|\d+[\p{L}_$][\p{L}\p{N}_$]*/uy],
  ["broken", /'|"|`|\/\*/y],
  ["symbol", /<=>|<=|>=|<>|!=|:=|\|\||&&|->>|->|[\s\S]/uy],
];

/** The tokens of a text, without blanks. A quote or comment that does not end is `broken`. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = blankAt(text, at);
    if (blank > at) {
      at = blank;
      continue;
    }
    const token = tokenAt(text, at);
    found.push(token);
    at += token.text.length;
  }
  return found;
}

function blankAt(text: string, at: number): number {
  let end = at;
  while (end < text.length && /\s/.test(text.charAt(end))) end += 1;
  return end;
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, form] of forms) {
    form.lastIndex = at;
    const match = form.exec(text)?.[0];
    if (match !== undefined && match !== "") return { kind, text: match, at };
  }
  return { kind: "symbol", text: text.charAt(at), at };
}
