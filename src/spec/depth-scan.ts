import { maxDepth } from "./limits.ts";

/** First pass over the bytes of a file, before any parser: finds collections nested deeper than {@link maxDepth}. */
export function nestingProblem(
  bytes: Uint8Array,
): { readonly offset: number; readonly message: string } | undefined {
  const offset = new Scan(bytes).tooDeepAt();
  return offset === undefined
    ? undefined
    : { offset, message: `more than ${maxDepth} levels deep` };
}

const space = 0x20;
const newline = 0x0a;
const doubleQuote = 0x22;
const hash = 0x23;
const singleQuote = 0x27;
const comma = 0x2c;
const dash = 0x2d;
const colon = 0x3a;
const question = 0x3f;
const backslash = 0x5c;
const pipe = 0x7c;
const greater = 0x3e;

const isBlank = (byte: number | undefined): boolean =>
  byte === undefined || byte === space || byte === 0x09 || byte === newline || byte === 0x0d;
const isOpener = (byte: number | undefined): boolean => byte === 0x5b || byte === 0x7b;
const isCloser = (byte: number | undefined): boolean => byte === 0x5d || byte === 0x7d;
const isQuote = (byte: number | undefined): boolean => byte === doubleQuote || byte === singleQuote;

/**
 * A lexer of just enough YAML to count: block collections by the columns they start at, flow collections (and so JSON) by brackets,
 * nothing inside quotes, comments and block scalars. Where a broken text fools it, the parsers' own limits still hold.
 */
class Scan {
  private at = 0;
  private flow = 0;
  /** Columns of the block collections that are open, twice the column, plus one for a sequence in its parent's column. */
  private readonly open: number[] = [];
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Offset of the collection that is one too many. */
  tooDeepAt(): number | undefined {
    while (this.at < this.bytes.length) {
      const deep = this.flow > 0 ? this.inFlow() : this.blockLine();
      if (deep) return this.at;
    }
    return undefined;
  }

  private tooDeep(): boolean {
    return this.flow + this.open.length > maxDepth;
  }

  /** One line in block context, from its first byte. */
  private blockLine(): boolean {
    const start = this.at;
    while (this.bytes[this.at] === space) this.at += 1;
    const first = this.bytes[this.at];
    if (isBlank(first) || first === hash) {
      this.skipLine();
      return false;
    }
    while (isMarker(this.bytes[this.at], this.bytes[this.at + 1])) {
      if (this.enter((this.at - start) * 2 + 1)) return true;
      this.at += 1;
      while (this.bytes[this.at] === space || this.bytes[this.at] === 0x09) this.at += 1;
    }
    if (isBlank(this.bytes[this.at])) {
      this.skipLine();
      return false;
    }
    return this.restOfLine(start);
  }

  /** A block collection at a column: closes the ones further right, opens it unless it is open. */
  private enter(column: number): boolean {
    while ((this.open.at(-1) ?? -1) > column) this.open.pop();
    if (this.open.at(-1) !== column) this.open.push(column);
    return this.tooDeep();
  }

  /** A key with its value, or a value alone. */
  private restOfLine(lineStart: number): boolean {
    const column = this.at - lineStart;
    let token = true;
    while (this.at < this.bytes.length) {
      const byte = this.bytes[this.at];
      if (byte === newline) {
        this.at += 1;
        return false;
      }
      if (token && isOpener(byte)) {
        this.flow = 1;
        if (this.tooDeep()) return true;
        this.at += 1;
        return false;
      }
      if (token && isQuote(byte)) this.skipQuoted(byte ?? 0);
      else if (byte === hash && isBlank(this.bytes[this.at - 1])) this.skipLineEnd();
      else if (token && (byte === pipe || byte === greater)) {
        this.skipBlockScalar();
        return false;
      } else if (token && (byte === 0x26 || byte === 0x21)) this.skipWord();
      else if (byte === colon && isBlank(this.bytes[this.at + 1])) {
        if (this.enter(column * 2)) return true;
        this.at += 1;
        token = true;
      } else {
        if (!isBlank(byte)) token = false;
        this.at += 1;
      }
    }
    return false;
  }

  /** Until the brackets are closed. */
  private inFlow(): boolean {
    let previous = comma;
    while (this.at < this.bytes.length && this.flow > 0) {
      const byte = this.bytes[this.at] ?? 0;
      if (isOpener(byte)) {
        this.flow += 1;
        if (this.tooDeep()) return true;
      } else if (isCloser(byte)) this.flow -= 1;
      else if (isQuote(byte) && startsToken(previous)) {
        this.skipQuoted(byte);
        previous = byte;
        continue;
      } else if (byte === hash && isBlank(this.bytes[this.at - 1])) {
        this.skipLineEnd();
        continue;
      }
      if (!isBlank(byte)) previous = byte;
      this.at += 1;
    }
    this.skipAfterFlow();
    return false;
  }

  /** What follows a flow collection on its line: nothing, a comment, or the value of a flow key. */
  private skipAfterFlow(): void {
    while (this.at < this.bytes.length && this.bytes[this.at] !== newline) {
      if (isOpener(this.bytes[this.at])) {
        this.flow = 1;
        this.at += 1;
        return;
      }
      if (this.bytes[this.at] === hash) return this.skipLine();
      this.at += 1;
    }
    this.at += 1;
  }

  private skipQuoted(quote: number): void {
    this.at += 1;
    while (this.at < this.bytes.length) {
      const byte = this.bytes[this.at];
      if (byte === backslash && quote === doubleQuote) this.at += 1;
      else if (byte === quote) {
        if (quote !== singleQuote || this.bytes[this.at + 1] !== singleQuote) break;
        this.at += 1;
      }
      this.at += 1;
    }
    this.at += 1;
  }

  /** The lines of a block scalar are those further right than the collection that holds it. */
  private skipBlockScalar(): void {
    const indent = (this.open.at(-1) ?? -2) >> 1;
    this.skipLine();
    while (this.at < this.bytes.length) {
      let column = 0;
      while (this.bytes[this.at + column] === space) column += 1;
      if (column <= indent && !isBlank(this.bytes[this.at + column])) return;
      this.skipLine();
    }
  }

  private skipWord(): void {
    while (!isBlank(this.bytes[this.at])) this.at += 1;
  }

  private skipLineEnd(): void {
    const end = this.bytes.indexOf(newline, this.at);
    this.at = end < 0 ? this.bytes.length : end;
  }

  private skipLine(): void {
    this.skipLineEnd();
    this.at += 1;
  }
}

const isMarker = (byte: number | undefined, next: number | undefined): boolean =>
  (byte === dash || byte === question) && isBlank(next);

/** Whether a value begins after this byte, inside a flow collection. */
const startsToken = (previous: number): boolean =>
  isOpener(previous) || previous === comma || previous === colon || previous === question;
