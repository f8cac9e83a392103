import type { Document, MongoClient } from "mongodb";
import { callOp, type Attempt } from "../../runtime/call.ts";
import type { ChangedKeys } from "../../runtime/changes.ts";
import { DataError, programmingError } from "../../runtime/errors.ts";
import type { OpOptions, OpRuntime } from "../../runtime/op.ts";
import type {
  Page,
  PageRequest,
  ReadOptions,
  VersionedWriteOptions,
  WriteOptions,
} from "../../runtime/options.ts";
import type {
  AggregateDeclaration,
  CollectionDeclaration,
  IncrementDeclaration,
  ListDeclaration,
  MethodDeclaration,
  UpsertDeclaration,
} from "./declaration.ts";
import type { TransactionLease } from "./lease.ts";
import { incremented } from "./increment.ts";
import { type Collections, type CommandLimits, type Place } from "./place.ts";
import {
  aggregated,
  findAll,
  findKeys,
  findOne,
  findPage,
  historyPage,
  type Revision,
  stateAt,
} from "./reads.ts";
import { madeKeys } from "./sequence.ts";
import { type Change, change, changeWithin, leavesDoubt, onlyDocument } from "./write-call.ts";
import {
  alter,
  insertAll,
  insertOne,
  refusal,
  remove,
  stale,
  upsertAll,
  upsertOne,
} from "./writes.ts";

/** Where a session's calls go. */
export interface SessionContext {
  readonly runtime: OpRuntime;
  /** Undefined where the session is bound to no tenant. */
  readonly tenant: string | undefined;
  readonly client: MongoClient;
  /** Connected already: a call need not wait a turn. */
  readonly opened: () => Collections | undefined;
  /** Connects at the first call. */
  readonly open: () => Promise<Collections>;
  readonly changed: (entity: string, keys: ChangedKeys) => Promise<unknown> | undefined;
  /** The transaction that its calls belong to. */
  readonly lease?: TransactionLease;
  /** The transaction may not write. */
  readonly readOnly?: boolean;
}

type Of<E> = Pick<CollectionDeclaration<E>, "decode">;

/**
 * Runs declared methods on one database, for one tenant or for none. Documents come back decoded; every promise settles within its
 * deadline and rejects with a `DataError` only (or the caller's abort reason).
 */
