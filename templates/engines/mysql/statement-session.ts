import { programmingError } from "../../runtime/errors.ts";
import { pageLimit, pageOf } from "../../runtime/keyset.ts";
import type { OpSpec } from "../../runtime/op.ts";
import type {
  Page,
  PageRequest,
  ReadOptions,
  VersionedWriteOptions,
  WriteOptions,
} from "../../runtime/options.ts";
import { composePatch, composeRead } from "./compose.ts";
import { fingerprintOf, type Made } from "./operation.ts";
import { prepared } from "./prepared.ts";
import { isCommitting, isFrame, isLasting } from "./raw-text.ts";
import type { MysqlSession, RawOptions, RawResult, RawSession } from "./session.ts";
import { ReadCall } from "./statement-call.ts";
import type {
  DynamicRead,
  DynamicValues,
  KeyedRead,
  Patch,
  Read,
  Value,
  ValueRow,
  Write,
} from "./statement.ts";
import { valuesAt } from "./values.ts";
import { allRows, onlyRow, WriteCall, type WriteContext, type WriteValues } from "./write-call.ts";

const maxList = 10_000;
const mostFacetValues = 100;

const beyondList = ({ tail }: { readonly tail?: string }): Error =>
  tail === undefined
    ? programmingError(`more than ${maxList} rows`, { hint: "declare the list with page: keyset" })
    : programmingError(`more than ${maxList} groups`, {
        hint: "ask for less at a time: give the aggregate's filter a narrower range, or declare one with where or optional fields",
      });
const raw: OpSpec = { operation: "raw", effect: "write", unkeyed: true };

/** Statements over connections: the root, a tenant's binding and a transaction differ only in their context. */
export class StatementSession implements MysqlSession, RawSession {
  readonly #context: WriteContext;

  constructor(context: WriteContext) {
    this.#context = context;
  }

  first<R>(
    statement: KeyedRead<R>,
    values: readonly Value[],
    options?: ReadOptions,
  ): Promise<R | undefined> {
    const { prepared: text, spec, decode } = statement;
    const bound = { prepared: text, values };
    return new ReadCall(
      this.#context,
      spec,
      bound,
      options,
      ({ rows }) => decode(rows),
      statement,
    ).start();
  }

  all<R>(
    statement: Read<R>,
    values: readonly Value[],
    options?: ReadOptions,
  ): Promise<readonly R[]> {
    const { prepared: text, spec, decode } = statement;
    const bound = { prepared: text, values };
    return new ReadCall(
      this.#context,
      spec,
      bound,
      options,
      ({ rows }) => decode(rows),
      statement,
    ).start();
  }

