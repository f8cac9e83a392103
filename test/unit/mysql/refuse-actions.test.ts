/** No trigger fires for what a foreign key's action changes (MY-18): a history that would miss it is refused. */
import { describe, expect, test } from "vitest";
import { mariadbDialect, mysqlDialect } from "../../../src/engines/mysql/dialect.ts";
import { refuse } from "../../../src/engines/mysql/refuse.ts";
import type { OnDelete } from "../../../src/spec/model.ts";
import {
  entity,
  field,
  mainStore,
  transactional,
  uuid,
  type EntitySpec,
} from "../postgres/model.ts";

const key = field("id", uuid, { key: true });
const shelf = entity({ name: "Shelf", fields: [key] });
const refers = (onDelete: OnDelete) =>
  field("shelfId", uuid, {
    nullable: onDelete === "set-null",
    reference: { entity: "Shelf", field: "id", onDelete },
  });
const book = (onDelete: OnDelete, more: Partial<EntitySpec> = {}) =>
  entity({ name: "Book", audit: true, fields: [key, refers(onDelete)], ...more });
const page = (...fields: EntitySpec["fields"]) =>
  entity({
    name: "Page",
    owner: "Book",
    fields: [field("bookId", uuid, { key: true, role: "ownerKey" }), key, ...fields],
  });

describe.each([mysqlDialect, mariadbDialect])("$name", (dialect) => {
  const problems = (...entities: Parameters<typeof mainStore>[0]) => {
    const roots = entities.filter(({ owner }) => owner === undefined);
    const access = Object.fromEntries(
      roots.map(({ name }) => [name, [{ op: "get", name: "get" }] as const]),
    );
    return refuse(mainStore(entities, [transactional("all", access)]).store, dialect);
  };

  test("rows that go with another", () => {
    expect(problems(shelf, book("cascade"))).toEqual([
      {
        path: "entities.Book.fields.shelfId.onDelete",
        text: "Book is audited, and its history would miss what onDelete: cascade does when its Shelf is deleted: the server fires no trigger for it",
        hint: "use onDelete: restrict, and delete the rows before the Shelf, in the same transaction; or let PostgreSQL serve it, whose triggers fire",
      },
    ]);
  });

  test("a reference that is emptied with another row", () => {
    expect(problems(shelf, book("set-null"))).toMatchObject([
      {
        path: "entities.Book.fields.shelfId.onDelete",
        hint: expect.stringContaining("empty the references before the Shelf"),
      },
    ]);
  });

  test("a tree, and a child that is recorded with its root", () => {
    const tree = entity({ name: "Shelf", audit: true, fields: [key, refers("cascade")] });
    expect(problems(tree)).toMatchObject([{ path: "entities.Shelf.fields.shelfId.onDelete" }]);
    expect(problems(shelf, book("restrict"), page(refers("cascade")))).toMatchObject([
      {
        path: "entities.Page.fields.shelfId.onDelete",
        text: expect.stringContaining("Book is audited"),
      },
    ]);
  });

  test("a chain is refused where the recorded row goes with one that is not", () => {
    const note = entity({
      name: "Note",
      audit: true,
      fields: [
        key,
        field("bookId", uuid, { reference: { entity: "Book", field: "id", onDelete: "cascade" } }),
      ],
    });
    expect(problems(shelf, book("cascade", { audit: false }), note)).toMatchObject([
      { path: "entities.Note.fields.bookId.onDelete" },
    ]);
  });

  test("what changes nothing recorded is taken", () => {
    expect(problems(shelf, book("restrict"), page())).toEqual([]);
    expect(problems(shelf, book("cascade", { audit: false }), page(refers("set-null")))).toEqual(
      [],
    );
  });
});