export class MongoSession {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** The document of a key, or undefined. */
  get<E>(
    method: MethodDeclaration<E>,
    key: unknown,
    options?: ReadOptions,
  ): Promise<E | undefined> {
    return this.#read(method, options, async (place) => {
      const found = await findOne(place, method.of, key);
      return found === null ? undefined : method.of.decode(found);
    });
  }

  /** In the order of the keys; missing ones are left out. */
  getMany<E>(
    method: MethodDeclaration<E>,
    keys: readonly unknown[],
    options?: ReadOptions,
  ): Promise<readonly E[]> {
    return this.#read(method, options, async (place) =>
      (await findKeys(place, method.of, keys)).map(method.of.decode),
    );
  }

  /** One keyset page. @throws DataError programming for a cursor of another list */
  page<E>(
    method: ListDeclaration<E>,
    filter: Document,
    page: PageRequest,
    options?: ReadOptions,
  ): Promise<Page<E>> {
    return this.#read(method, options, async (place) =>
      decodedPage(await findPage(place, method, filter, page), method.of),
    );
  }

  /** Everything, at most 10,000 documents. @throws DataError programming when there are more */
  list<E>(
    method: ListDeclaration<E>,
    filter: Document,
    options?: ReadOptions,
  ): Promise<readonly E[]> {
    return this.#read(method, options, async (place) =>
      (await findAll(place, method, filter)).map(method.of.decode),
    );
  }

  /** One row per group, in the order of the groups. */
  aggregate<E, R>(
    method: AggregateDeclaration<E, R>,
    filter: Document,
    options?: ReadOptions,
  ): Promise<readonly R[]> {
    return this.#read(method, options, async (place) =>
      (await aggregated(place, method, filter)).map(method.row),
    );
  }

  /** Every change of one document, newest first. */
  history<E>(
    method: MethodDeclaration<E>,
    key: unknown,
    page: PageRequest,
    options?: ReadOptions,
  ): Promise<Page<Revision<E>>> {
    return this.#read(method, options, (place) => historyPage(place, method, key, page));
  }

  /** The document as it was at a moment, or undefined. */
  asOf<E>(
    method: MethodDeclaration<E>,
    key: unknown,
    at: Date,
    options?: ReadOptions,
  ): Promise<E | undefined> {
    return this.#read(method, options, async (place) => {
      const state = await stateAt(place, method.of, key, at);
      return state === undefined ? undefined : method.of.decode(state);
    });
  }

  /**
   * @param made names of properties that the caller did not give: no part of what an operation id stands for
   * @throws DataError conflict (key or unique index), constraint (validator, size), outcome-unknown
   */
  insert<E>(
    method: MethodDeclaration<E>,
    document: Document,
    options?: WriteOptions,
    made: readonly string[] = [],
  ): Promise<E> {
    return this.#one(
      method,
      "insert",
      document["_id"],
      () => without(document, made),
      options,
      async (place) => [
        await insertOne(place, method.of, await this.#withKey(place, method.of, document)),
      ],
    );
  }

  /** All or none, in the order given. */
  insertMany<E>(
    method: MethodDeclaration<E>,
    documents: readonly Document[],
    options?: WriteOptions,
    made: readonly string[] = [],
  ): Promise<readonly E[]> {
    return this.#many(method, "insert", documents, options, made, async (place) =>
      insertAll(place, method.of, await this.#withKeys(place, method.of, documents)),
    );
  }

  /** Inserts, or replaces what is there and raises its version. */
  upsert<E>(
    method: UpsertDeclaration<E>,
    document: Document,
    options?: WriteOptions,
    made: readonly string[] = [],
  ): Promise<E> {
    return this.#one(
      method,
      "upsert",
      document["_id"],
      () => without(document, made),
      options,
      async (place) => [
        await upsertOne(
          place,
          method.of,
          await this.#withKey(place, method.of, document),
          method.ttlMs,
        ),
      ],
    );
  }

  /** All or none. */
  upsertMany<E>(
    method: UpsertDeclaration<E>,
    documents: readonly Document[],
    options?: WriteOptions,
    made: readonly string[] = [],
  ): Promise<readonly E[]> {
    return this.#many(method, "upsert", documents, options, made, async (place) =>
      upsertAll(place, method.of, await this.#withKeys(place, method.of, documents), method.ttlMs),
    );
  }

  /**
   * Sets the given properties, raises the version.
   *
   * @throws DataError not-found, or conflict when the stored version is not `ifVersion`
   */
  patch<E>(
    method: MethodDeclaration<E>,
    key: unknown,
    set: Document,
    options?: VersionedWriteOptions,
  ): Promise<E> {
    const ifVersion = options?.ifVersion;
    const stands = (): Document => ({ key, set, expected: ifVersion });
    return this.#one(method, "update", key, stands, options, async (place) => {
      const changed = await alter(place, method.of, { key, update: { $set: set }, ifVersion });
      if (changed === null) throw await refusal(place, method.of, key, stale());
      return [changed];
    });
  }

  /** Adds to one number in place. @throws DataError not-found, constraint when the sum would break a limit */
  increment<E, N>(
    method: IncrementDeclaration<E, N>,
    key: unknown,
    by: N,
    options?: WriteOptions,
  ): Promise<E> {
    const stands = (): Document => ({ key, by: method.number.encode(by) });
    return this.#one(method, "update", key, stands, options, async (place) => [
      await incremented(place, method, key, by),
    ]);
  }

  /**
   * Removes the document, or marks it as deleted.
   *
   * @throws DataError not-found, or conflict when the stored version is not `ifVersion`
   */
  delete<E>(
    method: MethodDeclaration<E>,
    key: unknown,
    options?: VersionedWriteOptions,
  ): Promise<void> {
    const { of } = method;
    const ifVersion = options?.ifVersion;
    const stands = (): Document => ({ key, expected: ifVersion });
    const run = async (place: Place): Promise<readonly Document[]> => {
      const gone =
        of.deletedAt === undefined
          ? await remove(place, of, key, ifVersion)
          : await alter(place, of, {
              key,
              update: { $set: { [of.deletedAt]: new Date() } },
              ifVersion,
            });
      if (gone === null) throw await refusal(place, of, key, stale());
      return [gone];
    };
    return this.#write(method, "delete", false, [key], stands, options, run).then(() => undefined);
  }

  async #one<E>(
    method: MethodDeclaration<E>,
    deed: Change["deed"],
    key: unknown,
    stands: () => unknown,
    options: WriteOptions | undefined,
    run: Change["run"],
  ): Promise<E> {
    const documents = await this.#write(method, deed, false, [key], stands, options, run);
    return method.of.decode(onlyDocument(documents));
  }

  async #many<E>(
    method: MethodDeclaration<E>,
    deed: Change["deed"],
    documents: readonly Document[],
    options: WriteOptions | undefined,
    made: readonly string[],
    run: Change["run"],
  ): Promise<readonly E[]> {
    const keys = documents.map(({ _id }) => _id as unknown);
    const stands = (): unknown => documents.map((document) => without(document, made));
    const several = documents.length > 1;
    const stored = await this.#write(method, deed, several, keys, stands, options, run);
    return stored.map(method.of.decode);
  }

  async #write<E>(
    method: MethodDeclaration<E>,
    deed: Change["deed"],
    several: boolean,
    keys: readonly unknown[],
    stands: () => unknown,
    options: WriteOptions | undefined,
    run: Change["run"],
  ): Promise<readonly Document[]> {
    const { of } = method;
    const { lease, client, tenant, changed, readOnly } = this.#context;
    if (readOnly === true) throw readOnlyError(method.operation);
    const id = options?.operation;
    const operation =
      id === undefined
        ? undefined
        : { tenant: tenant ?? "", name: method.operation, id, stands: stands() };
    const asked: Change = { of, deed, several, operation, run };
    const tell = (documents: readonly Document[]) => changed(of.entity, documents.map(of.keyText));
    const doubtful = (): void => {
      const known = !keys.includes(undefined);
      void changed(of.entity, known ? keys.map((_id) => of.keyText({ _id })) : "all");
    };
    try {
      const documents = await this.#call(method, options, async (place, attempt) => {
        const stored =
          lease === undefined
            ? await change(place, client, attempt, asked)
            : await changeWithin(place, asked);
        // A late reply: whoever caches what was there must not keep it.
        if (attempt.settled) void tell(stored);
        return stored;
      });
      const told = tell(documents);
      if (told !== undefined) await told;
      return documents;
    } catch (error) {
      if (leavesDoubt(error)) doubtful();
      throw error;
    }
  }

  /** A root and what is kept beside it are read as of one moment. Source: MongoDB manual, "Read Concern snapshot", from 5.0. */
  #read<T>(
    method: MethodDeclaration<unknown>,
    options: ReadOptions | undefined,
    work: (place: Place) => Promise<T>,
  ): Promise<T> {
    const { client, lease } = this.#context;
    if (method.of.children === undefined || lease !== undefined)
      return this.#call(method, options, work);
    return this.#call(method, options, async (place) => {
      const session = client.startSession({ snapshot: true });
      try {
        return await work({ ...place, limits: { ...place.limits, session } });
      } finally {
        await session.endSession();
      }
    });
  }

  #call<T>(
    method: MethodDeclaration<unknown>,
    options: OpOptions | undefined,
    work: (place: Place, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const { runtime, opened, open, lease, tenant } = this.#context;
    return callOp(runtime, method, options, async (attempt) => {
      let collections = opened();
      if (collections === undefined) {
        attempt.sent = false;
        collections = await open();
        attempt.sent = true;
      }
      const limits = limitsOf(attempt, options?.deadlineMs, runtime.defaultDeadlineMs);
      if (lease === undefined) return work({ collections, limits, tenant }, attempt);
      const where = collections;
      return lease.run((session) =>
        work({ collections: where, limits: { ...limits, session }, tenant }, attempt),
      );
    });
  }

  async #withKey<E>(
    place: Place,
    of: CollectionDeclaration<E>,
    document: Document,
  ): Promise<Document> {
    return of.keys === undefined || document["_id"] !== undefined
      ? document
      : ((await this.#withKeys(place, of, [document]))[0] ?? document);
  }

  async #withKeys<E>(
    place: Place,
    of: CollectionDeclaration<E>,
    documents: readonly Document[],
  ): Promise<readonly Document[]> {
    if (of.keys === undefined) return documents;
    const missing = documents.filter(({ _id }) => _id === undefined).length;
    const keys = await madeKeys(place, of.collection, of.keys, missing);
    let next = 0;
    return documents.map((document) =>
      document["_id"] === undefined ? { ...document, _id: keys[next++] } : document,
    );
  }
}

const readOnlyError = (operation: string): DataError =>
  programmingError(`${operation}: called in a read-only transaction`, { operation });

const graceMs = 250;

/** The connection of a call whose caller was answered is given up a moment later: nobody would read the reply. */
function limitsOf(
  attempt: Attempt,
  deadlineMs: number | undefined,
  defaultMs: number,
): CommandLimits {
  const left = Math.max(1, Math.ceil(attempt.remainingMs()));
  if (deadlineMs === undefined || deadlineMs <= defaultMs) return { maxTimeMS: left };
  return { maxTimeMS: left, socketTimeoutMS: left + graceMs };
}

function decodedPage<E>({ items, next }: Page<Document>, { decode }: Of<E>): Page<E> {
  const decoded = items.map(decode);
  return next === undefined ? { items: decoded } : { items: decoded, next };
}

function without(document: Document, made: readonly string[]): Document {
  if (made.length === 0) return document;
  return Object.fromEntries(Object.entries(document).filter(([name]) => !made.includes(name)));
}
