// `was:` of what is there under its own name already: where another thing of the spec has that name nothing is renamed, and that must not look like a rename that is done.
import { beforeEach, expect, test } from "vitest";
import { cli, type GeneratedProject } from "../../support/generated-project.ts";
import { project } from "./projects.ts";

const spec = (fields: string, others = ""): string => `version: 1
project: desk
entities:
  Visit:
    fields:
      id: { type: uuid, key: true }
${fields}
${others}
workloads:
  visits:
    kind: transactional
    entities: [Visit${others === "" ? "" : ", Guest"}]
    access: { Visit: { get: {} }${others === "" ? "" : ", Guest: { get: {} }"} }
`;
const text = "{ type: string, max: 40, nullable: true }";
const was = (name: string): string => text.replace(" }", `, was: ${name} }`);
const guest = (more = ""): string => `  Guest:
${more}    fields:
      id: { type: uuid, key: true }`;

let at: GeneratedProject;
beforeEach(async () => {
  at = await project(
    spec(`      note: ${text}\n      remark: ${text}`, guest()),
    "plan",
    "generate",
  );
});

const said = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await cli(at.folder, ...args);
  return { status, text: stdout + stderr };
};

test.each(["generate", "check", "migrate diff"])("%s refuses it of a field", async (command) => {
  at.write("workloads.yaml", spec(`      note: ${text}\n      remark: ${was("note")}`, guest()));
  const { status, text: told } = await said(...command.split(" "));
  expect(status).toBe(2);
  expect(told).toContain(
    "workloads.yaml:8:56: field Visit.remark is there already, and so is the field note, of which it says that it was called so: nothing is renamed; where that rename is done, remove was:; where note is to become remark now, first take this remark away",
  );
});

test("and of an entity", async () => {
  at.write(
    "workloads.yaml",
    spec(`      note: ${text}\n      remark: ${text}`, guest("    was: Visit\n")),
  );
  const { status, text: told } = await said("generate");
  expect(status).toBe(2);
  expect(told).toContain(
    "workloads.yaml:10:5: entity Guest is there already, and so is the entity Visit",
  );
});

test("a rename that is done stays, until its former name is used anew", async () => {
  const done = `      note: ${text}\n      comment: ${was("remark")}`;
  at.write("workloads.yaml", spec(done, guest()));
  expect(await said("migrate", "diff", "comment")).toMatchObject({ status: 0 });
  const again = await said("migrate", "diff");
  expect(again).toMatchObject({ status: 0 });
  expect(again.text).not.toContain("no effect");
  expect(await said("generate")).toMatchObject({ status: 0 });
  at.write("workloads.yaml", spec(`${done}\n      remark: ${text}`, guest()));
  const { status, text: told } = await said("migrate", "diff", "remark");
  expect(status).toBe(2);
  expect(told).toContain("where that rename is done, remove was:");
  at.write(
    "workloads.yaml",
    spec(`${done.replace(", was: remark", "")}\n      remark: ${text}`, guest()),
  );
  expect(await said("migrate", "diff", "remark")).toMatchObject({ status: 0 });
});

test("a name that no migration made is told to have no effect", async () => {
  at.write("workloads.yaml", spec(`      note: ${was("notiz")}\n      remark: ${text}`, guest()));
  const { status, text: told } = await said("migrate", "diff");
  expect(status).toBe(0);
  expect(told).toContain(
    "workloads.yaml:7:54: warning: was: notiz of field Visit.note has no effect: no migration has made anything of that name; remove it",
  );
  expect(await said("--quiet", "migrate", "diff")).toEqual({ status: 0, text: "" });
});
