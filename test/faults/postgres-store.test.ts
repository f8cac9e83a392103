import { storeBehaviour } from "../unit/postgres-driver/behaviour.ts";
import { onSharedServer } from "./postgres-server.ts";

await onSharedServer("same behaviour as PGlite", (server) => {
  storeBehaviour(async () => (await server.namespace()).dsn);
});
