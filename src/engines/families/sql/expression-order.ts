import {
  forms,
  infix,
  jsonKinds,
  negatable,
  prefixes,
  reservedInfix,
  separators,
  truths,
  typeWords,
  units,
} from "./expression-words.ts";

/** A token of an expression whose quotes end and whose brackets are paired. */
export interface ExpressionToken {
  readonly kind: "word" | "quoted-name" | "string" | "number" | "symbol";
  readonly text: string;
}

/**
 * Whether values and operators take turns as they must: `total > > 0`, `total cents > 0`, `in ()`, an `and` without its other side. It is no
 * grammar: what it does not know it lets pass, for the server has the last word, and a query in brackets is the server's alone.
 *
 * @param dialect `joinsStrings`: one string after another is one, as in MySQL
 * @returns what is wrong, or undefined
 */
export function orderProblem(
  tokens: readonly ExpressionToken[],
  { joinsStrings }: { readonly joinsStrings: boolean },
): string | undefined {
  if (tokens.some(({ text }) => /^select$/i.test(text))) return undefined;
  return new ExpressionOrder(tokens, joinsStrings).problem();
}

/** What is open: a bracket by what it is for, or a `case`. */
interface Frame {
  readonly kind: "group" | "call" | "subscript" | "case";
  /** `between` that wait for their `and`. */
  betweens: number;
  /** The last word of a `case`. */
  part: string;
}

const frame = (kind: Frame["kind"]): Frame => ({ kind, betweens: 0, part: "case" });

/** Operators that may stand before a value; `>` and its like may not. */
const isPrefix = (text: string): boolean =>
  !/^(?:[<>=*/%^.]|<=|>=|<>|!=|\|\||&&|->|->>)$/.test(text);

class ExpressionOrder {
  readonly #tokens: readonly ExpressionToken[];
  readonly #joinsStrings: boolean;
  readonly #open: Frame[] = [frame("group")];
  #at = 0;
  /** Whether a value ends here; else one has to begin. */
  #value = false;
  /** Whether the name of a type is being read. */
  #type = false;

  constructor(tokens: readonly ExpressionToken[], joinsStrings: boolean) {
    this.#tokens = tokens;
    this.#joinsStrings = joinsStrings;
  }

  problem(): string | undefined {
    for (; this.#at < this.#tokens.length; this.#at += 1) {
      const problem = this.#next();
      if (problem !== undefined) return problem;
    }
    const last = this.#shown(this.#tokens.length - 1);
    return this.#value ? this.#unfinished() : `ends with ${last}, where a value has to follow`;
  }

  #next(): string | undefined {
    const { kind, text } = this.#token(0);
    if (kind === "symbol") return this.#symbol(text);
    if (kind === "word" && this.#before().text !== ".") return this.#word(text.toLowerCase());
    return this.#operand(kind === "string");
  }

  /** @param isString it may follow the name of its type then, and in MySQL another string */
  #operand(isString: boolean): string | undefined {
    const { kind } = this.#before();
    const joined =
      isString && !this.#type && (kind === "word" || (kind === "string" && this.#joinsStrings));
    if (this.#value && !joined && !this.#afterInterval()) return this.#missingOperator();
    this.#value = true;
    return undefined;
  }

  /** `interval 1 day`: the figure comes right after the word. */
  #afterInterval = (): boolean => /^interval$/i.test(this.#before().text);

