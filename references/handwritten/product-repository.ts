// Written by hand against the same port and runtime as the generated adapter beside it; README.md compares the two.
import { newProductId } from "../../domain/product.ts";
import type { NewProduct, Product, ProductId } from "../../domain/product.ts";
import type { ProductRepository } from "../../ports/product-repository.ts";
import { guarded } from "../../runtime/guarded.ts";
import {
  array,
  brandedUuid,
  int,
  nullable,
  text,
  timestamp,
  vector,
} from "../../runtime/postgres/codec.ts";
import type { PostgresSession } from "../../runtime/postgres/session.ts";
import { dynamicRead, keyedRead, patch, read, write } from "../../runtime/postgres/statement.ts";
import type { Text, TextRow } from "../../runtime/postgres/statement.ts";
import { given, signed } from "../../runtime/postgres/values.ts";

const written = "id, sku, title, description, price_cents, stock, tags, embedding";
const columns = `${written}, version, created_at, updated_at`;

const productId = brandedUuid<ProductId>();
const tags = array(text);
const embedding = nullable(vector(384));

const toProduct = (row: TextRow): Product => ({
  id: productId.decode(row[0]),
  sku: text.decode(row[1]),
  title: text.decode(row[2]),
  description: text.decode(row[3]),
  priceCents: int.decode(row[4]),
  stock: int.decode(row[5]),
  tags: tags.decode(row[6]),
  embedding: embedding.decode(row[7]),
  version: int.decode(row[8]),
  createdAt: timestamp.decode(row[9]),
  updatedAt: timestamp.decode(row[10]),
});

const toValues = (product: NewProduct): readonly Text[] => [
  product.id ?? newProductId(),
  text.encode(product.sku),
  text.encode(product.title),
  text.encode(product.description),
  int.encode(product.priceCents),
  int.encode(product.stock ?? 0),
  tags.encode(product.tags),
  embedding.encode(product.embedding),
];

/** Rows to one array per column, as `unnest` takes them. */
const toColumns = (products: readonly NewProduct[]): readonly Text[] => {
  const rows = products.map(toValues);
  const anyText = {
    encode: (value: Text) => value,
    decode: (value: Text | undefined) => value ?? null,
  };
  return written
    .split(", ")
    .map((_, at) => array(anyText).encode(rows.map((row) => row[at] ?? null)));
};

const products = { collection: "products", row: toProduct } as const;
const saved = {
  ...products,
  entity: "Product",
  key: [0],
  columns: 11,
} as const;

const get = keyedRead({
  ...products,
  name: "products.get",
  text: `select ${columns} from products where id = $1`,
});

const getMany = read({
  ...products,
  name: "products.getMany",
  text: `select ${columns} from products where id = any($1::uuid[]) order by array_position($1::uuid[], id)`,
});

const listByPrice = dynamicRead({
  ...products,
  name: "products.listByPrice",
  select: `select ${columns} from products`,
  where: [],
  optional: ["price_cents >= {0}::integer", "price_cents <= {0}::integer"],
  order: [
    { column: "price_cents", direction: "asc", cast: "integer" },
    { column: "id", direction: "asc", cast: "uuid" },
  ],
  cursor: [4, 0],
});

const add = write({
  ...saved,
  name: "products.add",
  text: `insert into products (${written}) values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
});

const importAll = write({
  ...saved,
  name: "products.importAll",
  text: `
    insert into products (${written})
    select id, sku, title, description, price_cents, stock, tags::text[], embedding
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[], $7::text[], $8::vector[])
      with ordinality as row(${written}, position)
    order by position
    on conflict (id) do update set
      (sku, title, description, price_cents, stock, tags, embedding, version, updated_at) =
      (excluded.sku, excluded.title, excluded.description, excluded.price_cents, excluded.stock, excluded.tags,
        excluded.embedding, products.version + 1, now())
    returning ${columns}`,
});

const reprice = patch({
  ...saved,
  name: "products.reprice",
  update: "update products",
  sets: {
    priceCents: "price_cents = {0}::integer",
    title: "title = {0}::text",
    description: "description = {0}::text",
    tags: "tags = {0}::text[]",
    embedding: "embedding = {0}::vector",
  },
  always: ["version = version + 1", "updated_at = now()"],
  where: ["id = $1"],
  version: "version = {0}::integer",
  returning: columns,
  exists: "select 1 from products where id = $1",
});

const reserve = write({
  ...saved,
  name: "products.reserve",
  text: `
    update products set stock = stock + $2::integer, version = version + 1, updated_at = now()
    where id = $1
    returning ${columns}`,
});

const taken = signed("negative", int);
const madeId = (product: NewProduct): boolean => product.id === undefined;

export const productRepository = (session: PostgresSession): ProductRepository =>
  guarded<ProductRepository>("products", {
    get: (id, options) => session.first(get, [id], options),
    getMany: (ids, options) => session.all(getMany, [array(productId).encode(ids)], options),
    listByPrice: ({ priceCents }, page, options) => {
      const optional = [given(int, priceCents?.min), given(int, priceCents?.max)];
      return session.page(listByPrice, { fixed: [], optional }, page, options);
    },
    add: (product, options) =>
      session.write(add, toValues(product), options, madeId(product) ? [0] : []),
    importAll: (all, options) =>
      session.writeMany(importAll, toColumns(all), options, all.some(madeId) ? [0] : []),
    reprice: (id, fields, options) => {
      const changes = {
        priceCents: given(int, fields.priceCents),
        title: given(text, fields.title),
        description: given(text, fields.description),
        tags: given(tags, fields.tags),
        embedding: given(embedding, fields.embedding),
      };
      return session.patch(reprice, [id], changes, options);
    },
    reserve: (id, by, options) => session.write(reserve, [id, taken.encode(by)], options),
  });