  page<R>(
    statement: DynamicRead<R>,
    values: DynamicValues,
    page: PageRequest,
    options?: ReadOptions,
  ): Promise<Page<R>> {
    return this.#checked(() => {
      const { name, cursors, cursor } = statement;
      const asked = pageOf(name, page);
      const limit = pageLimit(name, asked.limit);
      const answer = [this.#context.tenant, values];
      const after = asked.after === undefined ? undefined : cursors.decode(asked.after, answer);
      return this.#dynamic(statement, values, { after, limit: limit + 1 }, options, (rows) => {
        const last = rows[limit - 1];
        const items = (rows.length > limit ? rows.slice(0, limit) : rows).map(statement.row);
        if (rows.length <= limit || last === undefined || cursor.length === 0) return { items };
        const position = valuesAt(last, cursor).map(cursorText);
        return { items, next: cursors.encode(position, answer) };
      });
    });
  }

  list<R>(
    statement: DynamicRead<R>,
    values: DynamicValues,
    options?: ReadOptions,
  ): Promise<readonly R[]> {
    const window = { after: undefined, limit: maxList + 1 };
    return this.#dynamic(statement, values, window, options, (rows) => {
      if (rows.length > maxList) {
        throw beyondList(statement);
      }
      return rows.map(statement.row);
    });
  }

  top<R>(
    statement: DynamicRead<R>,
    values: DynamicValues,
    options?: ReadOptions,
  ): Promise<readonly R[]> {
    const window = { after: undefined, limit: mostFacetValues };
    return this.#dynamic(statement, values, window, options, (rows) => rows.map(statement.row));
  }

  write<R>(
    statement: Write<R>,
    values: readonly Value[],
    options?: VersionedWriteOptions,
    made?: readonly Made[],
  ): Promise<R> {
    const given = statement.versioned ? [...values, options?.ifVersion ?? null] : values;
    const write = this.#values(statement, "", given, options, made, true);
    return new WriteCall(this.#context, statement, write, options, onlyRow).start();
  }

  writeMany<R>(
    statement: Write<R>,
    values: readonly Value[],
    options?: WriteOptions,
    made?: readonly Made[],
  ): Promise<readonly R[]> {
    const write = this.#values(statement, "", values, options, made, false);
    return new WriteCall(this.#context, statement, write, options, allRows).start();
  }

  patch<R>(
    statement: Patch<R>,
    key: readonly Value[],
    changes: Readonly<Record<string, Value | undefined>>,
    options?: VersionedWriteOptions,
  ): Promise<R> {
    const composed = composePatch(statement, key, changes, options?.ifVersion);
    const { shape, values } = composed;
    const write = this.#values(composed.statement, shape, values, options, undefined, true);
    return new WriteCall(this.#context, composed.statement, write, options, onlyRow).start();
  }

  raw(text: string, values: readonly Value[] = [], options?: RawOptions): Promise<RawResult> {
    return this.#checked(() => {
      if (isFrame(text)) throw framedByHand();
      if (isLasting(text)) throw lastingSetting();
      if (this.#context.inTransaction && isCommitting(text)) throw commitsUnseen();
      const bound = { prepared: { ...prepared(text), plain: true }, values };
      if (this.#context.tenant !== undefined && !bound.prepared.scoped) throw tenantUnnamed();
      const never = { ...options, retry: "never" } as const;
      return new ReadCall(this.#context, { ...raw, text }, bound, never, ({ rows, found }) => ({
        rows,
        count: found,
      })).start();
    });
  }

  #values<R>(
    statement: Write<R>,
    shape: string,
    values: readonly Value[],
    options: VersionedWriteOptions | undefined,
    made: readonly Made[] | undefined,
    single: boolean,
  ): WriteValues {
    const { tenant = "" } = this.#context;
    const id = options?.operation;
    const operation =
      id === undefined
        ? undefined
        : { tenant, name: statement.name, id, fingerprint: fingerprintOf(shape, values, made) };
    return { values, operation, versioned: options?.ifVersion !== undefined, single };
  }

  #dynamic<R, T>(
    statement: DynamicRead<R>,
    values: DynamicValues,
    window: Parameters<typeof composeRead>[2],
    options: ReadOptions | undefined,
    decode: (rows: readonly ValueRow[]) => T,
  ): Promise<T> {
    const composed = composeRead(statement, values, window);
    const { spec, prepared: text } = composed.statement;
    const bound = { prepared: text, values: composed.values };
    return new ReadCall(
      this.#context,
      spec,
      bound,
      options,
      ({ rows }) => decode(rows),
      statement,
    ).start();
  }

  /** Wrong input rejects, as every other failure does. */
  async #checked<T>(call: () => Promise<T>): Promise<T> {
    return call();
  }
}

const cursorText = (value: Value): string | null => (value === null ? null : String(value));

const commitsUnseen = (): Error =>
  programmingError("raw: the statement would commit the transaction it stands in", {
    operation: raw.operation,
    hint: "run it outside; changes of the schema belong into a migration",
  });

const lastingSetting = (): Error =>
  programmingError("raw: what it sets or opens would stay on a connection that others use next", {
    operation: raw.operation,
    hint: "ask for what every connection shall have on the server: set global …; a hint /*+ SET_VAR(…) */ is of one statement",
  });

const framedByHand = (): Error =>
  programmingError("raw: a transaction is not begun or ended by hand", {
    operation: raw.operation,
    hint: "use transaction(callback): return from it to commit, throw to roll back",
  });

const tenantUnnamed = (): Error =>
  programmingError("raw: the text does not name the tenant", {
    operation: raw.operation,
    hint: "compare the tenant's column with $tenant: this engine has no row-level security that would do it",
  });
