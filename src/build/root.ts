import { fileURLToPath } from "node:url";

/** The checkout's root folder, absolute. */
export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));
