// A list that is filtered by two ranges and paged by the second, over an index in which that one descends: every row comes once.
import { expect, test } from "vitest";
import { openGenerated } from "../../conformance/layer.ts";
import { specFor } from "../../conformance/targets.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";

const spec = `version: 1
project: descending
stores: { hosting: self-managed, running: [ENGINE], never: [OTHERS] }
entities:
  Room:
    fields:
      id: { type: int, key: true }
      beds: { type: int }
      price: { type: int }
    indexes:
      - { fields: [beds, -price] }
workloads:
  rooms:
    kind: transactional
    entities: [Room]
    access:
      Room:
        addAll: { op: insert, bulk: true }
        list: { op: list, optional: [beds.range, price.range], orderBy: [price], page: keyset }
`;

interface Room {
  readonly id: number;
  readonly beds: number;
  readonly price: number;
}

interface Layer {
  readonly rooms: {
    addAll(rooms: readonly Room[]): Promise<readonly Room[]>;
    list(
      where: object,
      page: { readonly limit: number; readonly after?: string },
    ): Promise<{ readonly items: readonly Room[]; readonly next?: string }>;
  };
  close(): Promise<void>;
}

const server = await sharedServer("mariadb");

const of = { port: "record", engine: columnOf(server), method: "lists over descending orders" };
if (isMissing(server)) notProven(of, [of.method], server.reason);

async function paged(): Promise<void> {
  if (isMissing(server)) return;
  const place = await server.namespace();
  const { data, project } = await openGenerated<Layer>(
    "descending-keys",
    specFor(spec, "mariadb", "record"),
    () => ({ MAIN_URL: place.dsn }),
  );
  const rooms = [10, 500, 900].flatMap((price, at) =>
    [3, 12].map((beds, other) => ({ id: 2 * at + other + 1, beds, price })),
  );
  await data.rooms.addAll(rooms);
  const where = { beds: { min: 3, max: 12 }, price: { min: 10, max: 900 } };
  const found: Room[] = [];
  let after: string | undefined;
  do {
    const page = await data.rooms.list(where, {
      limit: 1,
      ...(after !== undefined && { after }),
    });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined && found.length < 10);
  expect(found.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
  await data.close();
  project.remove();
  await place.drop();
}

test.skipIf(isMissing(server))("none is left out", proving(of, paged));
