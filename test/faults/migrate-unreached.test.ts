// A command on a server that does not answer says which store, which variable and which server it was, whatever the engine; never the password.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { freePort } from "../engines/ports.ts";
import { generateProject } from "../support/generated-project.ts";

const trees = fileURLToPath(new URL("../golden/trees/", import.meta.url));
const secret = "hunter2-never-shown";

/** Golden specs whose stores are of every engine that migrates, with the schemes of their DSNs. */
const projects = [
  { spec: "documents", stores: [["main", "mongodb"]], others: { CACHE_URL: "redis" } },
  { spec: "mysql", stores: [["main", "mysql"]], others: {} },
  {
    spec: "copied",
    stores: [
      ["main", "postgresql"],
      ["vector", "opensearch"],
    ],
    others: {},
  },
  {
    spec: "vectors",
    stores: [
      ["main", "postgresql"],
      ["vector", "milvus"],
    ],
    others: {},
  },
] as const;

const variable = (store: string): string => `${store.toUpperCase()}_URL`;

interface Ended {
  readonly status: number | null;
  readonly text: string;
}

const command = (folder: string, env: Readonly<Record<string, string>>, args: readonly string[]) =>
  new Promise<Ended>((resolve) => {
    const child = spawn(process.execPath, [join(folder, "src/data/cli.ts"), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part: Buffer) => (text += part.toString()));
    child.on("close", (status) => resolve({ status, text }));
  });

describe.each(projects)("$spec", ({ spec, stores, others }) => {
  test("names store, variable and server", async () => {
    const project = await generateProject(`unreached-${spec}`, join(trees, spec, "workloads.yaml"));
    const port = await freePort();
    const schemes = [
      ...stores.map(([store, scheme]) => [variable(store), scheme] as const),
      ...Object.entries(others),
    ];
    const env = Object.fromEntries(
      schemes.map(([name, scheme]) => [
        name,
        `${scheme}://app:${secret}@127.0.0.1:${port}/${scheme === "redis" ? "0" : "data"}`,
      ]),
    );
    for (const [store] of stores) {
      for (const words of [["up"], ["status"]]) {
        const { status, text } = await command(project.folder, env, [
          "migrate",
          ...words,
          "--store",
          store,
        ]);
        console.log(text);
        expect(text).toContain(`(${variable(store)}: 127.0.0.1:${port})`);
        expect(text.startsWith(store)).toBe(true);
        expect(status).toBe(3);
        expect(text).not.toContain(secret);
      }
    }
    project.remove();
  }, 120_000);
});
