import { expect, test } from "vitest";
import type { Branded } from "../../../templates/runtime/brand.ts";
import type {
  Page,
  PageRequest,
  ReadOptions,
  WriteOptions,
} from "../../../templates/runtime/options.ts";
import { uuidKey } from "../../../templates/runtime/keys.ts";

/** What must not compile is marked; the type check of the repository fails when it does. */
test("what makes a retry safe is told by the types", () => {
  const read = (options?: ReadOptions): unknown => options;
  const write = (options?: WriteOptions): unknown => options;
  read({ retry: "always" });
  write({ operation: "r1", retry: "always" });
  write({ retry: "safe" });
  // @ts-expect-error nothing makes an unkeyed write safe to replay
  write({ retry: "always" });
  // @ts-expect-error an operation id is a text
  write({ operation: 1 });
  expect(write({ operation: "r1" })).toEqual({ operation: "r1" });
});

test("keys of two entities cannot be mistaken for each other", () => {
  type OrderId = Branded<"Order">;
  type CustomerId = Branded<"Customer">;
  const customer = uuidKey<CustomerId>("Customer")("0190e9f4-1b2c-7abc-8def-0123456789ab");
  // @ts-expect-error a customer's key is no order's
  const order: OrderId = customer;
  // @ts-expect-error a text is no key until it is checked
  const raw: OrderId = "0190e9f4-1b2c-7abc-8def-0123456789ab";
  const text: string = customer;
  expect([order, raw]).toEqual([text, text]);
});

test("the cursor of a page goes into the next request as it is", () => {
  const page: Page<number> = { items: [] };
  const request: PageRequest = { limit: 20, after: page.next };
  expect(request).toEqual({ limit: 20, after: undefined });
});