  #word(word: string): string | undefined {
    const type = this.#type;
    this.#type = false;
    if (word === "not") return this.#not();
    if (word === "operator" && this.#token(1).text === "(") return this.#namedOperator();
    if (word === "case" && !this.#value) {
      this.#open.push(frame("case"));
      return undefined;
    }
    if (this.#top().kind === "case" && /^(?:when|then|else|end)$/.test(word))
      return this.#caseWord(word);
    if (this.#value) return this.#wordAfterValue(word, type);
    if (reservedInfix.has(word)) return this.#missingValue();
    // trim(from name)
    if (word === "from" && this.#top().kind === "call") return undefined;
    if (word === "array" && this.#token(1).text.startsWith("[")) return undefined;
    if (prefixes.has(word) && this.#beginsValue(1)) return undefined;
    this.#type = type;
    this.#value = true;
    return undefined;
  }

  #wordAfterValue(word: string, type: boolean): string | undefined {
    if (word === "is") return this.#is();
    if (this.#top().kind === "call" && separators.has(word)) {
      this.#type = word === "as";
      this.#value = false;
      return undefined;
    }
    if (word === "at") return this.#atTimeZone();
    if (reservedInfix.has(word) || infix.has(word)) return this.#infix(word);
    if (word === "isnull" || word === "notnull") return undefined;
    if (typeWords.get(word)?.has(this.#before().text.toLowerCase()) === true) {
      this.#type = type;
      return undefined;
    }
    if (type && word === "array") return undefined;
    if (units.has(word) && this.#isUnit(word)) return undefined;
    // MySQL: char character set utf8mb4.
    if (/^set$/i.test(this.#before().text)) return undefined;
    return this.#missingOperator();
  }

  /** `interval '1' day`, `interval a day`, `year to month`. */
  #isUnit(word: string): boolean {
    const { kind, text } = this.#before();
    if (kind === "string" || kind === "number" || text === ")") return true;
    return word === "to" || text.toLowerCase() === "to" || /^interval$/i.test(this.#token(-2).text);
  }

  #infix(word: string): string | undefined {
    if (word === "between") this.#top().betweens += 1;
    if (word === "and" && this.#top().betweens > 0) this.#top().betweens -= 1;
    if (word === "in" && this.#token(1).text !== "(")
      return `has ${this.#shown(this.#at + 1)} after in, where a list in brackets has to stand`;
    // Words of one operator: similar to, sounds like, member of.
    const second = this.#word1();
    if (
      (word === "similar" && second === "to") ||
      (word === "sounds" && second === "like") ||
      (word === "member" && second === "of")
    )
      this.#at += 1;
    this.#value = false;
    return undefined;
  }

  /** `operator(pg_catalog.=)`, between two values or before one. */
  #namedOperator(): string | undefined {
    const end = this.#tokens.findIndex(({ text }, at) => at > this.#at && text === ")");
    this.#at = end < 0 ? this.#tokens.length : end;
    this.#value = false;
    return undefined;
  }

  #not(): string | undefined {
    if (!this.#value) return undefined;
    return negatable.has(this.#word1()) ? undefined : this.#missingOperator();
  }

  #is(): string | undefined {
    if (this.#word1() === "not") this.#at += 1;
    const word = this.#word1();
    if (forms.has(word) && this.#wordAt(2) === "normalized") this.#at += 2;
    else if (truths.has(word)) this.#at += 1;
    else if (word === "json") {
      this.#at += 1;
      while (jsonKinds.has(this.#word1())) this.#at += 1;
    } else if (word === "distinct" && this.#wordAt(2) === "from") {
      this.#at += 2;
      this.#value = false;
    } else
      return `has ${this.#shown(this.#at + 1)} after ${this.#shown(this.#at)}, where null, true, false or distinct from can stand`;
    return undefined;
  }

  #atTimeZone(): string | undefined {
    if (this.#word1() === "local") {
      this.#at += 1;
      return undefined;
    }
    if (this.#word1() !== "time" || this.#wordAt(2) !== "zone") return this.#missingOperator();
    this.#at += 2;
    this.#value = false;
    return undefined;
  }

  #caseWord(word: string): string | undefined {
    const top = this.#top();
    const begins = word === "when" && top.part === "case";
    if (!this.#value && !begins) return this.#missingValue();
    const misplaced =
      (word === "then") !== (top.part === "when") ||
      (word !== "end" && top.part === "else") ||
      (word !== "when" && top.part === "case");
    if (misplaced) return `has ${this.#shown(this.#at)} of a case at a wrong place`;
    const problem = this.#unfinishedBetween();
    if (problem !== undefined) return problem;
    top.part = word;
    this.#value = word === "end";
    if (word === "end") this.#open.pop();
    return undefined;
  }

  #symbol(text: string): string | undefined {
    switch (text) {
      case "(":
      case "[":
        return this.#openBracket(text);
      case ")":
      case "]":
        return this.#closeBracket();
      case ",":
        this.#type = false;
        if (!this.#value) return this.#missingValue();
        this.#value = false;
        return this.#unfinished();
      case ".":
        if (!this.#value) return this.#missingValue();
        this.#value = false;
        return undefined;
      case ":":
        this.#value = false;
        return undefined;
      default:
        return this.#operator(text);
    }
  }

  #operator(text: string): string | undefined {
    if (text === "==" || (text === "=" && this.#token(1).text === "="))
      return "has ==, and equal is = in SQL";
    this.#type = text === "::";
    if (!this.#value && text === "*" && this.#token(1).text === ")") this.#value = true;
    else if (this.#value) this.#value = false;
    else if (!isPrefix(text) || text === "::") return this.#missingValue();
    return undefined;
  }

  #openBracket(text: string): string | undefined {
    const before = this.#before();
    if (text === "[") {
      const inArray = this.#top().kind === "subscript" && /^[[,]$/.test(before.text);
      if (!this.#value && !inArray && !/^array$/i.test(before.text)) return this.#missingValue();
      this.#open.push(frame("subscript"));
      this.#value = false;
      return undefined;
    }
    const names = before.kind === "word" || before.kind === "quoted-name";
    if (this.#value && !names) return this.#missingOperator();
    this.#open.push(frame(this.#value ? "call" : "group"));
    this.#value = false;
    return undefined;
  }

  #closeBracket(): string | undefined {
    const { kind } = this.#top();
    const before = this.#before().text;
    const empty =
      (kind === "call" && before === "(") || (kind === "subscript" && /^[[:]$/.test(before));
    if (!this.#value && !empty) return this.#missingValue();
    const problem = this.#unfinished();
    if (problem !== undefined) return problem;
    this.#open.pop();
    this.#value = true;
    return undefined;
  }

  /** What is open at the end of a part. */
  #unfinished(): string | undefined {
    return this.#top().kind === "case" ? "has a case without its end" : this.#unfinishedBetween();
  }

  #unfinishedBetween = (): string | undefined =>
    this.#top().betweens > 0 ? "has a between without its and" : undefined;

  #missingOperator = (): string =>
    `has ${this.#shown(this.#at)} right after ${this.#shown(this.#at - 1)}: an operator is missing between them`;

  #missingValue(): string {
    const before = this.#at === 0 ? "" : ` after ${this.#shown(this.#at - 1)}`;
    return `has ${this.#shown(this.#at)}${before}, where a value has to stand`;
  }

  #beginsValue(ahead: number): boolean {
    const { kind, text } = this.#token(ahead);
    const word = text.toLowerCase();
    if (kind === "word") return !reservedInfix.has(word) && word !== "from";
    return kind !== "symbol" || text === "(";
  }

  #top(): Frame {
    return this.#open.at(-1) ?? frame("group");
  }

  #token(ahead: number): ExpressionToken {
    return this.#tokens[this.#at + ahead] ?? { kind: "symbol", text: "" };
  }

  #before = (): ExpressionToken => this.#token(-1);
  #word1 = (): string => this.#wordAt(1);

  #wordAt(ahead: number): string {
    const { kind, text } = this.#token(ahead);
    return kind === "word" ? text.toLowerCase() : "";
  }

  #shown(at: number): string {
    const { text } = this.#tokens[at] ?? { text: "its end" };
    return text.length > 40 ? `${text.slice(0, 40)}…` : text;
  }
}
