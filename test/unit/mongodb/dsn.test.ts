import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import mongodb from "../../../src/engines/mongodb/index.ts";
import { checkHealth, modeHint } from "../../../templates/engines/mongodb/health.ts";
import { openMongo } from "../../../templates/engines/mongodb/store.ts";
import { dsnFromEnv } from "../../../templates/runtime/dsn.ts";
import { isDataError } from "../../../templates/runtime/errors.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";

const from = (dsn: string) => dsnFromEnv({ MAIN_URL: dsn }, "MAIN_URL", mongodb.dsn);
const login = "app:sentinel-secret@";

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!isDataError(error)) throw error;
    expect(inspect(error)).not.toContain("sentinel");
    return `${error.kind}: ${error.message}`;
  }
  throw new Error("was accepted");
}

describe("values of DSN parameters", () => {
  test.each([
    "w=0",
    "w=-5",
    "w=8",
    "w=00",
    "w=1x",
    "w=-1",
    "w=Majority",
    "w=majorty",
    "w=mayorty",
    "w=majoritty",
    "w=multi%20DC",
    "w=multi.DC",
    "w=%24where",
    `w=${"m".repeat(129)}`,
    "w=",
    "readConcernLevel=bogus",
    "readPreference=bogus",
    "readPreference=Secondary",
  ])("%s is refused before anything is opened", (parameter) => {
    const [name = ""] = parameter.split("=");
    const text = refusal(() => from(`mongodb://${login}127.0.0.1/shop?${parameter}`));
    expect(text).toMatch(/^programming: MAIN_URL has a parameter /);
    expect(text).toContain(`${name} that is none of `);
  });

  test.each([
    "w=majority",
    "w=1",
    "w=multiDC",
    "w=majority2",
    "w=major",
    "readConcernLevel=linearizable",
    "readPreference=nearest",
  ])("%s is taken, by the driver too", async (parameter) => {
    const dsn = from(`mongodb://127.0.0.1:1/shop?${parameter}`);
    const lifecycle = new Lifecycle({ signals: false });
    const store = openMongo(
      { name: "main" },
      { dsn },
      { lifecycle, telemetry: {}, onError: () => undefined },
    );
    await store.close();
  });
});

test("a slip is told with what was meant; a name is told beside a store that is up, since only a write would ask for it", async () => {
  const slip = refusal(() => from(`mongodb://${login}h/shop?w=majorty`));
  expect(slip).toContain("and no name; it looks like majority.");
  const asked = (dsn: string) =>
    checkHealth(
      { store: "main", engine: "mongodb" },
      async () => await Promise.resolve({ isWritablePrimary: true }),
      modeHint(from(dsn)),
    );
  const { state, detail } = await asked("mongodb://h/shop?w=multiDC");
  expect([state, detail]).toEqual([
    "up",
    "writes wait for the mode multiDC (w in the DSN), which the settings of the replica set have to define (getLastErrorModes)",
  ]);
  for (const dsn of ["mongodb://h/shop", "mongodb://h/shop?w=majority", "mongodb://h/shop?w=2"])
    expect(await asked(dsn)).not.toHaveProperty("detail");
});

test.each([
  `mongodb://${login}a.example,b.example/shop?directConnection=true`,
  `mongodb+srv://${login}a.example:27017/shop`,
  `mongodb+srv://${login}a.example,b.example/shop`,
])("what the driver refuses together is a programming error: %s", (text) => {
  const dsn = from(text);
  const lifecycle = new Lifecycle({ signals: false });
  const open = () =>
    openMongo({ name: "main" }, { dsn }, { lifecycle, telemetry: {}, onError: () => undefined });
  expect(refusal(open)).toMatch(/^programming: MAIN_URL: .*the driver refuses this DSN/);
});
