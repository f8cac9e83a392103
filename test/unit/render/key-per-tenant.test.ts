// Whether a write takes another tenant's key is said as the store does it: one whose keys hold the tenant has no such key.
import { expect, test } from "vitest";
import { cli } from "../../support/generated-project.ts";
import { project } from "../cli/projects.ts";

const spec = (stores: string, kind: string): string => `version: 1
project: logins
stores: ${stores}
entities:
  Login:
    tenant: shopId
    fields:
      id: { type: string, max: 40, key: true }
      value: { type: int }
workloads:
  logins:
    kind: ${kind}
    entities: [Login]
    access: { Login: { get: {}, save: { op: upsert, comment: Keeps one. } } }
`;

test.each([
  ["{}", "transactional", "conflict when the key is another tenant's; constraint; outcome-unknown"],
  ["{ running: [redis], never: [postgres] }", "keyvalue", "constraint; outcome-unknown"],
])("stores: %s: the port of %s says @throws DataError %s", async (stores, kind, raised) => {
  const at = await project(spec(stores, kind));
  for (const command of ["plan", "generate"]) await cli(at.folder, "--quiet", command);
  const port = at.read("src/data/ports/login-repository.ts").replaceAll(/\n\s*\* /g, " ");
  expect(port).toContain(`@throws DataError ${raised} when the reply is lost`);
});
