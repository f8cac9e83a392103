import { type Collection, type Db, type Document } from "mongodb";
import { callOp, type Attempt } from "../../runtime/call.ts";
import type { ChangeFeed } from "../../runtime/changes.ts";
import { DataError, programmingError } from "../../runtime/errors.ts";
import { keyset, pageLimit } from "../../runtime/keyset.ts";
import type { OpOptions, OpRuntime } from "../../runtime/op.ts";
import type {
  Page,
  PageRequest,
  ReadOptions,
  VersionedWriteOptions,
  WriteOptions,
} from "../../runtime/options.ts";
import type { CollectionDeclaration, ListDeclaration, MethodDeclaration } from "./declaration.ts";
import { runOnce } from "./keyed.ts";
import { afterFilter, cursorValues, sortOf } from "./page.ts";

const unpagedLimit = 10_000;

/** What sessions share: where the documents are and who hears of changes. */
export interface MongoConnection {
  readonly runtime: OpRuntime;
  readonly changes: ChangeFeed;
  /** Connects at the first call. */
  database(): Promise<Db>;
}

/**
 * Runs declared methods on one database, for one tenant or for none. Documents come back decoded; every promise settles within its
 * deadline and rejects with a `DataError` only (or the caller's abort reason).
 */
export class MongoSession {
  readonly #connection: MongoConnection;
  readonly #tenant: string | undefined;
  readonly #collections = new Map<string, Collection>();
  #database: Db | undefined = undefined;

  constructor(connection: MongoConnection, tenant?: string) {
    this.#connection = connection;
    this.#tenant = tenant;
  }

