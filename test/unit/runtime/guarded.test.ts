import { expect, test } from "vitest";
import * as bson from "../../../templates/engines/mongodb/codec.ts";
import * as mysql from "../../../templates/engines/mysql/codec.ts";
import * as postgres from "../../../templates/engines/postgres/codec.ts";
import { guarded, named } from "../../../templates/runtime/guarded.ts";

test.each([
  [
    "postgres",
    named("Order", { totalCents: postgres.int, note: postgres.nullable(postgres.text) }),
  ],
  ["mysql", named("Order", { totalCents: mysql.int, note: mysql.nullable(mysql.text) })],
])(
  "%s: a value that is refused is told with its field, any other is encoded as before",
  (_, codecs) => {
    expect(codecs.totalCents.encode(7)).toEqual(
      named("Order", { plain: codecs.totalCents }).plain.encode(7),
    );
    expect(() => codecs.totalCents.encode(1.5)).toThrow(
      /^Order\.totalCents: int \(32 bit\) cannot hold/,
    );
    expect(() => codecs.note.encode("\u0000")).toThrow(/^Order\.note: /);
    expect(codecs.note.encode(undefined)).toBeNull();
  },
);

test("an element of a list is told with the field that holds it", () => {
  const { sku } = named("Product", { sku: postgres.text });
  expect(postgres.array(sku).encode(["a", "b"])).toBe(
    postgres.array(postgres.text).encode(["a", "b"]),
  );
  expect(() => postgres.array(sku).encode(["a", "\u0000"])).toThrow(/^Product\.sku: text/);
});

test("children have their own path, also one with a field called encode", () => {
  const codecs = named("Article", {
    words: bson.int(),
    sections: { no: bson.int(), encode: bson.text() },
  });
  expect(codecs.sections.no.encode(1)).toEqual(bson.int().encode(1));
  expect(() => codecs.sections.no.encode(0.5)).toThrow(/^Article\.sections\.no: int/);
  expect(() => codecs.sections.encode.encode("\ud800")).toThrow(/^Article\.sections\.encode: /);
});

test("through a repository it rejects as a programming error of the method", async () => {
  const { totalCents } = named("Order", { totalCents: postgres.int });
  const orders = guarded("orders", {
    place: (value: number) => Promise.resolve(totalCents.encode(value)),
  });
  await expect(orders.place(1)).resolves.toBe("1");
  await expect(orders.place(0.5)).rejects.toMatchObject({
    kind: "programming",
    operation: "orders.place",
    message: expect.stringContaining("Order.totalCents: int (32 bit)"),
  });
});
