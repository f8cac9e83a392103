// compose.yaml: what Docker Compose takes, each setting under its reason, data in volumes, ports of this machine only.
import { describe, expect, test } from "vitest";
import { isMap, isScalar, isSeq, type Pair, parse, parseDocument } from "yaml";
import { z } from "zod";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { ServerSetting } from "../../../src/engines/engine.ts";
import { lower } from "../../../src/ir/lower.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { renderTemplate } from "../../../src/render/render.ts";
import { composeFile } from "../../../src/render/shared/compose-file.ts";
import { servicesOf } from "../../../src/render/shared/services.ts";
import { planFor, shopModel } from "../ir/models.ts";

/** The part of the Compose specification that is written, with its types; any other key or type is a mistake. */
const duration = z.string().regex(/^\d+(ms|s|m)$/);
const service = z.strictObject({
  image: z.string().regex(/^[a-z0-9/.-]+:[\w.-]+$/),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).min(1),
  environment: z.record(z.string(), z.string()).optional(),
  command: z.array(z.string()).min(1).optional(),
  configs: z
    .array(z.strictObject({ source: z.string(), target: z.string().regex(/^\/[\w/.-]+\.sql$/) }))
    .optional(),
  volumes: z.array(z.string().regex(/^[\w.-]+:\/[\w/.-]+$/)).optional(),
  healthcheck: z.strictObject({
    test: z.tuple([z.enum(["CMD", "CMD-SHELL"])], z.string()),
    interval: duration,
    start_period: duration,
    retries: z.int().positive(),
  }),
});
const file = z.strictObject({
  services: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string().min(1) })).optional(),
  volumes: z.record(z.string(), z.strictObject({})).optional(),
});

const model = shopModel();
const ir = lower(model, planFor(model));
const [base] = ir.stores;
if (base === undefined) throw new Error("the model has a store");

const served = engines.filter(({ compose }) => compose !== undefined);
/** A store of records that lasts, and one of a cache, as an engine of key-value workloads tells them apart. */
const kinds: readonly (readonly [string, Partial<StoreIr>])[] = [
  ["an authority", { ports: ["record", "keyvalue"], datasetBytes: 1e9, rpoSeconds: 0 }],
  ["a cache", { ports: ["cache"] }],
];
const cases = served.flatMap((engine) =>
  kinds.map(([kind, more]) => {
    const store: StoreIr = { ...base, ...more, engine: engine.id };
    return { name: `${engine.title}, ${kind}`, engine, store };
  }),
);

function made({ engine, store }: (typeof cases)[number]) {
  const placed = [{ store, engine }];
  const own = { ...ir, stores: [store] };
  const [request] = composeFile(placed, own);
  const [one] = servicesOf(placed, own);
  if (request === undefined || !("template" in request) || one === undefined)
    throw new Error("an engine with a server has a service");
  const text = renderTemplate(request.template, request.data);
  return { text, declared: one.service, parsed: file.parse(parse(text)) };
}

const reasonOf = ({ reason, production }: ServerSetting): string =>
  production === undefined ? reason : `${reason}; in production: ${production}`;

/** Comment and text of each item of a list, or of each entry of a map. The first one's comment stands with the whole. */
function commented(text: string, path: readonly string[]): readonly (readonly [string, string])[] {
  const node = parseDocument(text).getIn(path, true);
  const first = isSeq(node) || isMap(node) ? (node.commentBefore ?? "") : "";
  const said = (at: number, own: string | null | undefined): string =>
    (own ?? (at === 0 ? first : "")).trim();
  if (isSeq(node))
    return node.items.map((item, at) =>
      isScalar(item) ? [said(at, item.commentBefore), String(item.value)] : ["", ""],
    );
  if (!isMap(node)) return [];
  return node.items.map(({ key, value }: Pair, at) =>
    isScalar(key) && isScalar(value)
      ? [said(at, key.commentBefore), `${String(key.value)}=${String(value.value)}`]
      : ["", ""],
  );
}

/** What Compose makes of a text: it puts variables in place of `$NAME`, and one dollar sign in place of two. */
function interpolated(text: string): string {
  if (/(?<!\$)(?:\$\$)*\$(?!\$)/.test(text)) throw new Error(`a variable in ${text}`);
  return text.replaceAll("$$", "$");
}

