/** Opens the folder of its first argument, says so, and waits to be killed. */
import { openStore } from "./open-store.ts";

const { store } = await openStore(`pglite:${process.argv[2]}`);
await store.raw("select 1");
process.stdout.write("open");
setInterval(() => {}, 60_000);
