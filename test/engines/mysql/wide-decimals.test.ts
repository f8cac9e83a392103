// Decimals of more whole digits than a comparison used to hold: 65 digits is what a column takes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGenerated, type OpenedProject } from "../../conformance/layer.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const spec = `version: 1
project: wide-decimals
stores: { hosting: self-managed, running: [ENGINE], never: [OTHER, postgres, mongodb] }
entities:
  Item:
    fields:
      id: { type: string, max: 10, key: true }
      price: { type: decimal, precision: 65, scale: 2 }
      mass: { type: decimal, precision: 65, scale: 30, default: "0" }
      cents: { type: decimal, precision: 12, scale: 2, default: "0" }
  Lot:
    fields:
      no: { type: decimal, precision: 65, scale: 0, key: true }
workloads:
  items:
    kind: transactional
    entities: [Item, Lot]
    access:
      Item:
        add: { op: insert }
        byPrice: { op: list, optional: [price.range, mass.range, cents.range], orderBy: [price], page: keyset }
        byExact: { op: list, where: [price.range], orderBy: [-price], page: none }
        raise: { op: increment, field: price, by: any }
      Lot: { get: {}, add: { op: insert } }
`;

interface Item {
  readonly id: string;
  readonly price: string;
}

interface Layer {
  readonly items: {
    add(item: object): Promise<Item>;
    byPrice(
      where: object,
      page: object,
    ): Promise<{ readonly items: readonly Item[]; readonly next?: string }>;
    byExact(where: object): Promise<readonly Item[]>;
    raise(id: string, by: string): Promise<Item>;
  };
  readonly lots: {
    get(no: string): Promise<object | undefined>;
    getMany(numbers: readonly string[]): Promise<readonly object[]>;
    add(lot: object): Promise<object>;
  };
  close(): Promise<void>;
}

const whole = (first: number, zeros: number): string => `${first}${"0".repeat(zeros)}`;
const most = `${"9".repeat(63)}.99`;

for (const engine of ["mysql", "mariadb"]) {
  const server = await sharedServer(engine);
  const of = { port: "record", engine: columnOf(server), method: "decimals of 65 digits" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  describe(of.engine, () => {
    let place: Namespace;
    let opened: OpenedProject<Layer>;
    const prices = ["1.25", whole(2, 36), whole(3, 40), whole(4, 40), most];
    beforeAll(async () => {
      place = await server.namespace();
      const text = spec
        .replace("ENGINE", engine)
        .replace("OTHER", engine === "mysql" ? "mariadb" : "mysql");
      opened = await openGenerated<Layer>(`wide-${engine}`, text, () => ({ MAIN_URL: place.dsn }));
      for (const [at, price] of prices.entries())
        await opened.data.items.add({ id: `i${at}`, price });
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
      await place?.drop();
    });

    const found = async (price: object): Promise<readonly string[]> =>
      (await opened.data.items.byPrice({ price }, {})).items.map(({ id }) => id);

    test(
      "pages of one give every row once",
      proving(of, async () => {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await opened.data.items.byPrice({}, { limit: 1, after });
          seen.push(...page.items.map(({ id }) => id));
          after = page.next;
        } while (after !== undefined && seen.length < 10);
        expect(seen).toEqual(["i0", "i1", "i2", "i3", "i4"]);
      }),
    );

    test(
      "a range holds its ends exactly, and neighbours of the last digit outside",
      proving(of, async () => {
        expect(await found({ min: whole(3, 40), max: whole(4, 40) })).toEqual(["i2", "i3"]);
        expect(await found({ min: `${whole(3, 40)}.01` })).toEqual(["i3", "i4"]);
        expect(await found({ min: whole(2, 36), max: `${whole(2, 35)}1` })).toEqual(["i1"]);
        expect(await found({ min: `${whole(2, 35)}1`, max: whole(3, 40) })).toEqual(["i2"]);
        expect(await found({ min: most })).toEqual(["i4"]);
        expect(await found({ max: "1.24" })).toEqual([]);
      }),
    );

    test(
      "what the server would round is refused, and compared exactly where it has room",
      proving(of, async () => {
        const refused = { kind: "programming", message: expect.stringContaining("65 digits") };
        await expect(found({ min: "1.255" })).rejects.toMatchObject(refused);
        await expect(found({ max: whole(1, 63) })).rejects.toMatchObject(refused);
        const { items } = opened.data;
        const cents = async (range: object): Promise<number> =>
          (await items.byPrice({ cents: range }, {})).items.length;
        expect(await cents({ min: "0.001" })).toBe(0);
        expect(await cents({ min: "-0.001", max: whole(1, 64) })).toBe(5);
        expect(await cents({ min: whole(1, 64) })).toBe(0);
      }),
    );

    test(
      "an increment adds all digits, and beyond the field's range is a constraint",
      proving(of, async () => {
        const { items } = opened.data;
        await items.add({ id: "sum", price: "0.01" });
        expect((await items.raise("sum", whole(7, 50))).price).toBe(`${whole(7, 50)}.01`);
        expect((await items.raise("sum", `-${whole(7, 50)}`)).price).toBe("0.01");
        await items.add({ id: "full", price: most });
        await expect(items.raise("full", "0.01")).rejects.toMatchObject({ kind: "constraint" });
      }),
    );

    test(
      "a key of 65 digits is found by each of them",
      proving(of, async () => {
        const { lots } = opened.data;
        const numbers = ["0", "1"].map((last) => `${whole(8, 63)}${last}`);
        for (const no of numbers) await lots.add({ no });
        for (const no of numbers) expect(await lots.get(no)).toMatchObject({ no });
        expect(await lots.getMany(numbers)).toMatchObject(numbers.map((no) => ({ no })));
        expect(await lots.get(`${whole(8, 63)}2`)).toBeUndefined();
      }),
    );
  });
}
