// Runs inside of a generated project: the calls of one repository, their answers as one line of JSON.
interface Repository {
  readonly [method: string]: (...values: readonly unknown[]) => Promise<unknown>;
}
interface Modules {
  openStores(config: object): {
    readonly lifecycle: { close(): Promise<void> };
    readonly stores: {
      readonly main: {
        migrationTarget(): unknown;
        readonly repositories: { readonly products: Repository };
      };
    };
  };
  configFromEnv(env: object): { readonly main: object };
  migrateUp(target: unknown, migrations: unknown): Promise<unknown>;
  readMigrations(folder: string): Promise<unknown>;
}

const parts = await Promise.all(
  ["stores/open.ts", "runtime/migrate.ts", "runtime/migration-files.ts"].map(
    (path): Promise<Partial<Modules>> => import(`${process.cwd()}/src/data/${path}`),
  ),
);
const { openStores, configFromEnv, migrateUp, readMigrations } = Object.assign(
  {},
  ...parts,
) as Modules;
const { main } = configFromEnv({ MAIN_URL: "pglite:memory?inline=true" });
const { lifecycle, stores } = openStores({
  main: { deadlineMs: 25_000, ...main },
  lifecycle: { signals: false },
});
await migrateUp(stores.main.migrationTarget(), await readMigrations("migrations/main"));
const { products } = stores.main.repositories;

const [first, second, missing] = ["1", "2", "f"].map(
  (end) => `01890000-0000-7000-8000-00000000000${end}`,
);
const chair = {
  id: first,
  sku: "A",
  title: "Chair",
  description: "red",
  priceCents: 5,
  stock: 1,
  tags: ['a,"b', "\\"],
  embedding: new Float32Array(384).fill(0.5),
};
const calls: readonly (readonly [method: string, ...values: unknown[]])[] = [
  ["add", chair],
  ["add", chair],
  ["add", { ...chair, id: second, sku: "x".repeat(41) }],
  [
    "importAll",
    [
      { ...chair, id: second, sku: "B", embedding: null },
      { ...chair, title: "Chair!" },
    ],
    { operation: "op" },
  ],
  [
    "importAll",
    [
      { ...chair, id: second, sku: "B", embedding: null },
      { ...chair, title: "Chair!" },
    ],
    { operation: "op" },
  ],
  ["getMany", [second, missing, first]],
  ["listByPrice", { priceCents: { min: 1, max: 9 } }, { limit: 1 }],
  ["listByPrice", { priceCents: { max: 4 } }, {}],
  ["reprice", first, { priceCents: 6, embedding: null }, { ifVersion: 2 }],
  ["reprice", first, { priceCents: 7 }, { ifVersion: 2 }],
  ["reserve", first, -1],
  ["reserve", first, -1],
  ["get", first],
];
const volatile = new Set(["createdAt", "updatedAt", "elapsedMs", "next"]);
const answers: unknown[] = [];
for (const [method, ...values] of calls) {
  answers.push(await products[method]?.(...values).catch((error: unknown) => error));
}
await lifecycle.close();
process.stdout.write(
  JSON.stringify(answers, (name, value: unknown) => (volatile.has(name) ? undefined : value)),
);