  /** The document of a key, or undefined. */
  get<E>(
    method: MethodDeclaration<E>,
    key: unknown,
    options?: ReadOptions,
  ): Promise<E | undefined> {
    return this.#call(method, options, async (collection, attempt) => {
      const found = await collection.findOne(
        this.#scoped(method.of, { _id: key }),
        timeLimit(attempt),
      );
      return found === null ? undefined : method.of.decode(found);
    });
  }

  /** In the order of the keys; missing ones are left out. */
  getMany<E>(
    method: MethodDeclaration<E>,
    keys: readonly unknown[],
    options?: ReadOptions,
  ): Promise<readonly E[]> {
    return this.#call(method, options, async (collection, attempt) => {
      const filter = this.#scoped(method.of, { _id: { $in: keys } });
      const found = await collection.find(filter, timeLimit(attempt)).toArray();
      const byKey = new Map(found.map((document) => [keyText(document["_id"]), document]));
      return keys.flatMap((key) => {
        const document = byKey.get(keyText(key));
        return document === undefined ? [] : [method.of.decode(document)];
      });
    });
  }

  /** One keyset page. @throws DataError programming for a cursor of another list */
  page<E>(
    method: ListDeclaration<E>,
    filter: Document,
    page: PageRequest,
    options?: ReadOptions,
  ): Promise<Page<E>> {
    return this.#call(method, options, async (collection, attempt) => {
      const limit = pageLimit(method.operation, page.limit);
      const cursors = keyset(method.operation, JSON.stringify(method.order), method.order.length);
      const beyond =
        page.after === undefined ? {} : afterFilter(cursors.decode(page.after), method.order);
      const documents = await this.#find(
        collection,
        method,
        { $and: [filter, beyond] },
        limit + 1,
        attempt,
      );
      const items = documents.slice(0, limit);
      const last = items.at(-1);
      const decoded = items.map((document) => method.of.decode(document));
      if (documents.length <= limit || last === undefined) return { items: decoded };
      return { items: decoded, next: cursors.encode(cursorValues(last, method.order)) };
    });
  }

  /** Everything, at most 10,000 documents. @throws DataError programming when there are more */
  list<E>(
    method: ListDeclaration<E>,
    filter: Document,
    options?: ReadOptions,
  ): Promise<readonly E[]> {
    return this.#call(method, options, async (collection, attempt) => {
      const documents = await this.#find(collection, method, filter, unpagedLimit + 1, attempt);
      if (documents.length <= unpagedLimit)
        return documents.map((document) => method.of.decode(document));
      throw programmingError("more than 10,000 documents; declare page: keyset for this list");
    });
  }

  /** @throws DataError conflict (key or unique index), constraint (validator), outcome-unknown */
  insert<E>(
    method: MethodDeclaration<E>,
    document: Document,
    options?: WriteOptions,
    made: readonly string[] = [],
  ): Promise<E> {
    const now = new Date();
    const { tenant, version, createdAt, updatedAt } = method.of;
    const whole: Document = {
      ...document,
      ...(tenant === undefined
        ? {}
        : { [tenant.property]: tenant.encode(this.#tenantFor(method)) }),
      ...(version === undefined ? {} : { [version]: 1 }),
      ...(createdAt === undefined ? {} : { [createdAt]: now }),
      ...(updatedAt === undefined ? {} : { [updatedAt]: now }),
    };
    const stands = (): Document =>
      Object.fromEntries(Object.entries(document).filter(([name]) => !made.includes(name)));
    return this.#write(method, stands, options, async (collection, session) => {
      await collection.insertOne(whole, session);
      return whole;
    });
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
    const { version, updatedAt } = method.of;
    const expected = options?.ifVersion;
    const change: Document = {
      $set: { ...set, ...(updatedAt === undefined ? {} : { [updatedAt]: new Date() }) },
    };
    if (version !== undefined) change["$inc"] = { [version]: 1 };
    const stands = (): Document => ({ key, set, expected });
    return this.#write(method, stands, options, async (collection, session) => {
      const target = this.#scoped(method.of, { _id: key });
      const versioned =
        version === undefined || expected === undefined
          ? target
          : { ...target, [version]: expected };
      const changed = await collection.findOneAndUpdate(versioned, change, {
        ...session,
        returnDocument: "after",
      });
      if (changed !== null) return changed;
      const stale =
        versioned !== target &&
        (await collection.findOne(target, { ...session, projection: { _id: 1 } })) !== null;
      throw stale
        ? new DataError({
            kind: "conflict",
            message: "the stored version is another one than ifVersion",
          })
        : new DataError({ kind: "not-found", message: "there is no document with this key" });
    });
  }

  #find<E>(
    collection: Collection,
    method: ListDeclaration<E>,
    filter: Document,
    limit: number,
    attempt: Attempt,
  ): Promise<Document[]> {
    const scoped = this.#scoped(method.of, filter);
    return collection
      .find(scoped, { sort: sortOf(method.order), limit, ...timeLimit(attempt) })
      .toArray();
  }

  async #write<E>(
    method: MethodDeclaration<E>,
    stands: () => Document,
    options: WriteOptions | undefined,
    change: (collection: Collection, session: Document) => Promise<Document>,
  ): Promise<E> {
    const { operation } = options ?? {};
    const changed = await this.#call(method, options, async (collection, attempt, database) =>
      operation === undefined
        ? change(collection, timeLimit(attempt))
        : runOnce(
            database,
            { tenant: this.#tenant ?? "", name: method.operation, id: operation, stands: stands() },
            (session) => change(collection, { session }),
          ),
    );
    const told = this.#connection.changes.emit(method.of.entity, [method.of.keyText(changed)]);
    if (told !== undefined) await told;
    return method.of.decode(changed);
  }

  #call<E, T>(
    method: MethodDeclaration<E>,
    options: OpOptions | undefined,
    work: (collection: Collection, attempt: Attempt, database: Db) => Promise<T>,
  ): Promise<T> {
    return callOp(this.#connection.runtime, method, options, async (attempt) => {
      attempt.sent = false;
      const database = await this.#connection.database();
      attempt.sent = true;
      return work(this.#collection(database, method.of.collection), attempt, database);
    });
  }

  /** The driver resolves all options anew for each collection object, so one is kept per name. */
  #collection(database: Db, name: string): Collection {
    if (database !== this.#database) this.#collections.clear();
    this.#database = database;
    const known = this.#collections.get(name) ?? database.collection(name);
    this.#collections.set(name, known);
    return known;
  }

  /** Every filter of a bound session names its tenant, and a deleted document is no document. */
  #scoped<E>(
    { tenant, deletedAt, collection }: CollectionDeclaration<E>,
    filter: Document,
  ): Document {
    const bound =
      tenant === undefined
        ? {}
        : { [tenant.property]: tenant.encode(this.#tenantFor({ operation: collection })) };
    const alive = deletedAt === undefined ? {} : { [deletedAt]: null };
    return { ...filter, ...bound, ...alive };
  }

  #tenantFor({ operation }: { readonly operation: string }): string {
    if (this.#tenant !== undefined) return this.#tenant;
    throw programmingError(`${operation}: belongs to a tenant; call it on forTenant(id)`, {
      operation,
    });
  }
}

/** The server stops by itself when the caller's deadline has passed. */
function timeLimit(attempt: Attempt): { readonly timeoutMS: number } {
  return { timeoutMS: Math.max(1, Math.ceil(attempt.remainingMs())) };
}

const keyText = (key: unknown): string => JSON.stringify(key);