describe.each(cases)("$name", (one) => {
  const { text, declared, parsed } = made(one);
  const own = parsed.services[declared.service];

  test("every setting stands under its reason and what production has in its place", () => {
    expect(declared.settings.length).toBeGreaterThan(0);
    const lines = [
      ...commented(text, ["services", declared.service, "command"]),
      ...commented(text, ["services", declared.service, "environment"]),
    ];
    for (const setting of declared.settings) {
      expect(setting.reason).toMatch(/\S/);
      const [first = ""] =
        "arguments" in setting
          ? setting.arguments
          : Object.entries(setting.variables).map(([name, value]) => `${name}=${value}`);
      expect(lines).toContainEqual([reasonOf(setting), first]);
    }
  });

  test("the server is started with the settings, in their order, and nothing is taken for a variable", () => {
    const given = declared.settings.flatMap((setting) =>
      "arguments" in setting ? setting.arguments : [],
    );
    const command = [...declared.command, ...given];
    expect((own?.command ?? []).map(interpolated)).toEqual(command);
    const variables = declared.settings.flatMap((setting) =>
      "variables" in setting ? Object.entries(setting.variables) : [],
    );
    expect(own?.environment ?? {}).toEqual({
      ...declared.environment,
      ...Object.fromEntries(variables),
    });
    expect(own?.healthcheck.test.map(interpolated)).toEqual(declared.healthcheck);
  });

  test("the first example of its DSNs, which .env names, is this server with its user and its database", () => {
    const [example] = one.engine.dsn.examples;
    if (example === undefined) throw new Error("no example");
    const { hostname, port, username, password, pathname } = new URL(
      example.dsn.replace(/,[^/]*/, ""),
    );
    expect(hostname).toBe("127.0.0.1");
    const { port: first, morePorts = [] } = declared;
    expect([first, ...morePorts]).toContain(Number(port));
    const made = Object.values(declared.environment);
    if (username === "") return;
    expect(made).toEqual(expect.arrayContaining([username, password, pathname.slice(1)]));
  });

  test("the image makes the database of the tests, for the user of the DSN", () => {
    const { testDatabase } = declared;
    if (testDatabase === undefined) {
      expect([own?.configs, parsed.configs]).toEqual([undefined, undefined]);
      return;
    }
    const [mounted] = own?.configs ?? [];
    expect(mounted?.target).toBe(`/docker-entrypoint-initdb.d/${testDatabase.name}.sql`);
    const { content = "" } = parsed.configs?.[mounted?.source ?? ""] ?? {};
    expect(interpolated(content)).toBe(testDatabase.text);
    expect(content).toContain(`create database ${testDatabase.name};`);
  });

  test("what has to last lies in a named volume", () => {
    const used = (own?.volumes ?? []).map((mount) => mount.split(":")[0]);
    expect(used).toEqual(Object.keys(parsed.volumes ?? {}));
    const lasts =
      one.store.ports.includes("keyvalue") || one.engine.ports.every((port) => port !== "cache");
    expect(used).toEqual(lasts ? [declared.service] : []);
  });
});

test("two stores of one engine share its server, or have one, a port and a volume each", () => {
  for (const engine of served) {
    const stores = ["left", "right"].map((name): StoreIr => ({
      ...base,
      name,
      ports: ["keyvalue"],
      engine: engine.id,
    }));
    const [request] = composeFile(
      stores.map((store) => ({ store, engine })),
      { ...ir, stores },
    );
    if (request === undefined || !("template" in request)) throw new Error("no service");
    const { services, volumes = {} } = file.parse(
      parse(renderTemplate(request.template, request.data)),
    );
    const perStore = engine.compose !== undefined && "of" in engine.compose;
    expect(Object.keys(services)).toHaveLength(perStore ? 2 : 1);
    expect(Object.keys(volumes)).toEqual(Object.keys(services));
    const ports = Object.values(services).flatMap((one) => one.ports);
    expect(new Set(ports).size).toBe(ports.length);
  }
});
