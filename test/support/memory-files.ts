import type { SpecFiles } from "../../src/spec/files.ts";

/** Spec files in memory: path → text or bytes. */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): SpecFiles {
  const read: SpecFiles["read"] = (path, maxBytes) => {
    const content = files[path];
    if (content === undefined) return { failure: "missing" };
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return bytes.length > maxBytes ? { failure: "too-large" } : { bytes };
  };
  return {
    readSpec: read,
    read,
    list: (folder) =>
      Object.keys(files).flatMap((path) => {
        const name = path.slice(folder === "." ? 0 : folder.length + 1);
        return (folder === "." || path.startsWith(`${folder}/`)) && !name.includes("/")
          ? [name]
          : [];
      }),
  };
}
