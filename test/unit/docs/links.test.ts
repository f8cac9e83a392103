/** Every relative link in the Markdown files leads to a file, and its anchor to a heading. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folders = ["references", "assets"].map((name) => join(root, name));

const pages = [
  ...readdirSync(root).map((name) => join(root, name)),
  ...folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  ),
].filter((path) => path.endsWith(".md"));

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[^]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** As GitHub makes it of a heading. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (path: string): readonly string[] => {
  const text = readFileSync(path, "utf8").replaceAll(/^```[^]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => slug(heading));
};

const linksOf = (path: string): readonly string[] =>
  [...withoutCode(readFileSync(path, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

function broken(path: string): readonly string[] {
  return linksOf(path).filter((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : resolve(dirname(path), file);
    if (!existsSync(target)) return true;
    if (anchor === undefined) return false;
    return statSync(target).isDirectory() || !anchorsOf(target).includes(anchor);
  });
}

test("there are pages and links to look at", () => {
  expect(pages.map((path) => relative(root, path))).toContain("README.md");
  expect(linksOf(join(root, "README.md")).length).toBeGreaterThan(8);
});

test.each(pages.map((path) => relative(root, path)))("links of %s", (page) => {
  expect(broken(join(root, page))).toEqual([]);
});
