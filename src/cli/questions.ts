import { cancel, confirm, intro, isCancel, outro, select } from "@clack/prompts";

/** What `init` asks in a terminal. Undefined when the user cancels. */
export async function askStart(
  presets: readonly string[],
  install: boolean,
  manager: string,
): Promise<{ readonly preset: string; readonly install: boolean } | undefined> {
  intro("async-db-starter: one spec in, a data layer out");
  const preset = await select({
    message: "Start from",
    options: presets.map((name) => ({ value: name, label: name })),
  });
  if (isCancel(preset)) return stopped();
  const packages = install
    ? await confirm({
        message: `Install the packages it needs with ${manager}?`,
        initialValue: true,
      })
    : false;
  if (isCancel(packages)) return stopped();
  outro(`Preset ${preset}`);
  return { preset, install: packages };
}

function stopped(): undefined {
  cancel("Nothing was written.");
  return undefined;
}
