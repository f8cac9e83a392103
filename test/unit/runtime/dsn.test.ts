import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Dsn,
  dsnFromEnv,
  parseDsn,
  requireDsns,
  type DsnRules,
} from "../../../templates/runtime/dsn.ts";
import { tlsOf } from "../../../templates/runtime/dsn-tls.ts";
import { isDataError } from "../../../templates/runtime/errors.ts";
import { stopwatch } from "../../support/stopwatch.ts";

const rules: DsnRules = {
  schemes: [{ scheme: "testdb:" }, { scheme: "embedded:", embedded: true }],
  parameters: [
    { name: "sslmode" },
    { name: "sslpassword" },
    { name: "inline", flag: true },
    { name: "sees", values: ["all", "own"] },
    { name: "waits", values: ["most", "1"], orName: true },
  ],
  examples: [{ dsn: "testdb://app:secret@127.0.0.1:4711/shop" }],
};

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isDataError(error))
      return `${error.kind}: ${error.message} ${error.hint ?? ""} ${inspect(error)}`;
    throw error;
  }
  throw new Error("was accepted");
};

describe("parseDsn", () => {
  test("takes a DSN apart and decodes its parts", () => {
    const dsn = parseDsn(
      "testdb://ap%40p:p%2Fw%20d@db.example:4711/sh%20op?sslmode=verify-full",
      rules,
    );
    expect([dsn.scheme, dsn.user, dsn.password, dsn.hosts, dsn.path]).toEqual([
      "testdb",
      "ap@p",
      "p/w d",
      [{ host: "db.example", port: 4711 }],
      "sh op",
    ]);
    expect([...dsn.parameters]).toEqual([["sslmode", "verify-full"]]);
  });

  test("several hosts, IPv6, sockets by percent-encoded path, no user", () => {
    const dsn = parseDsn("testdb://a:1,[::1]:2,%2Fvar%2Frun/shop", rules);
    expect(dsn.hosts).toEqual([
      { host: "a", port: 1 },
      { host: "::1", port: 2 },
      { host: "/var/run" },
    ]);
    expect([dsn.user, dsn.password]).toEqual([undefined, undefined]);
  });

  test("a password without a user, and an embedded store", () => {
    expect(parseDsn("testdb://:pw@h", rules)).toMatchObject({ hosts: [{ host: "h" }], path: "" });
    expect(parseDsn("testdb://:pw@h", rules).password).toBe("pw");
    expect(parseDsn("embedded:./.data/main", rules)).toMatchObject({
      hosts: [],
      path: "./.data/main",
    });
  });

  const wrong: readonly (readonly [text: string, says: string])[] = [
    ["testdb", "not of the form"],
    ["other://h/db", "another scheme"],
    ["testdb://u:p@h:99999/db", "port outside"],
    ["testdb://u:p@h:abc/db", "malformed host or port"],
    ["testdb:///db", "names no host"],
    [
      "testdb://u:p@h/db?unknown=1",
      "not allowed; allowed: sslmode, sslpassword, inline, sees, waits",
    ],
    ["testdb://u:p@h/db?sslmode=a&sslmode=b", "sslmode twice"],
    ["testdb://u:p%zz@h/db", "percent-encoding"],
    ["testdb://u:p w@h/db", "white space"],
    ["testdb://u:p@h/db#x", "has a #"],
    ["testdb://u:pa#ss@h/db", "percent-encode it as %23"],
    ["testdb://u:p@h/db?options=-c", "has a parameter options that is not allowed"],
    ["testdb://u:half?of=it", "has a parameter that is not allowed"],
    ["embedded://data/main", "embedded:./folder"],
    ["embedded:./main?inline=1", "inline that is neither true nor false"],
    ["embedded:./main?inline", "inline that is neither true nor false"],
    ["testdb://u:p@h/db?sees=secret", "a parameter sees that is none of all, own"],
    ["testdb://u:p@h/db?waits=0", "a parameter waits that is none of most, 1, and no name"],
    ["testdb://u:p@h/db?waits=Most", "a parameter waits that is none of most, 1, and no name"],
    ["testdb://u:p@h/db?waits=a.b", "a parameter waits that is none of most, 1, and no name"],
    ["testdb://u:p@h/db?waits=", "a parameter waits that is none of most, 1, and no name"],
    ["testdb://u:p@h/db?sees", "a parameter sees that is none of all, own"],
  ];
  test.each(wrong)("%s is refused: %s", (text, says) => {
    const error = refusal(() => parseDsn(text, rules, "MAIN_URL"));
    expect(error).toContain("programming: MAIN_URL");
    expect(error).toContain(says);
    expect(error).toContain("for example MAIN_URL=testdb://");
  });
});

test("a file of TLS that is not there is told by its parameter", () => {
  const files = { ...rules, parameters: [{ name: "sslmode" }, { name: "sslrootcert" }] };
  const dsn = parseDsn("testdb://h/db?sslrootcert=/nope/ca.pem", files);
  expect(refusal(() => tlsOf(dsn, "h"))).toContain("names as sslrootcert cannot be read");
});

describe("dsnFromEnv", () => {
  test("names the variable and an example when it is missing", () => {
    const error = refusal(() => dsnFromEnv({ MAIN_URL: "  " }, "MAIN_URL", rules));
    expect(error).toContain("MAIN_URL is not set");
    expect(error).toContain("Accepted schemes: testdb:, embedded:");
  });

  test("reads it", () => {
    expect(dsnFromEnv({ MAIN_URL: "testdb://h/db\n" }, "MAIN_URL", rules)).toBeInstanceOf(Dsn);
  });
});

