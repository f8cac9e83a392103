import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as names from "../../../src/ir/names.ts";
import {
  camelCase,
  kebabCase,
  pascalCase,
  pluralWord,
  snakeCase,
  words,
} from "../../../src/ir/words.ts";

const seed = 20_261_121;
const camelWord = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/);
const phrase = fc.array(camelWord, { minLength: 1, maxLength: 5 });

describe("words", () => {
  test.each([
    ["orderLine", ["order", "line"]],
    ["OrderLine", ["order", "line"]],
    ["HTTPServer", ["http", "server"]],
    ["userID", ["user", "id"]],
    ["line2Text", ["line2", "text"]],
    ["product-search", ["product", "search"]],
    ["order_lines", ["order", "lines"]],
  ])("%s", (name, expected) => expect(words(name)).toEqual(expected));

  test("every case of the same words gives the words back", () => {
    fc.assert(
      fc.property(phrase, (parts) => {
        const kebab = parts.join("-");
        expect(words(snakeCase(kebab))).toEqual(parts);
        expect(words(kebabCase(kebab))).toEqual(parts);
        expect(words(pascalCase(kebab)).join("")).toEqual(parts.join(""));
        expect(pascalCase(pascalCase(kebab))).toEqual(pascalCase(kebab));
        expect(camelCase(camelCase(kebab))).toEqual(camelCase(kebab));
      }),
      { seed },
    );
  });
});

test.each([
  ["customer", "customers"],
  ["category", "categories"],
  ["day", "days"],
  ["status", "statuses"],
  ["address", "addresses"],
  ["box", "boxes"],
  ["batch", "batches"],
  ["person", "people"],
  ["child", "children"],
  ["analysis", "analyses"],
  ["settings", "settings"],
  ["data", "data"],
  ["photo", "photos"],
])("plural of %s is %s", (one, many) => expect(pluralWord(one)).toBe(many));

describe("stores", () => {
  test("names as a person would write them", () => {
    expect(names.tableName("OrderLine")).toBe("order_lines");
    expect(names.tableName("Order", "legacy_orders")).toBe("legacy_orders");
    expect(names.columnName("totalCents")).toBe("total_cents");
    expect(names.indexName("orders", ["status", "placed_at"])).toBe("orders_status_placed_at_idx");
    expect(names.uniqueName("customers", ["email"])).toBe("customers_email_key");
    expect(names.checkName("orders", "paidHasTotal")).toBe("orders_paid_has_total_check");
    expect(names.historyTableName("orders")).toBe("orders_history");
    expect(names.storeVariable("main")).toBe("MAIN_URL");
    expect(names.childrenName("Order", "OrderLine")).toBe("lines");
    expect(names.childrenName("Order", "Payment")).toBe("payments");
    expect(names.viewTypeName("product-search", "search", "Filter")).toBe("ProductSearchFilter");
  });

  test("no name is longer than a server keeps, and two long names stay two", () => {
    const long = fc.string({ unit: "binary", minLength: 40, maxLength: 200 });
    fc.assert(
      fc.property(long, long, (a, b) => {
        const [first, second] = [names.fitted(a), names.fitted(b)];
        expect(Buffer.byteLength(first)).toBeLessThanOrEqual(names.identifierBytes);
        expect(first === second).toBe(a === b);
      }),
      { seed },
    );
  });

  test("an index name differs from another's of the same long columns", () => {
    const columns = ["a".repeat(40), "b".repeat(40)];
    expect(names.indexName("t", columns)).not.toBe(names.indexName("t", [...columns, "c"]));
  });
});

test("an entity keeps the capitals that its user wrote", () => {
  expect(names.typeName("HTTPServer")).toBe("HTTPServer");
  expect(names.memberTypeName("HTTPServer", "userID")).toBe("HTTPServerUserID");
  expect(names.collectionName("HTTPServer")).toBe("httpServers");
});

test("a variable is never a reserved word", () => {
  expect(names.variableName("Class")).toBe("class_");
  expect(names.variableName("OrderLine")).toBe("orderLine");
  expect(names.variableName("Await")).toBe("await_");
});
