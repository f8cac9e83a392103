import { settingsAreTaken, sharedService } from "../compose-settings.ts";
import { shown, variables } from "./server-variables.ts";

await settingsAreTaken("mysql", sharedService("mysql"), shown, variables);
