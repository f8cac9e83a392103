import "reflect-metadata";
import { DataSource, EntitySchema } from "typeorm";
import { pageRows, type OpenContender, type Status } from "./contender.ts";

interface Row {
  id: string;
  customerId: string;
  status: Status;
  placedAt: Date;
  totalCents: number;
  note: string;
  createdAt: Date;
  updatedAt: Date;
}

const schemaOf = (name: string): EntitySchema<Row> =>
  new EntitySchema<Row>({
    name,
    tableName: name,
    columns: {
      id: { type: "uuid", primary: true },
      customerId: { name: "customer_id", type: "uuid" },
      status: { type: "text" },
      placedAt: { name: "placed_at", type: "timestamptz", precision: 3 },
      totalCents: { name: "total_cents", type: "integer" },
      note: { type: "text" },
      createdAt: { name: "created_at", type: "timestamptz", precision: 3, default: () => "now()" },
      updatedAt: { name: "updated_at", type: "timestamptz", precision: 3, default: () => "now()" },
    },
  });
const itemSchema = schemaOf("items");
const entrySchema = schemaOf("entries");

export const open: OpenContender = async ({ dsn, connections }) => {
  const source = new DataSource({
    type: "postgres",
    url: dsn,
    entities: [itemSchema, entrySchema],
    poolSize: connections,
  });
  await source.initialize();
  const items = source.getRepository(itemSchema);
  const entries = source.getRepository(entrySchema);
  return {
    find: (id) => items.findOneBy({ id }),
    page: ({ status, placedAt, id }) =>
      items
        .createQueryBuilder("i")
        .where("i.status = :status and (i.placed_at, i.id) > (:placedAt, :id)", {
          status,
          placedAt,
          id,
        })
        .orderBy("i.placedAt")
        .addOrderBy("i.id")
        .limit(pageRows)
        .getMany(),
    insert: async (row) => {
      const inserted = await entries
        .createQueryBuilder()
        .insert()
        .values(row)
        .returning("*")
        .execute();
      return inserted.generatedMaps[0];
    },
    close: () => source.destroy(),
  };
};
