// The command line from the sources; the package has dist/bin.cjs instead.
import { run } from "../cli/main.ts";

await run();
