/** The same N entities of ten fields as our spec and as a Prisma schema. */

const fields = [
  { name: "id", spec: "{ type: uuid, key: true }", prisma: "String @id @db.Uuid" },
  {
    name: "code",
    spec: "{ type: string, max: 40, unique: true }",
    prisma: "String @unique @db.VarChar(40)",
  },
  { name: "title", spec: "{ type: string, max: 200 }", prisma: "String @db.VarChar(200)" },
  { name: "status", spec: "{ type: enum, values: [draft, live, gone] }", prisma: "Status" },
  {
    name: "amount",
    spec: "{ type: decimal, precision: 12, scale: 2 }",
    prisma: "Decimal @db.Decimal(12, 2)",
  },
  { name: "quantity", spec: "{ type: int, min: 0 }", prisma: "Int" },
  { name: "views", spec: "{ type: bigint }", prisma: "BigInt" },
  { name: "active", spec: "{ type: boolean }", prisma: "Boolean" },
  { name: "note", spec: "{ type: text, nullable: true }", prisma: "String?" },
  { name: "placedAt", spec: "{ type: timestamp }", prisma: "DateTime @db.Timestamptz(3)" },
] as const;

const methods = [
  "get: {}",
  "listByStatus: { op: list, where: [status], optional: [placedAt.range], orderBy: [-placedAt], page: keyset }",
  "add: { op: insert }",
  "amend: { op: patch, fields: [title, status, amount, note] }",
  "drop: { op: delete }",
];

const nameOf = (index: number): string => `Model${String(index).padStart(4, "0")}`;

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => nameOf(index));

/** workloads.yaml: every entity with get, a keyset list, insert, patch and delete. */
export function specOf(count: number): string {
  const entity = (name: string): string =>
    [
      `  ${name}:`,
      "    timestamps: false",
      "    fields:",
      ...fields.map((field) => `      ${field.name}: ${field.spec}`),
      "    indexes:",
      "      - { fields: [status, -placedAt] }",
    ].join("\n");
  const access = (name: string): string =>
    [`      ${name}:`, ...methods.map((method) => `        ${method}`)].join("\n");
  return `version: 1
project: bench
stores: { running: [postgres], hosting: self-managed }
entities:
${names(count).map(entity).join("\n")}
workloads:
  records:
    kind: transactional
    entities: [${names(count).join(", ")}]
    access:
${names(count).map(access).join("\n")}
`;
}

/** schema.prisma: Prisma gives every model all of its operations. */
export function prismaSchemaOf(count: number): string {
  const model = (name: string): string =>
    [
      `model ${name} {`,
      ...fields.map((field) => `  ${field.name} ${field.prisma}`),
      "  @@index([status, placedAt(sort: Desc)])",
      "}",
    ].join("\n");
  return `generator client {
  provider = "prisma-client"
  output   = "./client"
}
datasource db {
  provider = "postgresql"
}
enum Status {
  draft
  live
  gone
}
${names(count).map(model).join("\n")}
`;
}

/** A program over our layer: for every entity a find, a page, an insert, a patch and a delete. */
export function ourUseOf(count: number): string {
  const use = (name: string): string => {
    const repository = `data.${name.toLowerCase()}s`;
    return `export async function use${name}(data: DataLayer) {
  const added = await ${repository}.add({ code: "a", title: "b", status: "draft", amount: "1.00", quantity: 1, views: 1n, active: true, note: null, placedAt: new Date() });
  const found = await ${repository}.get(added.id);
  const page = await ${repository}.listByStatus({ status: "live" }, { limit: 20 });
  const changed = await ${repository}.amend(added.id, { title: "c" });
  await ${repository}.drop(added.id);
  return [found?.title, page.items[0]?.amount, changed.placedAt] as const;
}
`;
  };
  return `import type { DataLayer } from "./data/index.ts";\n\n${names(count).map(use).join("\n")}`;
}

/** The same program over Prisma's client. */
export function prismaUseOf(count: number): string {
  const use = (name: string): string => {
    const model = `db.${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    return `export async function use${name}(db: PrismaClient) {
  const added = await ${model}.create({ data: { id: "a", code: "a", title: "b", status: "draft", amount: "1.00", quantity: 1, views: 1n, active: true, note: null, placedAt: new Date() } });
  const found = await ${model}.findUnique({ where: { id: added.id } });
  const page = await ${model}.findMany({ where: { status: "live" }, orderBy: { placedAt: "desc" }, take: 20 });
  const changed = await ${model}.update({ where: { id: added.id }, data: { title: "c" } });
  await ${model}.delete({ where: { id: added.id } });
  return [found?.title, page[0]?.amount, changed.placedAt] as const;
}
`;
  };
  return `import type { PrismaClient } from "./client/client.ts";\n\n${names(count).map(use).join("\n")}`;
}