describe("secrets", () => {
  const secrets = ["S3ntinel-Pa55", "S3ntinel@Pa/55:#?", "U2VudGluZWwtUGE1NQ==", "S3ntinel 100%"];
  const printed = (value: unknown): string =>
    [
      String(value),
      JSON.stringify(value),
      JSON.stringify({ value }),
      inspect(value, { depth: 9, showHidden: true }),
      `${Object.values(Object(value)).join()}`,
    ].join("\n");
  const forms = (secret: string): readonly string[] => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
  ];

  test.each(secrets)("a parsed DSN with %s prints no form of it", (secret) => {
    const text = `testdb://app:${encodeURIComponent(secret)}@h:1/db?sslpassword=${encodeURIComponent(secret)}`;
    const dsn = parseDsn(text, rules);
    expect([dsn.password, dsn.reveal()]).toEqual([secret, text]);
    expect(dsn.toString()).toBe("testdb://app:***@h:1/db?sslpassword=***");
    expect(dsn.parameters.get("sslpassword")).toBe(secret);
    for (const form of forms(secret)) expect(printed(dsn)).not.toContain(form);
  });

  test.each(secrets)("no malformed DSN repeats the raw secret %s", (secret) => {
    const shapes = [
      `testdb://app:${secret}@h:1/db`,
      `testdb://app:${secret}`,
      `testdb://app:1?${secret}@h/db`,
      `testdb://app:1/${secret}@h/db`,
      `testdb://h/db?sslmode=${secret}&bogus=${secret}`,
      `testdb://h/db?${secret}`,
      `testdb:app:${secret}@h/db`,
      `app:${secret}@h/db`,
      `${secret}`,
      `testdb//app:${secret}@h`,
      `testdb://h:${secret}/db`,
      `testdb://h/db?${secret}=1&sslmode=1`,
    ];
    for (const shape of shapes) {
      let shown: string;
      try {
        shown = printed(parseDsn(shape, rules, "MAIN_URL"));
      } catch (error) {
        shown = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`;
      }
      for (const form of forms(secret))
        expect(shown, shape.replace(secret, "SECRET")).not.toContain(form);
    }
  });

  test("property: any password survives encoding, and is not printed", () => {
    const password = fc
      .string({ unit: "grapheme", minLength: 8, maxLength: 40 })
      .map((text) => `zq${text}qz`);
    fc.assert(
      fc.property(password, (secret) => {
        const dsn = parseDsn(`testdb://app:${encodeURIComponent(secret)}@h/db`, rules);
        expect(dsn.password).toBe(secret);
        expect(printed(dsn)).not.toContain(secret);
        expect(printed(dsn)).not.toContain(encodeURIComponent(secret));
      }),
      { seed: 20261121, numRuns: 500 },
    );
  });
});

test("of several variables all that is wrong is told at once, without their values", () => {
  const variables = { MAIN_URL: rules, CACHE_URL: rules, SEARCH_URL: { ...rules, examples: [] } };
  const good = "testdb://127.0.0.1/shop";
  const told = (env: Readonly<Record<string, string>>): unknown => {
    try {
      requireDsns(env, variables);
      return undefined;
    } catch (error) {
      if (!isDataError(error)) throw error;
      return { kind: error.kind, message: error.message, hint: error.hint };
    }
  };
  expect(told({ MAIN_URL: good, CACHE_URL: good, SEARCH_URL: good })).toBeUndefined();
  const example = "testdb://app:secret@127.0.0.1:4711/shop";
  expect(told({})).toEqual({
    kind: "programming",
    message: "MAIN_URL, CACHE_URL, SEARCH_URL are not set",
    hint: `for example\n  MAIN_URL=${example}\n  CACHE_URL=${example}`,
  });
  expect(told({ CACHE_URL: "other://hidden@h/x", SEARCH_URL: good })).toEqual({
    kind: "programming",
    message:
      "MAIN_URL is not set; CACHE_URL has another scheme. Accepted schemes: testdb:, embedded:",
    hint: `for example\n  MAIN_URL=${example}\n  CACHE_URL=${example}`,
  });
  expect(told({ MAIN_URL: good, CACHE_URL: " ", SEARCH_URL: good })).toMatchObject({
    message: "CACHE_URL is not set. Accepted schemes: testdb:, embedded:",
    hint: `for example CACHE_URL=${example}`,
  });
});

test("hostile texts of 50 kB are answered in linear time", () => {
  const hostile = [
    "a".repeat(50_000),
    `testdb://${":".repeat(50_000)}`,
    `testdb://${"[".repeat(50_000)}`,
    `testdb://h/${"?".repeat(50_000)}`,
    `testdb://h?${"&=".repeat(25_000)}`,
    `testdb:${"/".repeat(50_000)}`,
    `testdb://${"@".repeat(50_000)}`,
    `testdb://${"h,".repeat(25_000)}`,
  ];
  for (const text of hostile) {
    const began = stopwatch();
    refusalOrDsn(text);
    expect(began.elapsed()).toBeLessThan(1_000);
  }
});

function refusalOrDsn(text: string): void {
  try {
    parseDsn(text, rules);
  } catch (error) {
    if (!isDataError(error)) throw error;
  }
}
