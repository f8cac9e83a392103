import { applicationUser } from "./application-user.ts";

await applicationUser("mysql");
