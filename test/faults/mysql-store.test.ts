import { storeBehaviour } from "../unit/mysql-driver/behaviour.ts";
import { onSharedServers } from "./mysql-server.ts";

await onSharedServers("behaviour of a store", (server) => {
  storeBehaviour(async () => (await server.namespace()).dsn);
});
