import { namedValues, settingsAreTaken } from "../compose-settings.ts";
import { serviceFor } from "../store-services.ts";
import { configuration, shownMemory } from "./configuration.ts";

for (const kind of ["records", "cache"] as const) {
  const service = serviceFor("redis", kind);
  await settingsAreTaken("redis", service, shownMemory(namedValues(service)), configuration);
}
