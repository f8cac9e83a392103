import { afterAll, afterEach, describe } from "vitest";
import { columnOf, isMissing, type PrivateServer, privateServer } from "../engines/servers.ts";
import { cell } from "../support/closing-table.ts";

/** Runs a suite on a server of its own, or records why it cannot run. */
export async function onPrivateMilvus(
  name: string,
  suite: (server: PrivateServer) => void,
): Promise<void> {
  const server = await privateServer("milvus");
  const proof = { port: "driver", engine: columnOf(server), method: name };
  if (isMissing(server)) {
    cell(proof, { kind: "not proven", why: server.reason });
    describe.skip(name, () => {});
    return;
  }
  afterAll(() => server.stop());
  describe(name, () => {
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    suite(server);
  });
}
