// Writes the generated sources of the repository: the engine registry, the JSON Schema of the spec and the page of its words.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineFolders, registrySource } from "./registry.ts";
import { repositoryRoot } from "./root.ts";

writeFileSync(
  join(repositoryRoot, "src/engines/registry.gen.ts"),
  registrySource(engineFolders(repositoryRoot)),
);
const { specJsonSchema } = await import("../spec/json-schema.ts");
writeFileSync(
  join(repositoryRoot, "assets/spec.schema.json"),
  `${JSON.stringify(specJsonSchema(), null, 2)}\n`,
);
const { specPage } = await import("./spec-page.ts");
writeFileSync(join(repositoryRoot, "references/spec.md"), specPage());
const { engines } = await import("../engines/registry.gen.ts");
const { typeNamesSource } = await import("./type-names.ts");
writeFileSync(
  join(repositoryRoot, "src/ir/type-names.gen.ts"),
  typeNamesSource(repositoryRoot, (engine) => engines.find(({ id }) => id === engine)?.extends),
);
