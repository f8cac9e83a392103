import { expect } from "vitest";
import { z } from "zod";
import { settingsAreTaken, sharedService } from "../compose-settings.ts";
import { ask } from "./session.ts";

const cluster = z.object({ defaults: z.record(z.string(), z.unknown()) });
const nodes = z.object({
  nodes: z.record(
    z.string(),
    z.object({
      settings: z.record(z.string(), z.unknown()),
      jvm: z.object({ input_arguments: z.array(z.string()) }),
    }),
  ),
});

/** The image's own script reads these; the Java packages have neither that script nor the plugin. */
const ofTheImage = /^DISABLE_/;
const service = sharedService("opensearch");
expect(service.settings.filter(({ name }) => ofTheImage.test(name))).toHaveLength(2);

await settingsAreTaken(
  "opensearch",
  { ...service, settings: service.settings.filter(({ name }) => !ofTheImage.test(name)) },
  {},
  async (dsn, names) => {
    const answer = await ask(dsn, "/_nodes/settings,jvm?flat_settings=true");
    const [node] = Object.values(nodes.parse(answer).nodes);
    const all = await ask(dsn, "/_cluster/settings?include_defaults=true&flat_settings=true");
    const values = { ...cluster.parse(all).defaults, ...node?.settings };
    // Of two sizes the later holds.
    const size = (flag: string): string =>
      node?.jvm.input_arguments.findLast((one) => one.startsWith(flag)) ?? "";
    const heap = [size("-Xms"), size("-Xmx")].join(" ");
    return Object.fromEntries(
      names.map((name) => [name, name === "OPENSEARCH_JAVA_OPTS" ? heap : String(values[name])]),
    );
  },
);
