import { settingsAreTaken, sharedService } from "../compose-settings.ts";
import { shown, variables } from "../mysql/server-variables.ts";

await settingsAreTaken("mariadb", sharedService("mariadb"), shown, variables);
