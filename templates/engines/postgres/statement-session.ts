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
import { isFrame, isLasting } from "./raw-text.ts";
import type { PostgresSession, RawOptions, RawResult, RawSession } from "./session.ts";
import { type CallLanes, ReadCall } from "./statement-call.ts";
import type {
  DynamicRead,
  DynamicValues,
  KeyedRead,
  Patch,
  Read,
  Text,
  TextRow,
  Write,
} from "./statement.ts";
import { textsAt } from "./values.ts";
import type { Lane } from "./wire.ts";
import { allRows, onlyRow, WriteCall, type WriteContext, type WriteValues } from "./write-call.ts";

/** Where a session's calls go. In a transaction all three are its one connection. */
export interface Lanes {
  readonly keyedReads: Lane;
  readonly keyedWrites: Lane;
  readonly pooled: Lane;
}

export interface SessionContext extends WriteContext {
  readonly lanes: Lanes;
  /** Empty where the session is bound to no tenant. */
  readonly tenant: string;
}

/** A shared lane is left when a lock is met there. */
const leaving = (first: Lane, { pooled }: Lanes): CallLanes =>
  first === pooled ? { first } : { first, patient: pooled };

const maxList = 10_000;
const mostFacetValues = 100;

const beyondList = ({ tail }: { readonly tail?: string }): Error =>
  tail === undefined
    ? programmingError(`more than ${maxList} rows`, { hint: "declare the list with page: keyset" })
    : programmingError(`more than ${maxList} groups`, {
        hint: "ask for less at a time: give the aggregate's filter a narrower range, or declare one with where or optional fields",
      });
const raw: OpSpec = { operation: "raw", effect: "write", unkeyed: true };
const unnamed = { name: "" } as const;

/** Statements over lanes: the root, a tenant's binding and a transaction differ only in their context. */
export class StatementSession implements PostgresSession, RawSession {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  first<R>(
    statement: KeyedRead<R>,
    values: readonly Text[],
    options?: ReadOptions,
  ): Promise<R | undefined> {
    const { prepared, spec, decode } = statement;
    const { lanes } = this.#context;
    const lane = leaving(lanes.keyedReads, lanes);
    return new ReadCall(
      this.#context,
      lane,
      spec,
      { prepared, values },
      options,
      decode,
      statement,
    ).start();
  }

  all<R>(
    statement: Read<R>,
    values: readonly Text[],
    options?: ReadOptions,
  ): Promise<readonly R[]> {
    const { prepared, spec, decode } = statement;
    const lane = { first: this.#context.lanes.pooled };
    return new ReadCall(
      this.#context,
      lane,
      spec,
      { prepared, values },
      options,
      decode,
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
        return { items, next: cursors.encode(textsAt(last, cursor), answer) };
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
    values: readonly Text[],
    options?: VersionedWriteOptions,
    made?: readonly Made[],
  ): Promise<R> {
    return this.#single(statement, "", values, options, made);
  }

  writeMany<R>(
    statement: Write<R>,
    values: readonly Text[],
    options?: WriteOptions,
    made?: readonly Made[],
  ): Promise<readonly R[]> {
    const write = this.#values(statement, "", values, options, made, false);
    const lane = { first: this.#context.lanes.pooled };
    return new WriteCall(this.#context, lane, statement, write, options, allRows).start();
  }

  patch<R>(
    statement: Patch<R>,
    key: readonly Text[],
    changes: Readonly<Record<string, Text | undefined>>,
    options?: VersionedWriteOptions,
  ): Promise<R> {
    const composed = composePatch(statement, key, changes, options?.ifVersion);
    return this.#single(composed.statement, composed.shape, composed.values, options, undefined);
  }

  raw(text: string, values: readonly Text[] = [], options?: RawOptions): Promise<RawResult> {
    if (isFrame(text)) return Promise.reject(framedByHand());
    if (isLasting(text)) return Promise.reject(lastingSetting());
    const bound = { prepared: { ...unnamed, text }, values };
    const lane = { first: this.#context.lanes.pooled };
    const never = { ...options, retry: "never" } as const;
    return new ReadCall(this.#context, lane, { ...raw, text }, bound, never, rawResult).start();
  }

  #single<R>(
    statement: Write<R>,
    shape: string,
    values: readonly Text[],
    options: VersionedWriteOptions | undefined,
    made: readonly Made[] | undefined,
  ): Promise<R> {
    const given = statement.versioned ? [...values, versionText(options?.ifVersion)] : values;
    const write = this.#values(statement, shape, given, options, made, true);
    const { lanes } = this.#context;
    const lane = leaving(lanes.keyedWrites, lanes);
    return new WriteCall(this.#context, lane, statement, write, options, onlyRow).start();
  }

  #values<R>(
    statement: Write<R>,
    shape: string,
    values: readonly Text[],
    options: VersionedWriteOptions | undefined,
    made: readonly Made[] | undefined,
    single: boolean,
  ): WriteValues {
    const { tenant } = this.#context;
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
    decode: (rows: readonly TextRow[]) => T,
  ): Promise<T> {
    const composed = composeRead(statement, values, window);
    const { spec, prepared } = composed.statement;
    const bound = { prepared, values: composed.values };
    const lane = { first: this.#context.lanes.pooled };
    return new ReadCall(this.#context, lane, spec, bound, options, decode, statement).start();
  }

  /** Wrong input rejects, as every other failure does. */
  async #checked<T>(call: () => Promise<T>): Promise<T> {
    return call();
  }
}

const lastingSetting = (): Error =>
  programmingError("raw: the setting would stay on a connection that others use next", {
    operation: raw.operation,
    hint: "in transaction(callback) use set local; what every connection shall have belongs to the database or the role: alter role … set …",
  });

const framedByHand = (): Error =>
  programmingError("raw: a transaction is not begun or ended by hand", {
    operation: raw.operation,
    hint: "use transaction(callback): return from it to commit, throw to roll back",
  });

const versionText = (version: number | undefined): Text =>
  version === undefined ? null : `${version}`;

const rawResult = (rows: readonly TextRow[], tag: string): RawResult => ({
  rows,
  count: Number(/\d+$/.exec(tag)?.[0] ?? rows.length),
});
