import { PrismaPg } from "@prisma/adapter-pg";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { workFolder } from "../../harness/places.ts";
import { pageRows, type After, type NewRow, type OpenContender } from "./contender.ts";

/** What is used of the client that the suite generates before it starts. */
interface Client {
  readonly item: {
    findUnique(args: { where: { id: string } }): Promise<unknown>;
    findMany(args: object): Promise<unknown>;
  };
  readonly entry: { create(args: { data: NewRow }): Promise<unknown> };
  $disconnect(): Promise<void>;
}

interface ClientModule {
  readonly PrismaClient: new (options: { adapter: PrismaPg }) => Client;
}

const afterOf = ({ placedAt, id }: After): object => ({
  OR: [{ placedAt: { gt: placedAt } }, { placedAt, id: { gt: id } }],
});

export const open: OpenContender = async ({ dsn, connections }) => {
  const file = join(workFolder("postgres", "prisma"), "client", "client.ts");
  const { PrismaClient } = (await import(pathToFileURL(file).href)) as ClientModule;
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: dsn, max: connections }),
  });
  return {
    find: (id) => client.item.findUnique({ where: { id } }),
    page: (after) =>
      client.item.findMany({
        where: { status: after.status, ...afterOf(after) },
        orderBy: [{ placedAt: "asc" }, { id: "asc" }],
        take: pageRows,
      }),
    insert: (data) => client.entry.create({ data }),
    close: () => client.$disconnect(),
  };
};
