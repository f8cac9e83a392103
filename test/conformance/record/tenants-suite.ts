/** References within a tenant: no row leads to another tenant's, and no delete reaches one. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";

interface Repository {
  get(id: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

interface Tenant {
  readonly shelves: Repository & {
    put(shelf: object): Promise<{ readonly id: string }>;
    save(shelf: object): Promise<unknown>;
    drop(id: string): Promise<void>;
  };
  readonly books: Repository & {
    put(book: object): Promise<{ readonly id: string }>;
    move(id: string, patch: object): Promise<unknown>;
    save(book: object): Promise<{ readonly id: string; readonly version: number }>;
    saveAll(books: readonly object[]): Promise<unknown>;
    drop(id: string): Promise<void>;
  };
  readonly loans: Repository & { lend(loan: object): Promise<{ readonly id: string }> };
  readonly wishes: Repository & { make(wish: object): Promise<{ readonly id: string }> };
}

/** The generated data layer of `tenants-workloads.yaml`, structurally. */
export interface TenantsLayer {
  forTenant(id: string): Tenant;
  close(): Promise<void>;
}

export interface TenantsCase {
  readonly method: string;
  readonly name: string;
  run(data: TenantsLayer): Promise<void>;
}

const refused = expect.objectContaining({ name: "DataError", kind: "constraint" });
const named = (pattern: RegExp): unknown =>
  expect.objectContaining({ constraint: expect.stringMatching(pattern) });

const both = (data: TenantsLayer): readonly [Tenant, Tenant] => [
  data.forTenant(randomUUID()),
  data.forTenant(randomUUID()),
];
const shelf = (more: object = {}) => ({ name: "top", marks: [{ no: 1 }], ...more });

const method = "reference within a tenant";

export const tenantsCases: readonly TenantsCase[] = [
  {
    method,
    name: "another tenant's row is no target: of an insert, an upsert, a change, a tree, a child",
    run: async (data) => {
      const [a, b] = both(data);
      const theirs = await a.shelves.put(shelf());
      const own = await b.shelves.put(shelf());
      const book = await b.books.put({ shelfId: own.id });
      const calls = [
        () => b.books.put({ shelfId: theirs.id }),
        () => b.books.save({ shelfId: theirs.id }),
        () => b.books.save({ id: book.id, shelfId: theirs.id }),
        () => b.books.move(book.id, { shelfId: theirs.id }),
        () => b.shelves.put(shelf({ above: theirs.id })),
        () => b.wishes.make({ shelfId: theirs.id }),
      ];
      for (const call of calls) await expect(call()).rejects.toEqual(refused);
      await expect(b.books.put({ shelfId: theirs.id })).rejects.toEqual(
        named(/shelf_id_shop_id_fkey$/),
      );
      expect(await b.books.get(book.id)).toMatchObject({ shelfId: own.id });
      const lent = await a.books.put({ shelfId: theirs.id });
      await expect(b.loans.lend({ bookId: lent.id })).rejects.toEqual(refused);
      expect(await a.loans.lend({ bookId: lent.id })).toMatchObject({ bookId: lent.id });
    },
  },
  {
    method,
    name: "an upsert of another tenant's key is a conflict that names nothing, whatever that row is and whatever refers to it",
    run: async (data) => {
      const [a, b] = both(data);
      const theirs = await a.shelves.put(shelf());
      await a.shelves.put(shelf({ above: theirs.id }));
      const taken = await a.books.put({ shelfId: theirs.id });
      await a.loans.lend({ bookId: taken.id });
      const own = await b.shelves.put(shelf());
      const calls = [
        () => b.shelves.save(shelf({ id: theirs.id })),
        () => b.shelves.save(shelf({ id: theirs.id, marks: [] })),
        () => b.shelves.save(shelf({ id: theirs.id, above: own.id })),
        () => b.books.save({ id: taken.id, shelfId: own.id }),
        () => b.books.saveAll([{ shelfId: own.id }, { id: taken.id, shelfId: own.id }]),
      ];
      const conflict = { name: "DataError", kind: "conflict" };
      for (const call of calls) {
        const error: unknown = await call().catch((reason: unknown) => reason);
        expect(error).toMatchObject(conflict);
        expect(error).toMatchObject({
          message: expect.stringMatching(/: another row has this key$/),
        });
        expect(error).not.toHaveProperty("constraint");
      }
      // What is wrong with the given row may be told first: it is so under a key that nobody has, too.
      const ownFault = {
        kind: "constraint",
        constraint: expect.stringMatching(/shelf_id_shop_id_fkey$/),
      };
      for (const shelfId of [theirs.id, randomUUID()])
        for (const call of [
          () => b.books.save({ id: taken.id, shelfId }),
          () => b.books.saveAll([{ shelfId: own.id }, { id: taken.id, shelfId }]),
        ])
          await expect(call()).rejects.toEqual(
            expect.toBeOneOf([
              expect.objectContaining(conflict),
              expect.objectContaining(ownFault),
            ]),
          );
      expect(await a.books.get(taken.id)).toMatchObject({ shelfId: theirs.id, version: 1 });
      expect(await a.shelves.get(theirs.id)).toMatchObject({ marks: [{ no: 1 }], version: 1 });
    },
  },
  {
    method,
    name: "a delete takes the rows of its tenant along, or is refused for them, and reaches no other's",
    run: async (data) => {
      const [a, b] = both(data);
      const kept = await b.shelves.put(shelf());
      const others = await b.books.put({ shelfId: kept.id });
      const above = await a.shelves.put(shelf());
      const below = await a.shelves.put(shelf({ above: above.id }));
      const book = await a.books.put({ shelfId: below.id });
      await a.shelves.drop(above.id);
      expect(await a.shelves.get(below.id)).toBeUndefined();
      expect(await a.books.get(book.id)).toBeUndefined();
      const held = await a.shelves.put(shelf());
      const lent = await a.books.put({ shelfId: held.id });
      await a.loans.lend({ bookId: lent.id });
      await expect(a.books.drop(lent.id)).rejects.toEqual(refused);
      expect(await b.shelves.get(kept.id)).toMatchObject({ marks: [{ no: 1 }] });
      expect(await b.books.get(others.id)).toMatchObject({ shelfId: kept.id });
    },
  },
  {
    method: "emptied reference within a tenant",
    name: "a delete empties the reference, and the row keeps its tenant",
    run: async (data) => {
      const [a, b] = both(data);
      const target = await a.shelves.put(shelf());
      const wish = await a.wishes.make({ shelfId: target.id });
      const other = await b.wishes.make({ shelfId: (await b.shelves.put(shelf())).id });
      await a.shelves.drop(target.id);
      expect(await a.wishes.get(wish.id)).toMatchObject({ shelfId: null });
      expect((await b.wishes.get(other.id))?.["shelfId"]).not.toBeNull();
      await expect(b.wishes.get(wish.id)).resolves.toBeUndefined();
    },
  },
  {
    method,
    name: "of upserts of one new key at once each is applied, though two unique keys hold it",
    run: async (data) => {
      const [a] = both(data);
      const { id: shelfId } = await a.shelves.put(shelf());
      for (let round = 0; round < 20; round += 1) {
        const id = randomUUID();
        const saving = Array.from({ length: 8 }, () => a.books.save({ id, shelfId }));
        const versions = (await Promise.all(saving)).map(({ version }) => version);
        expect(new Set(versions).size).toBe(8);
      }
    },
  },
];
