import { describe, expect, it } from "vitest";
import { composePatch, composeRead } from "../../../templates/engines/postgres/compose.ts";
import { recordedText } from "../../../templates/engines/postgres/operation-text.ts";
import { fingerprintOf, storedRows } from "../../../templates/engines/postgres/operation.ts";
import { prepared } from "../../../templates/engines/postgres/prepared.ts";
import { dynamicRead, type OrderTerm } from "../../../templates/engines/postgres/statement.ts";
import { amend, id } from "./items.ts";

const listing = (order: readonly OrderTerm[]): ReturnType<typeof dynamicRead<null>> =>
  dynamicRead({
    name: "orders.list",
    collection: "orders",
    select: "select id from orders",
    where: ["customer_id = $1::uuid"],
    optional: ["status = {0}::text", "placed_at >= {0}::timestamptz"],
    order,
    row: () => null,
    cursor: [],
  });
const newestFirst: readonly OrderTerm[] = [
  { column: "placed_at", direction: "desc", cast: "timestamptz" },
  { column: "id", direction: "desc", cast: "uuid" },
];

describe("dynamic reads", () => {
  it("only the parts that are given are in the text, and values are always bound", () => {
    const statement = listing(newestFirst);
    const { statement: made, values } = composeRead(
      statement,
      { fixed: ["c"], optional: [undefined, "2026-01-01"] },
      { after: ["t", "i"], limit: 21 },
    );
    expect(made.prepared.text).toBe(
      "select id from orders where customer_id = $1::uuid and placed_at >= $2::timestamptz" +
        " and (placed_at, id) < ($3::timestamptz, $4::uuid) order by placed_at desc, id desc limit $5::bigint",
    );
    expect(values).toEqual(["c", "2026-01-01", "t", "i", "21"]);
  });

  it("a combination is composed once, and each has a name of its own", () => {
    const statement = listing(newestFirst);
    const one = composeRead(
      statement,
      { fixed: ["a"], optional: ["new"] },
      { after: undefined, limit: 2 },
    );
    const same = composeRead(
      statement,
      { fixed: ["b"], optional: ["old"] },
      { after: undefined, limit: 9 },
    );
    const other = composeRead(statement, { fixed: ["b"] }, { after: undefined, limit: 9 });
    expect(same.statement).toBe(one.statement);
    expect(other.statement.prepared.name).not.toBe(one.statement.prepared.name);
  });

  it("mixed directions and nulls are continued term by term", () => {
    const { condition, values } = continued(["v", null, "i"]);
    expect(condition).toBe(
      "((note > $2::text or note is null)) or (note = $2::text and rank is not null) or (note = $2::text and rank is null and id > $3::uuid)",
    );
    expect(values).toEqual(["c", "v", "i", "5"]);
  });
});

const continued = (
  after: readonly (string | null)[],
): { condition: string; values: readonly (string | null)[] } => {
  const statement = listing([
    { column: "note", direction: "asc", cast: "text", nullable: true },
    { column: "rank", direction: "desc", cast: "integer", nullable: true },
    { column: "id", direction: "asc", cast: "uuid" },
  ]);
  const { statement: made, values } = composeRead(statement, { fixed: ["c"] }, { after, limit: 5 });
  return { condition: /and \((.*)\) order by/.exec(made.prepared.text)?.[1] ?? "", values };
};

describe("patches", () => {
  it("set the given fields and what every patch sets, null included", () => {
    const { statement, values } = composePatch(amend, [id(1)], { note: null, count: undefined }, 3);
    expect(statement.prepared.text).toBe(
      "update item set note = $2::text, version = version + 1 where id = $1::uuid and version = $3::integer returning id, tenant, count, note, version",
    );
    expect(values).toEqual([id(1), null, "3"]);
  });
});

describe("recorded writes", () => {
  it("keep members at the top level and move their parameters behind the operation's", () => {
    const text = recordedText({
      with: ["o as (insert into orders values ($1, $12) returning id)"],
      text: "select id from o where $2::text is not null",
      columns: 1,
    });
    expect(text.replaceAll(/\s+/g, " ")).toBe(
      "with o as (insert into orders values ($5, $16) returning id), changed_row(c0) as (select id from o where $6::text is not null)," +
        " recorded_operation as ( insert into operation (tenant, name, id, fingerprint, result) select $1::text, $2::text, $3::text, $4::text," +
        " json_agg(json_build_array(c0::text)) from changed_row having count(*) > 0) select c0 from changed_row",
    );
  });

  it("fingerprints tell content apart, without what a call makes itself", () => {
    expect(fingerprintOf("", ["a", "b"])).not.toBe(fingerprintOf("", ["a", "c"]));
    expect(fingerprintOf("", ["a", null])).not.toBe(fingerprintOf("", ["a", "null"]));
    expect(fingerprintOf("", ["made 1", "b"], [0])).toBe(fingerprintOf("", ["made 2", "b"], [0]));
  });

  it("a stored result of another form is refused", () => {
    expect(storedRows('[["a", null]]')).toEqual([["a", null]]);
    expect(() => storedRows('[{"a": 1}]')).toThrow(TypeError);
  });
});

it("prepared names fit PostgreSQL's 63 bytes and differ with the text", () => {
  const long = "orders.listByCustomerAndSomethingVeryLongIndeedForAName";
  const names = ["select 1", "select 2"].map((text) => prepared(long, text).name);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
});
