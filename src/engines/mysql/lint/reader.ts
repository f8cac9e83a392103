import { type Token, tokens } from "../sql/tokens.ts";

/** Walks over the tokens of one statement; comments are none. Words are compared without case. */
export class Reader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokens(text).filter(({ kind }) => kind !== "comment");
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Where the next token begins; the end of the text behind the last one. */
  get place(): number {
    return this.#tokens[this.#at]?.at ?? this.text.length;
  }

  /** The first quote, comment or bracket that does not end. */
  get broken(): string | undefined {
    const open = this.#tokens.find(({ kind }) => kind === "broken")?.text;
    if (open !== undefined) return open;
    let depth = 0;
    for (const { kind, text } of this.#tokens) {
      if (kind === "symbol") depth += text === "(" ? 1 : text === ")" ? -1 : 0;
      if (depth < 0) return ")";
    }
    return depth === 0 ? undefined : "(";
  }

  /** The word or sign at hand, in lower case; empty for a quoted name, a literal and the end. */
  peek(ahead = 0): string {
    const token = this.#tokens[this.#at + ahead];
    if (token === undefined) return "";
    const { kind, text } = token;
    return kind === "word" || kind === "symbol" ? text.toLowerCase() : "";
  }

  /** The token at hand as it is written. */
  take(): string {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token?.text ?? "";
  }

  /** Passes these words when they all come next. */
  accept(...words: readonly string[]): boolean {
    if (words.some((word, ahead) => this.peek(ahead) !== word)) return false;
    this.#at += words.length;
    return true;
  }

  /** Passes whichever of them comes next. */
  acceptAny(...words: readonly string[]): string | undefined {
    const found = words.find((word) => this.peek() === word);
    if (found !== undefined) this.#at += 1;
    return found;
  }

  /** A name without its quotes; of a qualified one the last part. */
  name(): string {
    const own = bare(this.take());
    return this.accept(".") ? this.name() : own;
  }

  /** What stands in the brackets at hand, split at its commas; undefined when there are none. */
  brackets(): readonly string[] | undefined {
    if (this.peek() !== "(") return undefined;
    this.#at += 1;
    const parts = this.parts(")");
    this.#at += 1;
    return parts;
  }

  /** Texts up to the closing sign or the end of the statement, split at commas outside of brackets. */
  parts(closing?: string): readonly string[] {
    const found: string[] = [];
    while (!this.ended && this.peek() !== closing) {
      found.push(this.#part(closing));
      this.accept(",");
    }
    return found;
  }

  #part(closing: string | undefined): string {
    const from = this.place;
    let end = from;
    let depth = 0;
    for (; !this.ended; this.#at += 1) {
      const sign = this.peek();
      if (depth === 0 && (sign === "," || sign === closing)) break;
      depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
      const token = this.#tokens[this.#at];
      end = (token?.at ?? 0) + (token?.text.length ?? 0);
    }
    return this.text.slice(from, end);
  }
}

/** A name without the quotes that it may stand in. */
export const bare = (text: string): string =>
  /^[`"]/.test(text) ? text.slice(1, -1).replaceAll("``", "`") : text;
