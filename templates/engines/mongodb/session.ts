import type { Document } from "mongodb";
import { callOp, type Attempt } from "../../runtime/call.ts";
import { waitAtMost } from "../../runtime/deadline.ts";
import type { OpOptions } from "../../runtime/op.ts";
import type {
  Page,
  PageRequest,
  ReadOptions,
  VersionedWriteOptions,
  WriteOptions,
} from "../../runtime/options.ts";
import { named, timestamp } from "./codec.ts";
import type {
  AggregateDeclaration,
  IncrementDeclaration,
  ListDeclaration,
  MethodDeclaration,
  UpsertDeclaration,
} from "./declaration.ts";
import { amount, incremented } from "./increment.ts";
import type { Place } from "./place.ts";
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
import { withKey, withKeys } from "./sequence.ts";
import { decodedPage, limitsOf, readOnlyError, type SessionContext } from "./session-call.ts";
import { sizeJudged } from "./size.ts";
import {
  type Change,
  change,
  changeWithin,
  isSingle,
  leavesDoubt,
  onlyDocument,
} from "./write-call.ts";
import { deleteOne, insertAll, insertOne, patchOne, upsertAll, upsertOne } from "./writes.ts";

const { at: moments } = named("asOf", { at: timestamp() });

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
    const { of } = method;
    return this.#read(method, options, (place) =>
      findOne(place, of, key).then((found) => (found === null ? undefined : of.decode(found))),
    );
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

  /** The document as it was at a moment, or undefined. @throws TypeError for what is no valid Date */
  asOf<E>(
    method: MethodDeclaration<E>,
    key: unknown,
    at: Date,
    options?: ReadOptions,
  ): Promise<E | undefined> {
    // Before anything is sent: of what is no moment the server would find nothing, as if there had been none.
    const moment = moments.encode(at);
    return this.#read(method, options, async (place) => {
      const state = await stateAt(place, method.of, key, moment);
      return state === undefined ? undefined : method.of.decode(state);
    });
  }

  /**
   * @param stands what an operation id stands for: the document without what was made for the caller
   * @throws DataError conflict (key or unique index), constraint (validator, size), outcome-unknown
   */
  insert<E>(
    method: MethodDeclaration<E>,
    document: Document,
    options?: WriteOptions,
    stands: () => unknown = () => document,
  ): Promise<E> {
    const { of } = method;
    return this.#one(method, "insert", document["_id"], document, stands, options, (place) =>
      of.keys === undefined
        ? insertOne(place, of, document)
        : withKey(place, of, document).then((keyed) => insertOne(place, of, keyed)),
    );
  }

  /** All or none, in the order given. `stands` is as for `insert`, per document. */
  insertMany<E>(
    method: MethodDeclaration<E>,
    documents: readonly Document[],
    options?: WriteOptions,
    stands: () => unknown = () => documents,
  ): Promise<readonly E[]> {
    return this.#many(method, "insert", documents, options, stands, async (place) =>
      insertAll(place, method.of, await withKeys(place, method.of, documents)),
    );
  }

  /** Inserts, or replaces what is there and raises its version. */
  upsert<E>(
    method: UpsertDeclaration<E>,
    document: Document,
    options?: WriteOptions,
    stands: () => unknown = () => document,
  ): Promise<E> {
    return this.#one(
      method,
      "upsert",
      document["_id"],
      document,
      stands,
      options,
      async (place) => [
        await upsertOne(place, method.of, await withKey(place, method.of, document), method.ttlMs),
      ],
    );
  }

  /** All or none. */
  upsertMany<E>(
    method: UpsertDeclaration<E>,
    documents: readonly Document[],
    options?: WriteOptions,
    stands: () => unknown = () => documents,
  ): Promise<readonly E[]> {
    return this.#many(method, "upsert", documents, options, stands, async (place) =>
      upsertAll(place, method.of, await withKeys(place, method.of, documents), method.ttlMs),
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
    return this.#one(method, "update", key, set, stands, options, async (place) => [
      await patchOne(place, method.of, key, set, ifVersion),
    ]);
  }

  /** Adds to one number in place. @throws DataError not-found, constraint when the sum would break a limit */
  increment<E, N>(
    method: IncrementDeclaration<E, N>,
    key: unknown,
    by: N,
    options?: WriteOptions,
  ): Promise<E> {
    // Before anything is sent: a refusal within the attempt would be told as an unknown outcome.
    const added = amount(method, by);
    const stands = (): Document => ({ key, by: added });
    return this.#one(method, "update", key, {}, stands, options, async (place) => [
      await incremented(place, method, key, by, added),
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
    const ifVersion = options?.ifVersion;
    const stands = (): Document => ({ key, expected: ifVersion });
    const run = async (place: Place) => [await deleteOne(place, method.of, key, ifVersion)];
    return this.#write(method, "delete", [key], [], stands, options, run).then(() => undefined);
  }

  #one<E>(
    method: MethodDeclaration<E>,
    deed: Change["deed"],
    key: unknown,
    sent: Document,
    stands: () => unknown,
    options: WriteOptions | undefined,
    run: Change["run"],
  ): Promise<E> {
    return this.#write(method, deed, [key], [sent], stands, options, run).then((documents) =>
      method.of.decode(onlyDocument(documents)),
    );
  }

  async #many<E>(
    method: MethodDeclaration<E>,
    deed: Change["deed"],
    documents: readonly Document[],
    options: WriteOptions | undefined,
    stands: () => unknown,
    run: Change["run"],
  ): Promise<readonly E[]> {
    const keys = documents.map(({ _id }) => _id as unknown);
    const stored = await this.#write(method, deed, keys, documents, stands, options, run);
    return stored.map(method.of.decode);
  }

  #write<E>(
    method: MethodDeclaration<E>,
    deed: Change["deed"],
    keys: readonly unknown[],
    sent: readonly Document[],
    stands: () => unknown,
    options: WriteOptions | undefined,
    run: Change["run"],
  ): Promise<readonly Document[]> {
    const { of } = method;
    const { tenant, changed, readOnly } = this.#context;
    if (readOnly === true) return Promise.reject(readOnlyError(method.operation));
    const id = options?.operation;
    const operation =
      id === undefined
        ? undefined
        : { tenant: tenant ?? "", name: method.operation, id, stands: stands() };
    const asked: Change = { of, deed, several: sent.length > 1, operation, run };
    const tell = (documents: readonly Document[]) =>
      changed(of.entity, () => documents.map(of.keyText));
    const doubtful = (): void => {
      const known = !keys.includes(undefined);
      void changed(of.entity, () => (known ? keys.map((_id) => of.keyText({ _id })) : "all"));
    };
    // Handlers and no async functions: each of those would cost the path of every single write some turns of the queue.
    let remainingMs = (): number => 0;
    return this.#call(method, options, (place, attempt) => {
      remainingMs = () => attempt.remainingMs();
      return this.#change(place, attempt, asked).then(
        (documents) => {
          // A late reply: whoever caches what was there must not keep it.
          if (attempt.settled) void tell(documents);
          return documents;
        },
        (error: unknown) => {
          throw sizeJudged(error, of, sent);
        },
      );
    }).then(
      (documents) => {
        const told = tell(documents);
        return told === undefined
          ? documents
          : waitAtMost(remainingMs(), told).then(() => documents);
      },
      (error: unknown) => {
        if (leavesDoubt(error)) doubtful();
        throw error;
      },
    );
  }

  #change(place: Place, attempt: Attempt, asked: Change): Promise<readonly Document[]> {
    const { lease, client } = this.#context;
    if (lease !== undefined) return changeWithin(place, asked);
    return isSingle(asked) ? asked.run(place) : change(place, client, attempt, asked);
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
        // Said with each read: the client's own level would win over that of the session.
        const readConcern = { level: "snapshot" } as const;
        return await work({ ...place, limits: { ...place.limits, session, readConcern } });
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
    const { runtime, opened, lease, tenant } = this.#context;
    return callOp(runtime, method, options, (attempt) => {
      const collections = opened();
      if (collections === undefined || lease !== undefined)
        return this.#openedCall(attempt, options, work);
      const limits = limitsOf(attempt, options?.deadlineMs, runtime.defaultDeadlineMs);
      return work({ collections, limits, tenant }, attempt);
    });
  }

  /** The first calls, which connect, and those of a transaction, which have turns. */
  async #openedCall<T>(
    attempt: Attempt,
    options: OpOptions | undefined,
    work: (place: Place, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const { runtime, open, lease, tenant } = this.#context;
    attempt.sent = false;
    const collections = await open();
    attempt.sent = true;
    const limits = limitsOf(attempt, options?.deadlineMs, runtime.defaultDeadlineMs);
    if (lease === undefined) return work({ collections, limits, tenant }, attempt);
    return lease.run((session) =>
      work({ collections, limits: { ...limits, session }, tenant }, attempt),
    );
  }
}
